"""What ties committee members to territories: declared by each, read by the team."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.models import Role, User

from ..models import Mandate
from .base import StaffModelAdmin, committee_only, show
from .people_forms import MandateForm


@admin.register(Mandate)
class MandateAdmin(StaffModelAdmin):
    """The mandates that members declared, and those that the team knows of."""

    list_display = ["user", "kind", "title", "place", "starts_on", "ends_on"]
    list_filter = ["kind", ("ends_on", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "commune", "epci"]
    search_fields = ["user__full_name", "user__email", "title", "commune__name", "epci__name"]
    autocomplete_fields = ["commune", "epci"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(role=Role.COMMITTEE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="territoire")
    def place(self, mandate):
        return mandate.territory.reference


@committee_only
def mandates(request):
    """One's own, those that are over last, and the form to declare one more."""
    form = MandateForm(Mandate(user=request.user), request.POST or None)
    if form.is_valid():
        form.save()
        messages.success(request, f"Mandat ou fonction déclaré : {form.instance}.")
        return redirect("admin:mandates")
    held = request.user.mandates.select_related("commune", "epci")
    current = set(held.current().values_list("pk", flat=True))
    return show(
        request,
        "admin/committee_people/mandates.html",
        title="Mes mandats",
        mandates=sorted(((each, each.pk in current) for each in held), key=lambda pair: not pair[1]),
        form=form,
    )


def own_or_404(request, pk) -> Mandate:
    return get_object_or_404(request.user.mandates.select_related("commune", "epci"), pk=pk)


@committee_only
def mandate(request, pk):
    """Correct or end one of one's own."""
    form = MandateForm(own_or_404(request, pk), request.POST or None)
    if form.is_valid():
        form.save()
        messages.success(request, f"Modification enregistrée : {form.instance}.")
        return redirect("admin:mandates")
    about = ["S’il a pris fin, gardez-le et indiquez sa date de fin."]
    return ask(request, "Modifier ou terminer", "Enregistrer", about=about, form=form)


@committee_only
def remove_mandate(request, pk):
    """Ask, then remove one that was declared by mistake."""
    declared = own_or_404(request, pk)
    if request.method == "POST":
        declared.delete()
        messages.success(request, f"Retiré : {declared}.")
        return redirect("admin:mandates")
    about = [f"{declared}.", "Retirez seulement ce qui a été déclaré par erreur ; sinon, indiquez une date de fin."]
    return ask(request, "Retirer un mandat ou une fonction", "Retirer", about=about)


def ask(request, title, button, **context):
    page = reverse("admin:mandates")
    context = {"button": button, "trail": [(page, "Mes mandats")], "back": (page, "Ne rien changer"), **context}
    return show(request, "admin/committee_people/act.html", title=title, **context)
