"""The form of a call as rows: its sections on the page of the call, the questions of each on a page of their own."""

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.shortcuts import redirect

from ..models import Answer, Attachment, Question, Section, SupplementItem
from ..uploads import KINDS
from .base import StaffModelAdmin

FROZEN = ("code", "kind", "per_carrier")  # what gives their meaning to the answers already given


def why_question_kept(question) -> str:
    """Why a question cannot be deleted, or "". What people wrote is never deleted with the form."""
    if question.core:
        return f"« {question} » est lue par le portail : elle ne peut pas être supprimée."
    if is_answered(question):
        return f"« {question} » a déjà des réponses : elle ne peut pas être supprimée."
    if Question.objects.filter(condition=question).exists():
        return f"« {question} » décide si une autre est posée : changez d’abord la condition de celle-ci."
    return ""


def is_answered(question) -> bool:
    return any(model.objects.filter(question=question).exists() for model in (Answer, Attachment, SupplementItem))


def why_section_kept(section) -> str:
    if section.kind in (Section.Kind.CARRIERS, Section.Kind.SITES):
        return f"« {section} » porte la liste des {section.get_kind_display()} : elle ne peut pas être supprimée."
    if SupplementItem.objects.filter(section=section).exists():
        return f"« {section} » figure dans une demande de compléments : elle ne peut pas être supprimée."
    return next(filter(None, map(why_question_kept, section.questions.all())), "")


class KeptFormSet(BaseInlineFormSet):
    """Says in one sentence, by the `why_kept` of its rows, why one that is marked for deletion stays."""

    def clean(self):
        """Before Django's own words about protected rows, which name what the team never sees."""
        rows = [form.instance for form in self.initial_forms if self._should_delete_form(form)]
        if reasons := [reason for row in rows if (reason := self.why_kept(row))]:
            raise forms.ValidationError(reasons)
        super().clean()


class SectionFormSet(KeptFormSet):
    why_kept = staticmethod(why_section_kept)


class QuestionFormSet(KeptFormSet):
    why_kept = staticmethod(why_question_kept)


class KeptMixin:
    """Leaves the refusal to the formset: Django would name each row that stands on the one to delete."""

    def get_formset(self, request, obj=None, **kwargs):
        made = super().get_formset(request, obj, **kwargs)
        made.form.hand_clean_DELETE = lambda form: None
        return made


class SectionInline(KeptMixin, admin.TabularInline):
    """The sections in order; the questions of each are behind « Modification »."""

    model = Section
    formset = SectionFormSet
    extra = 0
    fields = ["position", "code", "title", "kind"]
    show_change_link = True


class QuestionForm(forms.ModelForm):
    """One question. What was answered keeps its meaning: its nature no longer changes."""

    def clean_file_kinds(self):
        named = [kind.strip() for kind in self.cleaned_data["file_kinds"].split(",") if kind.strip()]
        if not named or set(named) - set(KINDS):
            raise forms.ValidationError(f"Écrivez un ou plusieurs de ces mots, entre virgules : {', '.join(KINDS)}.")
        return ",".join(named)

    def clean(self):
        data = super().clean()
        changed = [name for name in FROZEN if name in self.changed_data]
        if self.instance.pk and changed and is_answered(self.instance):
            for name in changed:
                self.add_error(name, "Cette question a déjà des réponses : ceci ne change plus.")
        return data


class QuestionInline(KeptMixin, admin.StackedInline):
    model = Question
    form = QuestionForm
    formset = QuestionFormSet
    extra = 0
    formfield_overrides = {models.TextField: {"widget": forms.Textarea({"rows": 3, "cols": 80})}}
    fieldsets = [
        (
            None,
            {"fields": [("position", "code", "kind"), "label", "help", ("is_required", "per_carrier", "is_personal")]},
        ),
        (
            "Selon la nature de la question",
            {"fields": ["max_words", "options", "resources", "years", ("file_kinds", "max_files")]},
        ),
        ("Condition et liens avec le portail", {"fields": [("condition", "condition_value"), ("core", "prefill")]}),
    ]

    def get_formset(self, request, obj=None, **kwargs):
        """A condition reads another question of the same call; the list is read once for all rows."""
        made = super().get_formset(request, obj, **kwargs)
        condition = made.form.base_fields["condition"]
        condition.queryset = Question.objects.filter(section__call=obj.call) if obj else Question.objects.none()
        condition.choices = [("", "toujours posée"), *((question.pk, str(question)) for question in condition.queryset)]
        return made


@admin.register(Section)
class SectionAdmin(StaffModelAdmin):
    """One section and its questions. Sections are added on the page of their call."""

    list_display = ["title", "call", "position", "kind"]
    list_filter = ["call"]
    list_select_related = ["call"]
    search_fields = ["title", "call__name"]
    readonly_fields = ["call"]
    fields = ["call", "position", "code", "title", "kind", "help"]
    inlines = [QuestionInline]
    actions = None  # a deletion in bulk would not look at what stands on each

    def has_add_permission(self, request, obj=None):
        return False

    def delete_view(self, request, object_id, extra_context=None):
        section = self.get_object(request, object_id)
        if section and (reason := why_section_kept(section)):
            messages.error(request, reason)
            return redirect("admin:applications_section_change", section.pk)
        return super().delete_view(request, object_id, extra_context)
