"""The outbox as the team reads it. The library's own pages are in English and let mails be rewritten: left out."""

from django.contrib import admin
from post_office.admin import requeue
from post_office.models import STATUS, Attachment, Email, EmailTemplate, Log

from .base import ReadOnlyMixin, StaffModelAdmin

for model in (Attachment, Email, EmailTemplate, Log):
    admin.site.unregister(model)

# The library is translated into other languages than French.
Email._meta.verbose_name, Email._meta.verbose_name_plural = "courriel", "courriels"
Email._meta.app_config.verbose_name = "envois"

STATES = {
    STATUS.sent: "envoyé",
    STATUS.failed: "en échec",
    STATUS.queued: "en attente",
    STATUS.requeued: "à nouveau en attente",
}


class StateFilter(admin.SimpleListFilter):
    title = "état"
    parameter_name = "status__exact"

    def lookups(self, request, model_admin):
        return [(str(status), words) for status, words in STATES.items()]

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() in dict(self.lookup_choices) else queryset


@admin.register(Email)
class OutboxAdmin(ReadOnlyMixin, StaffModelAdmin):
    """What was sent, to whom, and what failed; a failed mail can be queued again."""

    list_display = ["recipients", "subject_", "state", "created_", "updated"]
    list_filter = [StateFilter]
    search_fields = ["to"]
    search_help_text = "Adresse d’un destinataire."
    ordering = ["-created", "-pk"]
    fields = ["recipients", "subject_", "state", "created_", "updated", "body"]
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
        return STATES.get(email.status, "à préparer")

    @admin.display(description="mis en file le", ordering="created")
    def created_(self, email):
        return email.created

    @admin.display(description="mis à jour le", ordering="last_updated")
    def updated(self, email):
        return email.last_updated

    @admin.display(description="texte")
    def body(self, email):
        return email.message

    @admin.action(description="Remettre en attente les courriels en échec")
    def queue_again(self, request, queryset):
        failed = queryset.filter(status=STATUS.failed)
        number = failed.count()
        requeue(self, request, failed)
        self.message_user(request, f"Courriels remis en attente\u00a0: {number}.")
