"""A candidature as its members are writing it: what is asked, answered, missing, and deposited."""

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from django.db.models import Prefetch

from ..years import school_year
from .answers import EMPTY, Answer, core_column, problems_of, text_of
from .carriers import Carrier, Site
from .deposit import Attachment
from .form import Question, Section

PREFETCH = (  # one query for each line
    Prefetch(
        "carriers",
        Carrier.objects.select_related("commune__department", "epci__department", "epci__main_commune"),
    ),
    Prefetch("sites", Site.objects.select_related("commune__department")),
    "partners",
    Prefetch("answers", Answer.objects.select_related("updated_by")),
    "attachments",
    "extensions",
    "call__concepts",
    "call__phases",
    "call__sections__questions",
)


class Slot(NamedTuple):
    """One place to answer: a question, for one carrier when it is asked of each."""

    question: Question
    carrier: Carrier | None
    answer: Answer | None
    pieces: list[Attachment]  # those that stand, for a question of files

    @property
    def key(self) -> str:
        """Names the slot in a page and in what it posts: `q12`, or `q12-c3` for a carrier."""
        return f"q{self.question.pk}-c{self.carrier.pk}" if self.carrier else f"q{self.question.pk}"

    @property
    def value(self):
        return self.answer.value if self.answer else None

    @property
    def version(self) -> int:
        return self.answer.version if self.answer else 0

    @property
    def label(self) -> str:
        return f"{self.question.label} ({self.carrier.name})" if self.carrier else self.question.label

    @property
    def title(self) -> str:
        """The label as the subject of a line: a question asked in full stands between quotation marks."""
        return f"« {self.label} »" if self.question.label.rstrip().endswith("?") else self.label

    @property
    def is_answered(self) -> bool:
        return bool(self.pieces) or self.value not in EMPTY

    def problems(self) -> list[str]:
        """Why this answer cannot be deposited as it is."""
        if not self.question.is_file:
            return self.problems_with(self.value)
        if not self.pieces and self.question.is_required:
            return ["à joindre"]
        return [f"« {piece} » contient un virus : remplacez-la" for piece in self.pieces if piece.is_infected]

    def problems_with(self, value) -> list[str]:
        """Why `value` could not be deposited in this place."""
        return problems_of(self.question, value)


class Problem(NamedTuple):
    """Something to do before a deposit, and where."""

    section: Section
    anchor: str  # in the page of the section
    words: str


