"""Public pages: find a territory, and read whether the national programmes know it."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .eligibility import programme_advice
from .forms import EligibilityForm
from .models import Commune
from .reference import EDITION, day_in_words
from .search import KINDS, is_mistyped_siren, search

SUGGESTIONS = 10


@require_safe
@login_not_required
def eligibility(request):
    """« Êtes-vous éligible ? », for both programmes at once, before any account."""
    form = EligibilityForm(request.GET if "territoire" in request.GET else None)
    context = {"form": form, "edition": day_in_words(EDITION)}
    if form.is_valid():
        territory = form.cleaned_data["territoire"]
        is_commune = isinstance(territory, Commune)
        departments = [territory.department] if is_commune else list(territory.departments())
        context |= {
            "territory": territory,
            "is_commune": is_commune,
            "departments": departments,
            "regions": list(dict.fromkeys(department.region for department in departments)),
            "advice": programme_advice(territory),
        }
    elif form.is_bound:
        context["suggestions"] = search(request.GET["territoire"], limit=SUGGESTIONS)
    return render(request, "territories/eligibility.html", context)


@require_safe
@login_not_required
def search_page(request):
    typed = request.GET.get("q", "")
    context = {
        "typed": typed[:100],
        "results": search(typed),
        "is_mistyped_siren": is_mistyped_siren(typed),
        "edition": day_in_words(EDITION),
    }
    return render(request, "territories/search.html", context)


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def search_json(request):
    """`{"results": [{value, label, detail, kind, code}]}`; `genre` restricts to "commune" or "epci"."""
    kind = request.GET.get("genre")
    found = search(request.GET.get("q", ""), (kind,) if kind in KINDS else KINDS, limit=SUGGESTIONS)
    return JsonResponse({"results": [suggestion(territory) for territory in found]})


def suggestion(territory) -> dict[str, str]:
    """An answer of the combobox: choosing a territory that ended chooses the one that stands for it."""
    chosen = territory.successor or territory
    return {
        "value": chosen.reference,
        "label": territory.name,
        "detail": territory.summary,
        "kind": "commune" if isinstance(chosen, Commune) else "epci",
        "code": chosen.code,
    }
