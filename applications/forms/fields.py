"""The form field of each kind of question: what a browser sends → plain JSON, and back."""

from datetime import date
from decimal import Decimal

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import number_format

from ..fields import LongText
from ..models import Question
from ..years import LAST, coming_school_years, school_year

Kind = Question.Kind
MAX_TEXT = 50_000  # characters: a hundred pages; the limit that authors feel is in words, and never blocks a draft
MAX_SHORT = 200
MAX_EUROS = Decimal(10**10)
YES_NO = [("oui", "Oui"), ("non", "Non")]


class AnswerField:
    """What every field of an answer adds to a form field: `to_json` and `from_json`."""

    def to_json(self, value):
        """The cleaned value as plain JSON; None when nothing is answered."""
        return value or None

    def from_json(self, value):
        """The stored value as the widget shows it."""
        return value


class ShortText(AnswerField, forms.CharField):
    def __init__(self, question, **kwargs):
        super().__init__(max_length=MAX_SHORT, **kwargs)


class LongAnswer(AnswerField, LongText):
    def __init__(self, question, **kwargs):
        super().__init__(max_length=MAX_TEXT, widget=forms.Textarea({"rows": 10}), **kwargs)


class Integer(AnswerField, forms.IntegerField):
    def __init__(self, question, **kwargs):
        widget = forms.TextInput({"inputmode": "numeric", "class": "input-short"})
        super().__init__(min_value=0, max_value=10**12, widget=widget, **kwargs)

    def to_python(self, value):
        return super().to_python("".join(str(value).split()) if value else value)

    def to_json(self, value):
        return value

    def from_json(self, value):
        return value if value is None else number_format(value, force_grouping=True)


class Euros(AnswerField, forms.DecimalField):
    """An amount as people type it: « 12 000,50 € » is 12000.50."""

    widget = forms.TextInput

    def __init__(self, question=None, **kwargs):
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "decimal", "class": "input-short"}))
        super().__init__(min_value=0, max_value=MAX_EUROS, decimal_places=2, **kwargs)

    def to_python(self, value):
        return super().to_python("".join(str(value).split()).replace("€", "").replace(",", ".") if value else value)

    def to_json(self, value):
        return None if value is None else f"{value:.2f}"

    def from_json(self, value):
        if not value:
            return value
        digits = 0 if value.endswith(".00") else 2
        return number_format(Decimal(value), digits, force_grouping=True)


class Day(AnswerField, forms.DateField):
    def __init__(self, question, **kwargs):
        widget = forms.DateInput({"type": "date", "class": "input-short"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **kwargs)
        self.validators += [
            MinValueValidator(date(1900, 1, 1), "Cette date est trop ancienne."),
            MaxValueValidator(date(LAST, 12, 31), "Cette date est trop lointaine."),
        ]

    def to_json(self, value):
        return value.isoformat() if value else None


class Choice(AnswerField, forms.ChoiceField):
    def __init__(self, question, **kwargs):
        super().__init__(choices=[(line, line) for line in question.option_list], widget=forms.RadioSelect, **kwargs)


class Choices(AnswerField, forms.MultipleChoiceField):
    def __init__(self, question, **kwargs):
        choices = [(line, line) for line in question.option_list]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, **kwargs)


class YesNo(AnswerField, forms.ChoiceField):
    def __init__(self, question, **kwargs):
        super().__init__(choices=YES_NO, widget=forms.RadioSelect, **kwargs)

    def to_json(self, value):
        return None if not value else value == "oui"

    def from_json(self, value):
        return value if value is None else "oui" if value else "non"


class ConceptChoice(AnswerField, forms.ChoiceField):
    def __init__(self, question, **kwargs):
        choices = [(c.pk, f"{c.name} : {c.description}") for c in question.section.call.concepts.all()]
        super().__init__(choices=choices, widget=forms.RadioSelect, **kwargs)


