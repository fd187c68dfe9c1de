"""National programmes and their lists. A list is never rewritten: a newer one stands beside it and counts instead."""

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from .geography import Commune, Epci


class NationalProgrammeQuerySet(models.QuerySet):
    def with_current_list(self):
        """Adds `current_list_id`: a complete list before a partial one, then the latest; None without any list."""
        lists = ProgrammeList.objects.filter(programme=OuterRef("pk"))
        return self.annotate(current_list_id=Subquery(lists.values("pk")[:1]))


class NationalProgramme(models.Model):
    """A programme of the State whose territories a call may address."""

    code = models.CharField("code", max_length=10, primary_key=True)
    name = models.CharField("nom", max_length=100)
    description = models.TextField("présentation", blank=True)

    objects = NationalProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "programme national"
        verbose_name_plural = "programmes nationaux"
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def current_list(self):
        """The list that counts today, or None."""
        return self.lists.first()


class ProgrammeList(models.Model):
    """One edition of a programme's list. Only a complete list may say that a territory is not in the programme."""

    programme = models.ForeignKey(NationalProgramme, models.PROTECT, "lists", verbose_name="programme")
    published_on = models.DateField("date de la liste")
    is_complete = models.BooleanField("liste complète", default=False)
    source_title = models.CharField("source", max_length=200)
    source_url = models.URLField("adresse de la source", blank=True)
    fingerprint = models.CharField("empreinte du contenu", max_length=64, editable=False)
    imported_at = models.DateTimeField("importée le", auto_now_add=True)

    class Meta:
        verbose_name = "liste d’un programme"
        verbose_name_plural = "listes des programmes"
        ordering = ["programme", "-is_complete", "-published_on", "-pk"]  # the one that counts comes first

    def __str__(self):
        return f"{self.programme_id}, liste du {self.published_on:%d/%m/%Y}"


class ProgrammeTerritory(models.Model):
    """A territory of the programme under the name the programme gives it: a pair of towns, a group of EPCI."""

    list = models.ForeignKey(ProgrammeList, models.CASCADE, "territories", verbose_name="liste")
    code = models.CharField("code", max_length=20)
    name = models.CharField("nom", max_length=150)

    class Meta:
        verbose_name = "territoire d’un programme"
        verbose_name_plural = "territoires des programmes"
        ordering = ["list", "code"]
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="programme_territory_once_per_list")]

    def __str__(self):
        return self.name


class ProgrammeMember(models.Model):
    """A commune or an EPCI that a list names."""

    territory = models.ForeignKey(ProgrammeTerritory, models.CASCADE, "members", verbose_name="territoire")
    commune = models.ForeignKey(
        Commune, models.PROTECT, "programme_members", null=True, blank=True, verbose_name="commune"
    )
    epci = models.ForeignKey(
        Epci, models.PROTECT, "programme_members", null=True, blank=True, verbose_name="intercommunalité"
    )

    class Meta:
        verbose_name = "membre d’un territoire"
        verbose_name_plural = "membres des territoires"
        ordering = ["territory", "pk"]
        constraints = [
            models.CheckConstraint(
                name="programme_member_is_a_commune_or_an_epci",
                condition=Q(commune__isnull=False, epci__isnull=True) | Q(commune__isnull=True, epci__isnull=False),
            ),
            models.UniqueConstraint(fields=["territory", "commune"], name="programme_commune_once_per_territory"),
            models.UniqueConstraint(fields=["territory", "epci"], name="programme_epci_once_per_territory"),
        ]

    def __str__(self):
        return str(self.member)

    @property
    def member(self) -> Commune | Epci:
        return self.commune or self.epci
