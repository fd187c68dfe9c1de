"""What was answered: one row per question asked, its version, and the texts that were set aside, never lost."""

from contextlib import nullcontext
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import number_format

from territories.reference import day_in_words

from ..years import coming_school_years, school_year
from .carriers import Carrier
from .form import Question
from .workflow import ChangedMeanwhile, Status

Kind = Question.Kind
EMPTY = (None, "", [], {})
NBSP = "\N{NO-BREAK SPACE}"


class Answer(models.Model):
    """The working answer to one question. `value` is plain JSON, in the shape of the question's kind:

    text `"…"`, integer `12`, amount `"12500.00"` (euros), date `"2027-09-01"`, choice `"…"`, choices `["…"]`,
    yes_no `true`, concept `"third_place"`, school_year `2027`, table
    `{"expenses": {"Loyers": ["12000.00", "", ""]}, "resources": {…}}` (a cell per year).
    """

    candidature = models.ForeignKey("Candidature", models.CASCADE, "answers", verbose_name="candidature")
    question = models.ForeignKey(Question, models.PROTECT, "answers", verbose_name="question")
    carrier = models.ForeignKey(Carrier, models.CASCADE, "answers", null=True, verbose_name="porteur")
    value = models.JSONField("réponse", null=True)
    version = models.PositiveIntegerField("enregistrements", default=1)
    prefilled_from = models.CharField("préremplie d’après", max_length=150, blank=True)
    updated_at = models.DateTimeField("enregistrée le")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="enregistrée par")

    class Meta:
        verbose_name = "réponse"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidature", "question"], condition=Q(carrier=None), name="answer_one_per_question"
            ),
            models.UniqueConstraint(
                fields=["candidature", "question", "carrier"], name="answer_one_per_question_and_carrier"
            ),
        ]

    def __str__(self):
        return str(self.question)

    @property
    def text(self) -> str:
        return text_of(self.question, self.value)

    @classmethod
    def write(cls, candidature, question, value, by, seen: int, carrier=None) -> int:
        """Save one answer if it is still the one that `by` had before them. One statement when nobody else wrote.

        Args:
            value: plain JSON in the shape of the question's kind; None to empty it.
            seen: the version that `by` read; 0 when there was no answer yet.

        Returns:
            The new version; from a page out of date, the one that stands when it says `value` already.

        Raises:
            ChangedMeanwhile: someone else saved another value; theirs stands, `value` is set aside.
        """
        where = {"candidature_id": candidature.pk, "question_id": question.pk, "carrier": carrier}
        fields = {"value": value, "updated_at": timezone.now(), "updated_by_id": by.pk, "prefilled_from": ""}
        with transaction.atomic() if question.core else nullcontext():  # alone, a statement locks less long
            is_written = cls.rewrite(where, fields, seen) if seen else cls.write_first(where, fields)
            if is_written:
                copy_core(candidature, question, value)
                return seen + 1
        return cls.check_same(where, value)

    @classmethod
    def rewrite(cls, where: dict, fields: dict, seen: int) -> bool:
        """Whether the answer was still the one seen."""
        return bool(cls.objects.filter(**where, version=seen).update(version=seen + 1, **fields))

    @classmethod
    def write_first(cls, where: dict, fields: dict) -> bool:
        """Whether nobody had answered yet."""
        try:
            with transaction.atomic():
                cls.objects.create(**where, **fields)
        except IntegrityError:
            return False
        return True

    @classmethod
    def check_same(cls, where: dict, value) -> int:
        """The version that stands, when its value is the one that was to be saved."""
        standing = cls.objects.filter(**where).first()
        if standing and standing.value == value:
            return standing.version
        raise ChangedMeanwhile("Cette réponse a été enregistrée par ailleurs depuis que vous l’avez lue.")


def copy_core(candidature, question, value) -> None:
    """Name a draft by the answers that the portal reads. Once deposited, a deposit alone changes these columns."""
    if question.core:
        drafts = type(candidature).objects.filter(pk=candidature.pk, status=Status.DRAFT)
        drafts.update(**core_column(question, value))


def core_column(question, value) -> dict:
    """The column of the candidature that holds this core answer, and what it holds."""
    is_text = question.core in (Question.Core.TITLE, Question.Core.SUMMARY)
    name = "concept_id" if question.core == Question.Core.CONCEPT else question.core
    return {name: "" if value is None and is_text else value}


