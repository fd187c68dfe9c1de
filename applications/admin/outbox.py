"""The outbox as the team reads it. The library's own pages are in English and let mails be rewritten: left out."""

import post_office.admin  # noqa: F401 — registers what is unregistered here, whatever the order of the apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Q
from post_office.models import STATUS, Attachment, Email, EmailTemplate, Log

from ..models import Claim, MailState, mail_state
from ..sending import send_again
from .base import ReadOnlyMixin, StaffModelAdmin

for model in (Attachment, Email, EmailTemplate, Log):
    admin.site.unregister(model)

# The library is translated into other languages than French.
Email._meta.verbose_name, Email._meta.verbose_name_plural = "courriel", "courriels"
Email._meta.app_config.verbose_name = "envois"

QUERIES = {
    MailState.WAITING: Q(status__in=[STATUS.queued, STATUS.requeued]),
    MailState.SENT: Q(status=STATUS.sent),
    MailState.FAILED: Q(status=STATUS.failed),
}


class StateFilter(admin.SimpleListFilter):
    title = "état"
    parameter_name = "etat"

    def lookups(self, request, model_admin):
        return [(state.value, state.label) for state in (*QUERIES, MailState.INTERRUPTED)]

    def queryset(self, request, queryset):
        if self.value() == MailState.INTERRUPTED:
            return queryset.filter(claim__in=Claim.objects.interrupted())
        return queryset.filter(QUERIES[self.value()]) if self.value() in QUERIES else queryset


@admin.register(Email)
class OutboxAdmin(ReadOnlyMixin, StaffModelAdmin):
    """What was sent, to whom, what failed and what may have left; both of these can be sent again."""

    list_display = ["recipients", "subject_", "state", "created_", "updated"]
    list_filter = [StateFilter]
    search_fields = ["to"]
    search_help_text = "Adresse d’un destinataire."
    ordering = ["-created", "-pk"]
    fields = ["recipients", "subject_", "state", "what_happened", "created_", "updated", "body"]
    list_select_related = ["claim"]
    actions = ["queue_again"]
    change_form_template = "admin/change_form.html"  # not the library's, whose button sends at once

    @admin.display(description="destinataire", ordering="to")
    def recipients(self, email):
        return ", ".join(email.to)

    @admin.display(description="objet")
    def subject_(self, email):
        return email.subject

    @admin.display(description="état", ordering="status")
    def state(self, email):
        return mail_state(email).label

    @admin.display(description="ce qui est arrivé")
    def what_happened(self, email):
        last = email.logs.order_by("pk").last()
        claim = getattr(email, "claim", None)
        return (claim and claim.problem) or (last and last.message) or "–"

    @admin.display(description="mis en file le", ordering="created")
    def created_(self, email):
        return email.created

    @admin.display(description="mis à jour le", ordering="last_updated")
    def updated(self, email):
        return email.last_updated

    @admin.display(description="texte")
    def body(self, email):
        return email.message

    @admin.action(description="Renvoyer les courriels en échec ou interrompus")
    def queue_again(self, request, queryset):
        """An interrupted mail may have left: whoever chooses it here accepts that it may arrive twice."""
        again = [email for email in queryset if send_again(email)]
        if again:
            self.log_again(request, again)
        self.message_user(request, f"Courriels remis en file\u00a0: {len(again)}.")

    def log_again(self, request, emails):
        """Who sent them again, in the admin's log."""
        LogEntry.objects.log_actions(request.user.pk, emails, CHANGE, "Renvoyé")
