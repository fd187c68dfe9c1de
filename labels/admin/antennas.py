from django import forms
from django.contrib import admin
from django.db import models

from applications.admin.base import StaffModelAdmin
from applications.years import FIRST, coming_school_years, school_year

from ..models import Antenna, AntennaCarrier, AntennaSite, OpeningChange


class AntennaForm(forms.ModelForm):
    def clean_source(self):
        source = self.cleaned_data["source"]
        if source is None and self.instance.candidature_id is None:
            raise forms.ValidationError("Sans candidature dans le portail, une antenne porte sa source publiée.")
        return source


class OpeningForm(forms.ModelForm):
    year = forms.TypedChoiceField(label="Année scolaire", coerce=int, empty_value=None, required=False)

    class Meta:
        model = OpeningChange
        fields = ["kind", "year", "opened_on", "reason", "source"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = range(FIRST, coming_school_years()[-1] + 1)
        self.fields["year"].choices = [("", "–"), *((start, school_year(start)) for start in years)]


class OpeningInline(admin.TabularInline):
    """The calendar is written line after line: what was announced stays."""

    model = OpeningChange
    form = OpeningForm
    extra = 0
    autocomplete_fields = ["source"]
    readonly_fields = ["recorded_at", "recorded_by"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("source", "recorded_by")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class CarrierInline(admin.StackedInline):
    model = AntennaCarrier
    extra = 0
    fields = [("commune", "epci"), ("body_name", "body_siren"), ("is_lead", "position")]
    autocomplete_fields = ["commune", "epci"]


class SiteInline(admin.TabularInline):
    model = AntennaSite
    extra = 0
    autocomplete_fields = ["commune"]


@admin.register(Antenna)
class AntennaAdmin(StaffModelAdmin):
    form = AntennaForm
    list_display = ["name", "phase", "opening_year", "opened_on", "labelled_on"]
    list_filter = ["phase__call", "phase__number", "concepts", "sites__commune__department__region"]
    list_select_related = ["phase__call"]
    search_fields = ["name", "sites__commune__name", "carriers__epci__name", "carriers__commune__name"]
    autocomplete_fields = ["source"]
    readonly_fields = ["candidature"]
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    inlines = [CarrierInline, SiteInline, OpeningInline]
    fields = [
        "name",
        "slug",
        "phase",
        "candidature",
        "concepts",
        "project",
        "partners",
        "labelled_on",
        "source",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_opening()

    def get_readonly_fields(self, request, obj=None):
        """The address is public: once it is there, links lead to it."""
        return [*self.readonly_fields, "slug"] if obj else self.readonly_fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def has_delete_permission(self, request, obj=None):
        return False  # a label is a public fact

    def save_formset(self, request, form, formset, change):
        for added in formset.save(commit=False):
            if isinstance(added, OpeningChange):
                added.recorded_by = request.user
            added.save()
        for removed in formset.deleted_objects:
            removed.delete()

    @admin.display(description="ouverture prévue", ordering="planned_year")
    def opening_year(self, antenna):
        return antenna.opening_year

    @admin.display(description="ouverte le", ordering="opened_on")
    def opened_on(self, antenna):
        return antenna.opened_on
