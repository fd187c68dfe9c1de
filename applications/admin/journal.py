from django.contrib import admin

from ..models import Event
from .base import ReadOnlyMixin, StaffModelAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyMixin, StaffModelAdmin):
    """The journal, to be read: its lines are written by the acts that they tell."""

    list_display = ["at", "subject", "line", "by", "note", "audience"]
    list_filter = ["verb", "audience", "at"]
    list_select_related = ["by"]
    search_fields = ["subject", "note"]
    search_help_text = "Objet (par exemple «\u00a0candidature:12\u00a0») ou mots du motif."
    ordering = ["-at", "-pk"]
    fields = ["subject", "number", "line", "source", "target", "by", "at", "note", "audience", "payload", "hash"]

    @admin.display(description="action", ordering="verb")
    def line(self, event):
        return event.verb_label
