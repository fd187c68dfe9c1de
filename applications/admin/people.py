"""The committee as the team sets it: organisations, seats, members, and recusals that the team raises."""

from django import forms
from django.contrib import admin

from accounts.models import Role, User

from ..models import Member, Organisation, Recusal, Seat
from .base import StaffModelAdmin


@admin.register(Organisation)
class OrganisationAdmin(StaffModelAdmin):
    list_display = ["name", "short_name"]
    search_fields = ["name", "short_name"]


class MemberInline(admin.TabularInline):
    model = Member
    extra = 0

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(role=Role.COMMITTEE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Seat)
class SeatAdmin(StaffModelAdmin):
    """A seat and its people. Who judged stays named: a term ends by its date, it is not deleted once used."""

    list_display = ["organisation", "call", "people", "is_voting"]
    list_filter = ["call", "is_voting"]
    list_select_related = ["organisation", "call"]
    search_fields = ["organisation__name", "organisation__short_name", "members__user__full_name"]
    autocomplete_fields = ["organisation", "call"]
    inlines = [MemberInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("members__user")

    @admin.display(description="membres")
    def people(self, seat):
        return ", ".join(f"{m.user} (présidence)" if m.is_chair else str(m.user) for m in seat.members.all())


class RecusalForm(forms.ModelForm):
    class Meta:
        model = Recusal
        fields = ["candidature", "seat", "reason"]

    def clean(self):
        data = super().clean()
        if data.get("candidature") and data.get("seat"):
            data["candidature"].lock()  # until the recusal is written: the admin saves in one transaction
            refusal = Recusal.why_not_raise(data["candidature"], data["seat"], self.by)
            if refusal:
                self.add_error("seat", refusal)
        return data


@admin.register(Recusal)
class RecusalAdmin(StaffModelAdmin):
    """Recusals, and the one that the team raises for a whole seat. None is changed or lifted here."""

    list_display = ["candidature", "seat", "who", "origin", "by", "at"]
    list_filter = ["candidature__call", "origin"]
    list_select_related = ["candidature__call", "seat__call", "seat__organisation", "member__user", "by"]
    search_fields = ["candidature__title", "seat__organisation__name", "member__user__full_name", "reason"]
    autocomplete_fields = ["candidature", "seat"]
    ordering = ["-at", "-pk"]

    def get_form(self, request, obj=None, **kwargs):
        if obj:
            return super().get_form(request, obj, **kwargs)
        return type("RaisedRecusalForm", (super().get_form(request, form=RecusalForm),), {"by": request.user})

    def get_fields(self, request, obj=None):
        return ["candidature", "seat", "reason"] + (["who", "origin", "by", "at"] if obj else [])

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_form(self, request, form, change):
        """Through the verb, which writes the row and its line in the journal: nothing is left to save after it."""
        return Recusal.raise_for(by=request.user, **form.cleaned_data)

    def save_model(self, request, obj, form, change):
        pass

    def save_related(self, request, form, formsets, change):
        pass

    @admin.display(description="concerne")
    def who(self, recusal):
        return str(recusal.member.user) if recusal.member else "tout le siège"
