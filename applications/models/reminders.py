"""Reminders before a closing: which one was sent to which candidature, so that none is sent twice."""

from django.db import models

from .call import SelectionPhase

DAYS = (14, 7, 2, 0)  # before the closing


class Reminder(models.Model):
    candidature = models.ForeignKey("Candidature", models.CASCADE, "reminders", verbose_name="candidature")
    phase = models.ForeignKey(SelectionPhase, models.PROTECT, "+", verbose_name="phase")
    days = models.PositiveSmallIntegerField("jours avant la clôture")
    sent_at = models.DateTimeField("mis en file le")

    class Meta:
        verbose_name = "rappel"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["candidature", "phase", "days"], name="reminder_once")]

    def __str__(self):
        return f"{self.candidature.reference}, J-{self.days}"