class WorkingCopy:
    """Everything that the members of a candidature wrote, read once.

    Give a candidature prefetched with PREFETCH to read many in a constant number of queries; alone, it reads itself.
    """

    def __init__(self, candidature):
        self.candidature = candidature

    @cached_property
    def sections(self) -> list[Section]:
        return list(self.candidature.call.sections.all())

    @cached_property
    def carriers(self) -> list[Carrier]:
        return list(self.candidature.carriers.all())

    @cached_property
    def _answers(self) -> dict:
        return {(answer.question_id, answer.carrier_id): answer for answer in self.candidature.answers.all()}

    @cached_property
    def _pieces(self) -> dict:
        found = defaultdict(list)
        for piece in self.candidature.attachments.all():
            if piece.stands:
                found[piece.question_id, piece.carrier_id].append(piece)
        return found

    @cached_property
    def _slots(self) -> dict[int, list[Slot]]:
        """Every slot of each section, asked or not, by the key of the section."""
        return {section.pk: list(self._slots_of(section)) for section in self.sections}

    def _slots_of(self, section):
        questions = list(section.questions.all())
        for question in questions:
            question.section = section
            section.call = self.candidature.call
        once = [question for question in questions if not question.per_carrier]
        each = [question for question in questions if question.per_carrier]
        for carrier in self.carriers:
            yield from (self._slot(question, carrier) for question in each)
        yield from (self._slot(question, None) for question in once)

    def _slot(self, question, carrier) -> Slot:
        key = question.pk, carrier.pk if carrier else None
        return Slot(question, carrier, self._answers.get(key), self._pieces.get(key, []))

    def slots(self, section) -> list[Slot]:
        """The slots of a section in order: what is asked of each carrier, then of the whole file."""
        return self._slots[section.pk]

    @cached_property
    def _by_place(self) -> dict:
        """Every slot, by its question and its carrier."""
        return {(slot.question.pk, slot.carrier): slot for slots in self._slots.values() for slot in slots}

    def condition_of(self, slot) -> Slot | None:
        """The slot whose answer makes this one be asked: for the same carrier, or for the whole file."""
        other = slot.question.condition_id
        return self._by_place.get((other, slot.carrier)) or self._by_place.get((other, None))

    def is_asked(self, slot) -> bool:
        """Whether the question has no condition, or a met one by a question that is asked itself."""
        followed = set()  # staff may have closed a circle of conditions
        while slot.question.condition_id and slot.question.pk not in followed:
            followed.add(slot.question.pk)
            other = self.condition_of(slot)
            if other is None or not slot.question.is_met_by(other.value):
                return False
            slot = other
        return True

    def asked(self, section) -> list[Slot]:
        return [slot for slot in self.slots(section) if self.is_asked(slot)]

    # What is missing

    def problems_in(self, section, openness=None) -> list[Problem]:
        """Those of a section; with `openness`, only those that can be mended now."""
        found = []
        if not (openness and openness.why_not(section)):
            found += [Problem(section, anchor, words) for anchor, words in self._list_problems(section)]
        for slot in self.asked(section):
            if not (openness and openness.why_not(section, slot.question, slot.carrier)):
                found += [Problem(section, slot.key, f"{slot.title} : {problem}") for problem in slot.problems()]
        return found

    def _list_problems(self, section):
        if section.kind == Section.Kind.CARRIERS and not any(carrier.is_lead for carrier in self.carriers):
            yield "ajouter", "Porteur chef de file : à désigner"
        if section.kind == Section.Kind.SITES and not self.candidature.sites.all():
            yield "ajouter", "Commune du site : à indiquer"

    def problems(self) -> list[Problem]:
        """All that stands between the file and a deposit; empty when it is complete."""
        openness = self.candidature.openness()
        return [problem for section in self.sections for problem in self.problems_in(section, openness)]

    def last_touch(self, section) -> Answer | None:
        """The answer of this section that was saved last."""
        answers = [slot.answer for slot in self.slots(section) if slot.answer]
        return max(answers, key=lambda answer: answer.updated_at, default=None)

    # What a deposit says

    def core_columns(self) -> dict:
        """The candidature's own columns, as its core answers say."""
        slots = [slot for section in self.sections for slot in self.slots(section) if slot.question.core]
        return {name: value for slot in slots for name, value in core_column(slot.question, slot.value).items()}

    def content(self) -> dict:
        """All that the candidature says, as plain JSON values, files by size and SHA-256."""
        candidature, call = self.candidature, self.candidature.call
        core = {"title": candidature.title, "summary": candidature.summary, "concept_id": candidature.concept_id}
        core |= {"target_year": candidature.target_year} | self.core_columns()
        return {
            "format": 2,
            "reference": candidature.reference,
            "call": call.slug,
            "call_name": call.name,
            "title": core["title"],
            "summary": core["summary"],
            "concept": core["concept_id"],
            "target_year": school_year(core["target_year"]),
            "carriers": [
                {"kind": carrier.kind, "code": carrier.code, "name": carrier.name, "lead": carrier.is_lead}
                for carrier in self.carriers
            ],
            "sites": [{"code": site.commune_id, "name": site.commune.name} for site in candidature.sites.all()],
            "partners": [partner.as_content() for partner in candidature.partners.all()],
            "sections": [self._section_content(section) for section in self.sections],
            "pieces": [piece for section in self.sections for piece in self._pieces_content(section)],
        }

    def _section_content(self, section) -> dict:
        slots = [slot for slot in self.asked(section) if not slot.question.is_file]
        answers = [
            {
                "code": slot.question.code,
                "label": slot.question.label,
                "kind": slot.question.kind,
                "carrier": slot.carrier.code if slot.carrier else "",
                "value": slot.value,
                "text": text_of(slot.question, slot.value),
                "personal": slot.question.is_personal,
            }
            for slot in slots
        ]
        return {"code": section.code, "title": section.title, "answers": answers}

    def _pieces_content(self, section):
        for slot in self.asked(section):
            for piece in slot.pieces:
                yield piece.as_content() | {
                    "question": slot.question.code,
                    "label": slot.question.label,
                    "carrier": slot.carrier.code if slot.carrier else "",
                    "personal": slot.question.is_personal,
                }


def substance(content: dict) -> dict:
    """What a content says, without the words of the form around it: two contents with the same substance are equal
    for whoever wrote them, even when staff corrected a label in between.
    """
    answers = {
        (section["code"], answer["code"], answer["carrier"]): answer["value"]
        for section in content.get("sections", [])
        for answer in section["answers"]
        if answer["value"] not in EMPTY
    }
    return {
        "core": [content[name] for name in ("title", "summary", "concept", "target_year")],
        "carriers": [(carrier["code"], carrier["lead"]) for carrier in content["carriers"]],
        "sites": sorted(site["code"] for site in content["sites"]),
        "partners": content.get("partners", []),
        "answers": answers,
        "pieces": sorted(
            (piece.get("question", ""), piece.get("carrier", ""), piece["name"], piece["sha256"])
            for piece in content["pieces"]
        ),
    }


def differs(content: dict, deposited: dict) -> bool:
    """Whether a content says anything else than a deposited one. A deposit of the first format knew no answers, nor
    to which question a piece belongs: only what it knew is compared.
    """
    new, old = substance(content), substance(deposited)
    if "format" not in deposited:
        for known in (new, old):
            del known["answers"], known["partners"]
            known["pieces"] = sorted(piece[2:] for piece in known["pieces"])
    return new != old
