"""A form field whose value is a commune or an EPCI."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.urls import reverse

from .reference import day_in_words
from .search import KINDS, MAX_TYPED, exact_matches, is_mistyped_siren, search

NAMED_ANSWERS = 5


class TerritoryInput(forms.TextInput):
    """A text input that becomes a combobox where JavaScript runs."""

    kinds = KINDS

    class Media:
        css = {"all": ["css/territories.css"]}
        js = [forms.Script("js/territory-combobox.js", type="module")]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        url = reverse("territories:search_json")
        kind = f"?genre={self.kinds[0]}" if len(self.kinds) == 1 else ""
        context["widget"]["attrs"] |= {"data-territory-search": f"{url}{kind}", "autocomplete": "off"}
        return context


class TerritoryField(forms.CharField):
    """Reads « Dreux (28134) », an INSEE code, a postal code of one commune, a SIREN, or a name that only one bears.

    The cleaned value is a Commune or an Epci that exists today, or None when the field may stay empty.
    `kinds=("commune",)` restricts it.
    """

    widget = TerritoryInput

    def __init__(self, *, kinds: tuple[str, ...] = KINDS, **kwargs):
        kwargs.setdefault("max_length", MAX_TYPED)
        super().__init__(**kwargs)
        self.kinds = self.widget.kinds = kinds

    def clean(self, value):
        text = super().clean(value)
        return self.resolve(text) if text else None

    def resolve(self, text: str):
        """The one territory that `text` names.

        Raises:
            ValidationError: none or several, or one that ended; the message names those to choose from.
        """
        found = exact_matches(text, self.kinds)
        if not found:
            raise forms.ValidationError(self.unknown(text), code="unknown")
        if len(found) > 1:
            message = f"Plusieurs territoires répondent à « {text} » : {listed(found)}. Indiquez le nom et le code."
            raise forms.ValidationError(message, code="ambiguous")
        if found[0].ended_on:
            raise forms.ValidationError(ended(found[0]), code="ended")
        return found[0]

    def unknown(self, text: str) -> str:
        if is_mistyped_siren(text):
            return "Ce numéro SIREN n’existe pas : sa clé de contrôle est fausse. Vérifiez les neuf chiffres."
        if close := search(text, self.kinds, limit=NAMED_ANSWERS):
            return f"« {text} » ne désigne pas un territoire précis. Vouliez-vous dire : {listed(close)} ?"
        words = {("commune",): "une commune", ("epci",): "une intercommunalité"}
        expected = words.get(tuple(self.kinds), "une commune ou une intercommunalité")
        return f"« {text} » n’est pas {expected} que nous connaissons. Indiquez un nom, un code INSEE ou un SIREN."

    def prepare_value(self, value):
        return getattr(value, "reference", value)

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


def listed(territories: list) -> str:
    """The first few by name and code, and how many more there are."""
    named = ", ".join(territory.reference for territory in territories[:NAMED_ANSWERS])
    more = len(territories) - NAMED_ANSWERS
    return f"{named} et {more} de plus" if more > 0 else named


def ended(territory) -> str:
    """Says since when the territory is no more, and which one to choose instead when it is known."""
    message = f"{territory.reference} n’existe plus au {day_in_words(territory.ended_on)}."
    return f"{message} Choisissez {territory.successor.reference}." if territory.successor else message


class EligibilityForm(forms.Form):
    """One territory, in the address: the answer can be kept and shared."""

    territoire = TerritoryField(
        label="Votre commune ou votre intercommunalité",
        help_text="Un nom, un code INSEE, un code postal ou un numéro SIREN.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.add_input(Submit("", "Vérifier"))
