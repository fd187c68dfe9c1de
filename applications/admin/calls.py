"""What the team sets of a call: dates, grid, seats, figures, and the lists that calls share."""

from django import forms
from django.contrib import admin
from django.db import models

from ..models import (
    AdmissibilityPoint,
    Call,
    Concept,
    Criterion,
    Level,
    PublishedFigure,
    Seat,
    SelectionPhase,
    Source,
    create_core_form,
)
from .base import StaffModelAdmin
from .form_rows import KeptFormSet, SectionInline

FROZEN = "Une évaluation est signée\u00a0: la grille ne change plus."


class GridMixin:
    """The grid moves only until the first signature: every mark must have been given on the same grid."""

    def call_of(self, obj):
        return obj

    def is_open(self, obj) -> bool:
        call = self.call_of(obj) if obj else None
        return call is None or not call.is_grid_frozen

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and self.is_open(obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.is_open(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.is_open(obj)


class PhaseInline(admin.StackedInline):
    model = SelectionPhase
    extra = 0
    fields = ["number", ("opens_at", "closes_at"), "reviews_due_at", "announced_on"]

    def get_queryset(self, request):
        """Locked while the page is saved: the whole row is written, the seal that the chair just opened with it."""
        phases = super().get_queryset(request)
        return phases.select_for_update(no_key=True) if request.method == "POST" else phases


class CriterionInline(GridMixin, admin.TabularInline):
    model = Criterion
    extra = 0
    fields = ["position", "name", "help", "weight", "tie_rank"]
    show_change_link = True


class PointFormSet(KeptFormSet):
    def why_kept(self, point):
        checked = point.checks.count()
        files = "une candidature" if checked == 1 else f"{checked} candidatures"
        return f"« {point} » est déjà vérifié pour {files} : ce point ne peut pas être supprimé." if checked else ""


class PointInline(admin.TabularInline):
    """The check-list by which the team examines each candidature."""

    model = AdmissibilityPoint
    formset = PointFormSet
    extra = 0
    fields = ["position", "label", "help"]
    formfield_overrides = {
        models.CharField: {"widget": forms.TextInput({"size": 55})},
        models.TextField: {"widget": forms.Textarea({"rows": 2, "cols": 50})},
    }


class SeatInline(admin.TabularInline):
    model = Seat
    extra = 0
    autocomplete_fields = ["organisation"]
    show_change_link = True


class FigureInline(admin.TabularInline):
    model = PublishedFigure
    extra = 0
    autocomplete_fields = ["source"]


@admin.register(Call)
class CallAdmin(StaffModelAdmin):
    list_display = ["name", "title", "launched_on", "ended_on", "is_published", "is_demo"]
    list_filter = ["is_published", "is_demo"]
    search_fields = ["name", "title"]
    formfield_overrides = {
        **StaffModelAdmin.formfield_overrides,
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple},  # two programmes, four concepts
    }
    inlines = [PhaseInline, SectionInline, PointInline, CriterionInline, SeatInline, FigureInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "prefix", "title", "is_published", "is_demo"]}),
        ("Page publique", {"fields": ["lede", "presentation", "contact_email"]}),
        ("Dates", {"fields": ["launched_on", "ended_on", "tolerance_minutes"]}),
        ("Cadre", {"fields": ["programmes", "concepts"]}),
        ("Notation", {"fields": ["half_points", "comment_up_to", "comment_from"]}),
    ]

    def has_delete_permission(self, request, obj=None):
        return False  # a call is a public fact; one made by mistake stays unpublished

    def get_readonly_fields(self, request, obj=None):
        """References were given and the address is public: links and receipts lead to them."""
        is_used = obj is not None and obj.candidatures.exists()
        is_frozen = obj is not None and obj.is_grid_frozen
        grid = ["half_points", "comment_up_to", "comment_from"] if is_frozen else []
        return (["prefix", "slug"] if is_used else []) + grid

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def save_related(self, request, form, formsets, change):
        """A new call begins with the least that a form asks, unless its sections were typed."""
        super().save_related(request, form, formsets, change)
        if not change and not form.instance.sections.exists():
            create_core_form(form.instance)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        call = self.get_object(request, object_id)
        subtitle = {"subtitle": FROZEN} if call and call.is_grid_frozen else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **subtitle})


class LevelInline(GridMixin, admin.TabularInline):
    model = Level
    extra = 0

    def call_of(self, criterion):
        return criterion.call


@admin.register(Criterion)
class CriterionAdmin(GridMixin, StaffModelAdmin):
    """One criterion and the words of its levels. Criteria are added on the page of their call."""

    list_display = ["name", "call", "position", "weight"]
    list_filter = ["call"]
    list_select_related = ["call"]
    search_fields = ["name", "call__name"]
    readonly_fields = ["call"]
    inlines = [LevelInline]
    actions = None  # a deletion in bulk would not look at each grid

    def call_of(self, criterion):
        return criterion.call

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Concept)
class ConceptAdmin(StaffModelAdmin):
    list_display = ["name", "code", "position"]
    search_fields = ["name", "code"]


@admin.register(Source)
class SourceAdmin(StaffModelAdmin):
    list_display = ["title", "publisher", "published_on", "url"]
    search_fields = ["title", "publisher"]
