"""Reference data in the admin: to look up, never to edit. It is written by commands only."""

from django.contrib import admin

from .models import (
    Commune,
    Department,
    Epci,
    NationalProgramme,
    ProgrammeList,
    ProgrammeMember,
    ProgrammeTerritory,
    Region,
)
from .search import search_key


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class TerritoryAdmin(ReadOnlyAdmin):
    """Looked up as on the public pages: accents, hyphens and articles do not matter, codes are understood."""

    search_help_text = "Nom, code INSEE, code postal ou SIREN."

    def get_search_results(self, request, queryset, search_term):
        key = search_key(search_term)
        return (queryset.filter(search_keys__key__prefix=key), True) if key else (queryset, False)


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin):
    list_display = ["name", "code", "zone"]
    list_filter = ["zone"]
    search_fields = ["name", "code"]


@admin.register(Department)
class DepartmentAdmin(ReadOnlyAdmin):
    list_display = ["name", "code", "region"]
    list_select_related = ["region"]
    search_fields = ["name", "code"]


@admin.register(Epci)
class EpciAdmin(TerritoryAdmin):
    list_display = ["name", "siren", "kind", "department", "population", "ended_on"]
    list_filter = ["kind", "department__region", ("ended_on", admin.EmptyFieldListFilter)]
    list_select_related = ["department"]
    search_fields = ["name", "siren"]


@admin.register(Commune)
class CommuneAdmin(TerritoryAdmin):
    list_display = ["name", "insee_code", "department", "epci", "population", "ended_on"]
    list_filter = ["department__region", "kind", "point_source", ("ended_on", admin.EmptyFieldListFilter)]
    list_select_related = ["department", "epci"]
    search_fields = ["name", "insee_code"]


@admin.register(NationalProgramme)
class NationalProgrammeAdmin(ReadOnlyAdmin):
    list_display = ["name", "code", "current_list"]
    search_fields = ["name", "code"]

    @admin.display(description="liste qui fait foi")
    def current_list(self, programme):
        return programme.current_list


@admin.register(ProgrammeList)
class ProgrammeListAdmin(ReadOnlyAdmin):
    list_display = ["programme", "published_on", "is_complete", "source_title", "imported_at"]
    list_filter = ["programme", "is_complete"]
    list_select_related = ["programme"]


class MemberInline(admin.TabularInline):
    model = ProgrammeMember
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("commune", "epci")


@admin.register(ProgrammeTerritory)
class ProgrammeTerritoryAdmin(ReadOnlyAdmin):
    list_display = ["name", "code", "list"]
    list_filter = ["list__programme", "list"]
    list_select_related = ["list"]
    search_fields = ["name", "code"]
    inlines = [MemberInline]
