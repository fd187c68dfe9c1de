"""The candidates' questions, and the answers that the team publishes to all."""

from django.contrib import admin, messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect

from ..emails import queue_answer
from ..forms.clarifications import AnswerForm
from ..models import Clarification, ForbiddenTransition
from .base import ReadOnlyMixin, StaffModelAdmin, show, staff_only


class AnsweredFilter(admin.SimpleListFilter):
    title = "réponse"
    parameter_name = "reponse"

    def lookups(self, request, model_admin):
        return [("attendue", "attendue"), ("publiee", "publiée")]

    def queryset(self, request, queryset):
        chosen = {"attendue": queryset.waiting, "publiee": queryset.answered}.get(self.value())
        return chosen() if chosen else queryset


@admin.register(Clarification)
class ClarificationAdmin(ReadOnlyMixin, StaffModelAdmin):
    """A list that leads to the page of the answer: nothing is edited here."""

    list_display = ["asked", "call", "asked_by", "asked_at", "answered_at"]
    list_filter = [AnsweredFilter, "call"]
    list_select_related = ["call", "asked_by"]
    search_fields = ["asked", "question", "answer"]
    ordering = ["-asked_at", "-pk"]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return redirect("admin:clarification", object_id)


@staff_only
def answer(request, pk):
    """Write the answer, or correct it; the person who asked is told by mail the first time."""
    clarification = get_object_or_404(Clarification.objects.select_related("call", "asked_by"), pk=pk)
    first = {"question": clarification.question or clarification.asked, "answer": clarification.answer}
    form = AnswerForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid() and published(request, clarification, form):
        return redirect("admin:applications_clarification_changelist")
    title = "Répondre à une question de candidat"
    return show(request, "admin/applications/clarification.html", title=title, clarification=clarification, form=form)


def published(request, clarification, form) -> bool:
    is_first = clarification.answered_at is None
    try:
        with transaction.atomic():
            clarification.publish(request.user, **form.cleaned_data)
            if is_first:
                queue_answer(clarification)
    except ForbiddenTransition as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, "Réponse publiée sur la page de l’appel.")
    return True