class SetAside(models.Model):
    """A text that did not become the answer: the loser of a conflict, or what was never deposited in time.

    Kept with the file, readable by its members. `value` is the answer's own value, or for `question` null a whole
    content as `WorkingCopy.content` writes it.
    """

    class Reason(models.TextChoices):
        CONFLICT = "conflict", "deux personnes ont répondu en même temps"
        REPLACED = "replaced", "réponse remplacée par une autre en connaissance de cause"
        NOT_DEPOSITED = "not_deposited", "modifications non déposées à la clôture"
        DISCARDED = "discarded", "modifications abandonnées"
        CARRIER_GONE = "carrier_gone", "porteur retiré"

    candidature = models.ForeignKey("Candidature", models.CASCADE, "set_aside", verbose_name="candidature")
    question = models.ForeignKey(Question, models.CASCADE, "+", null=True, verbose_name="question")
    carrier_name = models.CharField("porteur", max_length=200, blank=True)
    value = models.JSONField("texte")
    reason = models.CharField("motif", max_length=20, choices=Reason)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="de")
    at = models.DateTimeField("mis de côté le")

    class Meta:
        verbose_name = "texte mis de côté"
        verbose_name_plural = "textes mis de côté"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.question or 'Toute la candidature'} : {self.get_reason_display()}"

    @property
    def text(self) -> str:
        return text_of(self.question, self.value) if self.question else ""

    @classmethod
    def keep(cls, candidature, value, by, reason, question=None, carrier=None):
        """Keep `value`, once: the same text of the same person for the same reason is not kept twice in a row."""
        name = carrier.name if carrier else ""
        same = {"candidature": candidature, "question": question, "carrier_name": name, "by": by, "reason": reason}
        last = cls.objects.filter(**same).first()
        if value not in EMPTY and not (last and last.value == value):
            cls.objects.create(**same, value=value, at=timezone.now())


# What an answer says, and what is wrong with it


def text_of(question, value) -> str:
    """The value as people read it; "" when there is none."""
    if value in EMPTY:
        return ""
    return WORDS.get(question.kind, lambda _, text: text)(question, value)


def concept_name(question, code) -> str:
    return next((concept.name for concept in question.section.call.concepts.all() if concept.pk == code), code)


def euros(amount: str) -> str:
    """`"12500.00"` → « 12 500 € »."""
    number = Decimal(amount)
    digits = 0 if number == number.to_integral_value() else 2
    return f"{number_format(number, digits, force_grouping=True)}{NBSP}€"


def totals(value: dict, side: str) -> list[Decimal]:
    """The total of each year on one side of a table, in euros."""
    rows = list(value.get(side, {}).values())
    return [sum((Decimal(cell or 0) for cell in year), Decimal(0)) for year in zip(*rows, strict=True)]


def table_lines(question, value):
    """« Loyers : 12 000 €, 12 000 €, 0 € », one line per row, each side closed by its total."""
    for side, title in (("expenses", "Dépenses"), ("resources", "Ressources")):
        for label, cells in value.get(side, {}).items():
            yield f"{label} : {', '.join(euros(cell or '0') for cell in cells)}"
        yield f"{title}, total : {', '.join(euros(str(total)) for total in totals(value, side))}"


WORDS = {  # kind → the words of a value that is not empty; a text stands for itself
    Kind.INTEGER: lambda _, number: number_format(number, force_grouping=True),
    Kind.AMOUNT: lambda _, amount: euros(amount),
    Kind.DATE: lambda _, day: day_in_words(parse_date(day)),
    Kind.CHOICES: lambda _, chosen: "\n".join(chosen),
    Kind.YES_NO: lambda _, yes: "oui" if yes else "non",
    Kind.SCHOOL_YEAR: lambda _, start: school_year(start),
    Kind.CONCEPT: concept_name,
    Kind.TABLE: lambda question, table: "\n".join(table_lines(question, table)),
}


def problems_of(question, value) -> list[str]:
    """Why `value` cannot be deposited as it is, in words that follow the label of the question."""
    if value in EMPTY:
        return ["à remplir"] if question.is_required else []
    match question.kind:
        case Kind.SHORT_TEXT | Kind.LONG_TEXT:
            return too_long(question, value)
        case Kind.CHOICE:
            return [] if value in question.option_list else ["ce choix n’est plus proposé"]
        case Kind.CHOICES:
            return [] if set(value) <= set(question.option_list) else ["un de ces choix n’est plus proposé"]
        case Kind.CONCEPT:
            known = {concept.pk for concept in question.section.call.concepts.all()}
            return [] if value in known else ["ce concept n’est plus proposé"]
        case Kind.SCHOOL_YEAR:
            return [] if value >= coming_school_years()[0] else ["cette année est passée"]
        case Kind.TABLE:
            return unbalanced(value)
    return []


def too_long(question, text: str) -> list[str]:
    words = len(text.split())
    if question.max_words and words > question.max_words:
        return [f"{words} mots, {question.max_words} au plus"]
    return []


def unbalanced(value: dict) -> list[str]:
    """One line for each year whose expenses and resources differ; a table without any amount is to be filled."""
    spent, found = totals(value, "expenses"), totals(value, "resources")
    if not any(spent) and not any(found):
        return ["à remplir"]
    return [
        f"année {year} : {euros(str(out))} de dépenses pour {euros(str(into))} de ressources"
        for year, (out, into) in enumerate(zip(spent, found, strict=True), start=1)
        if out != into
    ]
