"""The figures as the team reads them: those of the public page, then what is behind them, antenna by antenna."""

from django.db.models import Q
from django.utils import timezone

from applications.admin.base import show, staff_only

from ..figures import comparisons
from ..models import Antenna, YearlyReport
from ..statistics import statistics


@staff_only
def figures(request):
    """Published beside counted, then each slip, each report that is awaited, each antenna that nobody answers for."""
    nobody = Antenna.objects.real().filter(contact_email="").filter(Q(candidature=None))
    return show(
        request,
        "admin/labels/figures.html",
        title="Chiffres",
        comparisons=comparisons(),
        statistics=statistics(),
        today=timezone.localdate(),
        table_class="sheet",
        awaited=YearlyReport.objects.awaited().select_related("antenna").order_by("year", "antenna__name"),
        without_contact=nobody.order_by("name"),
    )
