from django import forms
from django.contrib import admin
from django.db import models
from django.urls import path, re_path

from applications.admin.base import StaffModelAdmin

from ..filters import available_options, in_region
from ..models import Antenna, AntennaCarrier, AntennaSite, State, calendar_in_words
from ..timeline import timeline_of
from .acts import act, offered_acts, trainings


class AntennaForm(forms.ModelForm):
    def clean_source(self):
        source = self.cleaned_data["source"]
        if source is None and self.instance.candidature_id is None:
            raise forms.ValidationError("Sans candidature dans le portail, une antenne porte sa source publiée.")
        return source


class CarrierInline(admin.StackedInline):
    """The first carriers of a new antenna. Afterwards they change by dated acts."""

    model = AntennaCarrier
    extra = 1
    fields = [("commune", "epci"), ("body_name", "body_siren"), ("is_lead", "position")]
    autocomplete_fields = ["commune", "epci"]


class SiteInline(admin.TabularInline):
    model = AntennaSite
    extra = 1
    fields = ["commune"]
    autocomplete_fields = ["commune"]


class StateFilter(admin.SimpleListFilter):
    """By derived state: no column holds it."""

    title = "état"
    parameter_name = "etat"

    def lookups(self, request, model_admin):
        return [(state.value, state.label.capitalize()) for state in State]

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() in State.values else queryset


class RegionFilter(admin.SimpleListFilter):
    """By a région where a site is today."""

    title = "région"
    parameter_name = "region"

    def lookups(self, request, model_admin):
        return available_options()["region"]

    def queryset(self, request, queryset):
        return queryset.filter(in_region(self.value())) if self.value() else queryset


@admin.register(Antenna)
class AntennaAdmin(StaffModelAdmin):
    """The life of an antenna is read above, and written by acts; the form below is what is no fact of the past."""

    form = AntennaForm
    change_form_template = "admin/labels/antenna.html"
    change_list_template = "admin/labels/antennas.html"
    list_display = ["name", "phase", "state", "opening_year", "opened_on", "labelled_on"]
    list_filter = [
        StateFilter,
        "phase__call",
        "phase__number",
        "concepts",
        RegionFilter,
    ]
    list_select_related = ["phase__call"]
    search_fields = ["name", "sites__commune__name", "carriers__epci__name", "carriers__commune__name"]
    autocomplete_fields = ["source"]
    readonly_fields = ["candidature"]
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    fields = ["name", "slug", "phase", "candidature", "concepts", "project", "partners", "labelled_on", "source"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_opening().with_state()

    def get_inlines(self, request, obj):
        return [] if obj else [CarrierInline, SiteInline]

    def get_readonly_fields(self, request, obj=None):
        """The address is public: once it is there, links lead to it."""
        return [*self.readonly_fields, "slug"] if obj else self.readonly_fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def has_delete_permission(self, request, obj=None):
        return False  # a label is a public fact

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/formations/", wrap(trainings), name="labels_antenna_trainings"),
            re_path(r"^(?P<pk>\d{1,18})/vie/(?P<act>[a-z-]+)/$", wrap(act), name="labels_antenna_act"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """With the life of the antenna, when there is one."""
        context |= {"title": str(obj) if obj else "Nouvelle antenne", "subtitle": None}
        if obj:
            context |= life_context(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description="état", ordering="state")
    def state(self, antenna):
        return antenna.state_label

    @admin.display(description="ouverture prévue", ordering="planned_year")
    def opening_year(self, antenna):
        return antenna.opening_year

    @admin.display(description="ouverte le", ordering="opened_on")
    def opened_on(self, antenna):
        return antenna.opened_on


def life_context(antenna) -> dict:
    """What the page of an antenna tells of it, in a number of queries that does not grow."""
    return {
        "antenna": antenna,
        "timeline": timeline_of(antenna),
        "calendar": calendar_in_words(list(antenna.openings.all())),
        "acts": offered_acts(antenna),
        "carriers": AntennaCarrier.objects.current().filter(antenna=antenna).select_related("commune", "epci"),
        "sites": AntennaSite.objects.current().filter(antenna=antenna).select_related("commune__department"),
        "documents": antenna.documents.all(),
        "trainings": antenna.trainings.all(),
        "learners": antenna.learners.order_by("-year"),
        "reports": antenna.reports.select_related("antenna"),
    }
