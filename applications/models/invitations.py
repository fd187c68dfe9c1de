"""What every invitation is: something kept for an e-mail address, taken once, before it expires."""

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone


def new_token() -> str:
    return secrets.token_urlsafe(24)


class InvitationQuerySet(models.QuerySet):
    def waiting(self):
        """Neither accepted nor cancelled; some may have expired."""
        return self.filter(accepted_at=None, cancelled_at=None)

    def pending(self):
        return self.waiting().filter(expires_at__gt=timezone.now())


class AbstractInvitation(models.Model):
    email = models.EmailField("adresse électronique")
    token = models.CharField("jeton", max_length=40, unique=True, default=new_token, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="invitée par")
    invited_at = models.DateTimeField("invitée le")
    expires_at = models.DateTimeField("expire le")
    accepted_at = models.DateTimeField("acceptée le", null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, verbose_name="acceptée par"
    )
    cancelled_at = models.DateTimeField("annulée le", null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_expired(self) -> bool:
        return timezone.now() >= self.expires_at

    def is_for(self, user) -> bool:
        return user.email.lower() == self.email.lower()
