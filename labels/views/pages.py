"""The public pages: what the programme is, its laureates by opening year, one page for each."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.models import Call
from applications.years import parse_school_year, school_year
from territories.eligibility import programme_advice_for
from territories.forms import EligibilityForm
from territories.map import map_context
from territories.reference import EDITION

from ..caching import kept_while_unchanged
from ..calendar import by_year, count_label, opening_counts, rank
from ..figures import comparisons, programme_figures, regions_represented
from ..filters import Filters
from ..models import Antenna, AntennaCarrier, AntennaSite, calendar_in_words
from ..nearby import RADIUS, nearby
from ..statistics import statistics

LATEST = 6  # laureates shown on the home page


@require_safe
@login_not_required
@kept_while_unchanged
def home(request):
    newest_first = [
        F("phase__proclaimed_at").desc(nulls_last=True),
        F("phase__call__launched_on").desc(nulls_last=True),
        "-phase__number",
        "slug",
    ]
    calls = Call.objects.published().prefetch_related("phases")
    context = {
        "open_calls": [(call, phase) for call in calls if (phase := call.open_phase())],
        "calls": calls,
        "eligibility": EligibilityForm(),
        "figures": programme_figures(),
        "regions": len(regions_represented()),
        "years": opening_counts(),
        "latest": Antenna.objects.with_places().with_opening().order_by(*newest_first)[:LATEST],
    }
    return render(request, "labels/home.html", context)


@require_safe
@login_not_required
@kept_while_unchanged
def antenna_list(request):
    filters = Filters.read(request.GET)
    antennas = filters.apply(Antenna.objects.with_places().with_opening())
    context = {
        "filters": filters,
        "groups": by_year(antennas),
        "count": count_label(antennas),
        "figures": programme_figures(),
    }
    return render(request, "labels/list.html", context)


@require_safe
@login_not_required
@kept_while_unchanged
def year(request, years):
    start = parse_school_year(years)
    if start is None:
        raise Http404
    antennas = list(Antenna.objects.with_places().with_opening().filter(planned_year=start))
    context = {
        "year": school_year(start),
        "groups": by_year(antennas),
        "count": count_label(antennas),
        "years": opening_counts(),
    }
    return render(request, "labels/year.html", context)


@require_safe
@login_not_required
@kept_while_unchanged
def detail(request, slug):
    antennas = Antenna.objects.with_places().with_carriers().with_opening().with_state().select_related("source")
    antenna = get_object_or_404(antennas, slug=slug)
    openings = list(antenna.openings.all())
    places = [carrier.territory for carrier in antenna.carriers.all() if carrier.territory]
    places += [site.commune for site in antenna.sites.all()]
    advice = [line for lines in programme_advice_for(dict.fromkeys(places)).values() for line in lines]
    previous, following = neighbours(antenna)
    context = {
        "antenna": antenna,
        "carriers": [(carrier, carrier.epci and carrier.epci.members().count()) for carrier in antenna.carriers.all()],
        "openings": openings,
        "calendar": calendar_in_words(openings),
        "trainings": antenna.trainings.all(),
        "learners": antenna.learners.order_by("-year"),
        "changes": changes_of(antenna),
        "programmes": list(dict.fromkeys(line.programme for line in advice if line.answer == "yes")),
        "map": map_context(site.commune for site in antenna.sites.all()),
        "nearby": nearby(antenna),
        "radius": RADIUS,
        "edition": EDITION,
        "previous": previous,
        "following": following,
    }
    return render(request, "labels/detail.html", context)


@require_safe
@login_not_required
@kept_while_unchanged
def figures(request):
    """What was published, what the records count, and the gap between both."""
    context = {"comparisons": comparisons(), "statistics": statistics(), "today": timezone.localdate()}
    return render(request, "labels/figures.html", context)


def changes_of(antenna: Antenna) -> list[str]:
    """The carriers and sites that came or left since the label, in words, the last first."""
    carriers = AntennaCarrier.objects.filter(antenna=antenna).select_related("commune", "epci")
    sites = AntennaSite.objects.filter(antenna=antenna).select_related("commune")
    return [words for _, words in sorted((told for line in (*carriers, *sites) for told in line.changes), reverse=True)]


def neighbours(antenna: Antenna) -> tuple[Antenna | None, Antenna | None]:
    """The antennas before and after this one in the order of the list."""
    ordered = sorted(Antenna.objects.select_related("phase__call").with_opening(), key=rank)
    place = ordered.index(antenna)
    return (ordered[place - 1] if place else None), next(iter(ordered[place + 1 :]), None)
