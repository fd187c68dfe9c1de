"""What a candidature says, as staff and committee read it, and its pieces."""

from django.shortcuts import get_object_or_404

from territories.eligibility import programme_advice_for
from territories.models import Commune, Epci

from ..models import Attachment, Candidature, Status, WorkingCopy
from ..reading import Pieces, parts_of
from ..views.pieces import handed_over


def file_context(candidature, user) -> dict:
    """What the partial `admin/applications/_file.html` shows of a candidature to `user`.

    The last deposit is what is examined and judged; the team alone reads a draft that was never deposited.
    """
    deposit = candidature.last_submission
    content = deposit.content if deposit else copy_of(candidature).content()
    territories = territories_of(content)
    return {
        "candidature": candidature,
        "submission": deposit,
        "undeposited": undeposited(candidature) if deposit else "",
        "carriers": [(carrier, territories.get(carrier["code"])) for carrier in content["carriers"]],
        "sites": [(site, territories.get(site["code"])) for site in content["sites"]],
        "partners": content.get("partners", []),
        "parts": parts_of(content, Pieces(candidature, user), with_personal=user.is_staff),
        "advice": programme_advice_for(territories.values()),
    }


def copy_of(candidature) -> WorkingCopy:
    return WorkingCopy(Candidature.objects.with_working_copy().get(pk=candidature.pk))


def territories_of(content: dict) -> dict:
    """Each commune and EPCI that carries the candidature or would host a site, by its code."""
    codes = [place["code"] for place in (*content["carriers"], *content["sites"])]
    found = {epci.pk: epci for epci in Epci.objects.filter(pk__in=codes)}
    found |= {commune.pk: commune for commune in Commune.objects.filter(pk__in=codes).select_related("department")}
    return {code: found[code] for code in codes if code in found}


def undeposited(candidature) -> str:
    """In one line, what the members wrote since the deposit that is shown; "" when nothing differs."""
    if candidature.status not in (Status.SUBMITTED, Status.SUPPLEMENTS_REQUESTED):
        return ""
    if not Candidature.objects.with_working_copy().get(pk=candidature.pk).has_undeposited_changes:
        return ""
    if candidature.status == Status.SUPPLEMENTS_REQUESTED:
        return "Les porteurs préparent leur réponse : elle n’est pas encore déposée, vous lisez le dépôt d’avant."
    if candidature.open_phase():
        return "Les porteurs préparent une nouvelle version : elle n’est pas déposée, vous lisez la dernière qui l’est."
    return "Des modifications n’ont pas été déposées avant la clôture : elles ne comptent pas et ne sont pas montrées."


def piece(request, pk):
    """One piece of a file that this person may read."""
    readable = Candidature.objects.visible_to(request.user)
    return handed_over(get_object_or_404(Attachment.objects.visible_to(request.user, readable), pk=pk))
