"""Is a territory in the national programmes? Advice only: the programme also labelled territories outside the lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from .models import Commune, Epci, NationalProgramme, ProgrammeList, ProgrammeMember
from .models.geography import capitalised
from .reference import day_in_words

Territory = Commune | Epci

NAMED_COMMUNES = 5  # beyond, their number is said


@dataclass(frozen=True)
class Advice:
    """What the current list of `programme` says of a territory: "yes", "no" or "unknown", and why, in French."""

    programme: NationalProgramme
    answer: str
    reason: str

    LABELS = {"yes": "Oui", "no": "Non", "unknown": "Liste incomplète"}

    @property
    def label(self) -> str:
        return self.LABELS[self.answer]


def programme_advice(territory: Territory) -> list[Advice]:
    """The advice of every national programme on one territory."""
    return programme_advice_for([territory])[territory]


def programme_advice_for(territories: Iterable[Territory]) -> dict[Territory, list[Advice]]:
    """The advice of every national programme on each territory, in a number of queries that does not grow.

    A territory that ended is judged by its successor.
    """
    current = with_successors(territories)
    programmes = list(NationalProgramme.objects.with_current_list())
    lists = ProgrammeList.objects.in_bulk([p.current_list_id for p in programmes if p.current_list_id])
    members = list(members_about(lists, current.values()))
    return {
        asked: [
            advise(programme, lists.get(programme.current_list_id), members, asked, judged) for programme in programmes
        ]
        for asked, judged in current.items()
    }


def with_successors(territories: Iterable[Territory]) -> dict[Territory, Territory]:
    """Each territory with the one that stands for it today."""
    territories = list(territories)
    successors = {}
    for model in (Commune, Epci):
        pks = {t.successor_id for t in territories if isinstance(t, model) and t.successor_id}
        successors |= {(model, pk): successor for pk, successor in model.objects.in_bulk(pks).items()} if pks else {}
    return {t: successors.get((type(t), t.successor_id), t) for t in territories}


def members_about(lists: Iterable[int], territories: Iterable[Territory]) -> Iterable[ProgrammeMember]:
    """The members of these lists that cover one of these territories, or belong to it."""
    communes = {t.pk: t for t in territories if isinstance(t, Commune)}
    epcis = {t.pk for t in territories if isinstance(t, Epci)}
    around = epcis | {pk for commune in communes.values() for pk in (commune.epci_id, commune.ept_id) if pk}
    return (
        ProgrammeMember.objects.filter(territory__list__in=list(lists))
        .filter(
            Q(commune__in=communes)
            | Q(commune__successor__in=communes)
            | Q(commune__epci__in=epcis)
            | Q(commune__ept__in=epcis)
            | Q(epci__in=around)
            | Q(epci__successor__in=around)
        )
        .select_related("territory", "commune__successor", "epci__successor")
        .order_by("commune__name", "epci__name", "pk")
    )


def advise(
    programme: NationalProgramme,
    programme_list: ProgrammeList | None,
    members: list[ProgrammeMember],
    asked: Territory,
    judged: Territory,
) -> Advice:
    if programme_list is None:
        return Advice(programme, "unknown", "Aucune liste de ce programme n’est encore enregistrée.")
    inside = [member for member in members if member.territory.list_id == programme_list.pk]
    followed = "" if asked == judged else f"{capitalised(shown(asked))} n’existe plus, remplacée par {shown(judged)}. "
    named = f"la liste du {day_in_words(programme_list.published_on)} ({programme_list.source_title})"
    for reason in reasons(judged, inside):
        return Advice(programme, "yes", typographic(f"{followed}{capitalised(reason)} dans {named}."))
    if programme_list.is_complete:
        return Advice(programme, "no", typographic(f"{followed}{absence(judged)} dans {named}, qui est complète."))
    reason = f"{followed}{absence(judged)} dans {named}, mais cette liste est incomplète."
    return Advice(programme, "unknown", typographic(reason))


def reasons(judged: Territory, members: list[ProgrammeMember]) -> Iterator[str]:
    """Why the list covers the territory, the most direct reason first; nothing when it does not."""
    stands_for = {member: member.member.successor or member.member for member in members}
    direct = [member for member, territory in stands_for.items() if territory == judged]
    if direct:
        yield f"{shown(direct[0].member)} figure{in_territory(direct[0])}"
    if isinstance(judged, Commune):
        groups = {pk for pk in (judged.epci_id, judged.ept_id) if pk}
        for member, territory in stands_for.items():
            if isinstance(territory, Epci) and territory.pk in groups:
                yield f"{shown(member.member)}, dont {shown(judged)} fait partie, figure{in_territory(member)}"
    else:
        communes = [t for t in stands_for.values() if isinstance(t, Commune) and judged.pk in (t.epci_id, t.ept_id)]
        if communes:
            yield communes_inside(list(dict.fromkeys(communes)))


def in_territory(member: ProgrammeMember) -> str:
    """The programme's own name of the territory, when it says more than the member's."""
    name = member.territory.name
    return "" if name == member.member.name else f" (territoire « {name} »)"


def communes_inside(communes: list[Commune]) -> str:
    names = [commune.name for commune in communes[:NAMED_COMMUNES]]
    if len(communes) == 1:
        return f"{names[0]}, commune membre, figure"
    if len(communes) > NAMED_COMMUNES:
        return f"{len(communes)} de ses communes, dont {', '.join(names)}, figurent"
    return f"{', '.join(names[:-1])} et {names[-1]}, communes membres, figurent"


def absence(judged: Territory) -> str:
    if isinstance(judged, Epci):
        return f"Ni {shown(judged)} ni aucune de ses communes ne figurent"
    if judged.epci_id or judged.ept_id:
        return f"Ni {judged.name} ni son intercommunalité ne figurent"
    return f"{judged.name} ne figure pas"


def shown(territory: Territory) -> str:
    """The name of the territory inside a sentence."""
    return territory.label_in_sentence if isinstance(territory, Epci) else territory.name


def typographic(text: str) -> str:
    return text.replace("'", "’")
