"""The name under which a candidature would be labelled, when the team chooses another than that of its carriers."""

from django.db import models
from django.db.models import Q

from applications.models import Candidature


class PublishedName(models.Model):
    candidature = models.OneToOneField(
        Candidature, models.PROTECT, related_name="published_name", verbose_name="candidature"
    )
    name = models.CharField("nom publié", max_length=250)

    class Meta:
        verbose_name = "nom à publier"
        verbose_name_plural = "noms à publier"
        ordering = ["candidature"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="published_name_not_empty")]

    def __str__(self):
        return self.name
