"""The outbox as the team reads it. The library's own pages are in English and let mails be rewritten: left out."""

from django.contrib import admin
from post_office.admin import requeue
from post_office.models import STATUS, Attachment, Email, EmailTemplate, Log

from .base import ReadOnlyMixin, StaffModelAdmin

for model in (Attachment, Email, EmailTemplate, Log):
    admin.site.unregister(model)


@admin.register(Email)
class OutboxAdmin(ReadOnlyMixin, StaffModelAdmin):
    """What was sent, to whom, and what failed; a failed mail can be queued again."""

    STATES = {
        STATUS.sent: "envoyé",
        STATUS.failed: "en échec",
        STATUS.queued: "en attente",
        STATUS.requeued: "à nouveau en attente",
    }

    list_display = ["recipients", "subject_", "state", "created", "last_updated"]
    list_filter = ["status", "created"]
    list_select_related = ["template"]
    search_fields = ["to"]
    search_help_text = "Adresse d’un destinataire."
    ordering = ["-created", "-pk"]
    fields = ["recipients", "subject_", "state", "created", "last_updated", "body"]
    actions = ["queue_again"]
    change_form_template = "admin/change_form.html"  # not the library's, whose button sends at once

    @admin.display(description="destinataire", ordering="to")
    def recipients(self, email):
        return ", ".join(email.to)

    @admin.display(description="objet")
    def subject_(self, email):
        return email.email_message().subject

    @admin.display(description="état", ordering="status")
    def state(self, email):
        return self.STATES.get(email.status, "à préparer")

    @admin.display(description="texte")
    def body(self, email):
        return email.email_message().body

    @admin.action(description="Remettre en attente les courriels en échec")
    def queue_again(self, request, queryset):
        failed = queryset.filter(status=STATUS.failed)
        number = failed.count()
        requeue(self, request, failed)
        self.message_user(request, f"Courriels remis en attente\u00a0: {number}.")