class SchoolYear(AnswerField, forms.TypedChoiceField):
    def __init__(self, question, **kwargs):
        years = [("", "Choisissez une année"), *((year, school_year(year)) for year in coming_school_years())]
        super().__init__(choices=years, coerce=int, empty_value=None, **kwargs)


class TableInput(forms.Widget):
    """A grid of amounts: one input per row and year, named `<name>_expenses_0_2`."""

    template_name = "applications/widgets/table.html"
    use_fieldset = True
    SIDES = (("expenses", "Dépenses"), ("resources", "Ressources"))

    def __init__(self, question):
        super().__init__()
        self.rows = {"expenses": question.option_list, "resources": question.resource_list}
        self.years = range(question.years)
        self.label = question.label

    def cell_name(self, name, side, row, year) -> str:
        return f"{name}_{side}_{row}_{year}"

    def value_from_datadict(self, data, files, name):
        """What was typed, by side, row and year, as text."""
        return {
            side: {
                label: [data.get(self.cell_name(name, side, row, year), "") for year in self.years]
                for row, label in enumerate(labels)
            }
            for side, labels in self.rows.items()
        }

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        typed = value or {}
        context["widget"] |= {
            "years": [year + 1 for year in self.years],
            "sides": [(side, title, list(self.rows_of(name, side, typed.get(side, {})))) for side, title in self.SIDES],
            "label": self.label,
        }
        return context

    def rows_of(self, name, side, typed):
        for row, label in enumerate(self.rows[side]):
            cells = typed.get(label, [""] * len(self.years))
            yield label, [(self.cell_name(name, side, row, year), cells[year]) for year in self.years]

    def id_for_label(self, id_):
        return ""


class Table(AnswerField, forms.Field):
    """Amounts by row and year, in euros; whether they balance is said before a deposit, never to a draft."""

    def __init__(self, question, **kwargs):
        super().__init__(widget=TableInput(question), **kwargs)

    def clean(self, value):
        cell = Euros(required=False)
        clean = {}
        for side, rows in value.items():
            clean[side] = {}
            for label, cells in rows.items():
                try:
                    clean[side][label] = [cell.to_json(cell.clean(text)) or "" for text in cells]
                except forms.ValidationError as refusal:
                    raise forms.ValidationError(f"{label} : {' '.join(refusal.messages)}") from refusal
        return clean

    def to_json(self, value):
        return value if any(any(cells) for rows in value.values() for cells in rows.values()) else None

    def from_json(self, value):
        cell = Euros(required=False)
        return value and {
            side: {label: [cell.from_json(text) for text in cells] for label, cells in rows.items()}
            for side, rows in value.items()
        }


FIELDS = {
    Kind.SHORT_TEXT: ShortText,
    Kind.LONG_TEXT: LongAnswer,
    Kind.INTEGER: Integer,
    Kind.AMOUNT: Euros,
    Kind.DATE: Day,
    Kind.CHOICE: Choice,
    Kind.CHOICES: Choices,
    Kind.YES_NO: YesNo,
    Kind.TABLE: Table,
    Kind.CONCEPT: ConceptChoice,
    Kind.SCHOOL_YEAR: SchoolYear,
}


def field_for(slot) -> AnswerField:
    """The form field of a slot that is no file. Never required: a draft is saved as it is."""
    question = slot.question
    field = FIELDS[question.kind](question, label=question.label, help_text=question.help, required=False)
    field.is_expected = question.is_required  # said beside the label; asked at the deposit only
    keep_stored_choice(field, slot.value)
    field.initial = field.from_json(slot.value)
    return field


def keep_stored_choice(field, value) -> None:
    """Still offer an answer that staff took off the list since: the person sees it and changes it knowingly."""
    if isinstance(field, (Choice, Choices, ConceptChoice, SchoolYear)) and value not in (None, "", []):
        offered = {str(choice) for choice, _ in field.choices}
        stored = value if isinstance(value, list) else [value]
        label = school_year if isinstance(field, SchoolYear) else str
        field.choices = [*field.choices, *((each, label(each)) for each in stored if str(each) not in offered)]
