"""The map of the laureates: the whole of France, or one région of it."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..caching import kept_while_unchanged
from ..calendar import count_label
from ..models import Antenna
from ..national_map import national_map


@require_safe
@login_not_required
@kept_while_unchanged
def map_page(request):
    """`?region=44` shows one région; an unknown one is set aside and said."""
    antennas = list(Antenna.objects.with_places().with_opening())
    whole = national_map(antennas)
    wanted = request.GET.get("region", "")
    region = next((shape for shape, _ in whole.regions if shape.code == wanted), None)
    drawn = national_map(antennas, region.code) if region else whole
    shown = [antenna for _, rows in drawn.regions for antenna in rows]
    context = {
        "map": drawn,
        "region": region,
        "regions": whole.regions,
        "is_ignored": bool(wanted) and region is None,
        "count": count_label(list(dict.fromkeys(shown))),
    }
    return render(request, "labels/map.html", context)
