"""What the team types to follow a file: supplements, more time, a new lead. Saving is left to the models’ verbs."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django import forms
from django.utils import timezone

from ..models import Question, Section, SelectionPhase, Wanted
from .forms import long_text

FURTHEST = timedelta(days=366)  # beyond, a year was mistyped
DEFAULT_DELAY = timedelta(days=10)


def check_ahead(moment):
    """Refuse a moment that is past, or so far that it must be a typing error."""
    if moment <= timezone.now():
        raise forms.ValidationError("Ce moment est déjà passé.")
    if moment > timezone.now() + FURTHEST:
        raise forms.ValidationError("Cette date est trop lointaine : un an au plus à compter d’aujourd’hui.")


class MomentField(forms.SplitDateTimeField):
    """A day and an hour to come, in Paris time. Where it is optional, an hour without a day is no moment."""

    default_validators = [check_ahead]

    def __init__(self, **kwargs):
        date = {"type": "date", "aria-label": "Date"}
        time = {"type": "time", "aria-label": "Heure"}
        widget = forms.SplitDateTimeWidget(
            date_attrs=date, time_attrs=time, date_format="%Y-%m-%d", time_format="%H:%M"
        )
        super().__init__(widget=widget, **kwargs)

    def compress(self, data_list):
        return super().compress(data_list) if data_list and data_list[0] else None


def default_due_at() -> datetime:
    """Noon of the day in ten days."""
    return (timezone.localtime() + DEFAULT_DELAY).replace(hour=12, minute=0, second=0, microsecond=0)


class Place(NamedTuple):
    """What the team may ask to complete: a whole section, or a question for the file or for one carrier."""

    key: str
    section: Section
    question: Question | None
    carrier: str  # its code, or ""
    label: str


def places_of(call, content: dict) -> list[tuple[Section, list[Place]]]:
    """Each section of the form with the places that were asked in a deposited content."""
    return [(section, [*whole(section), *asked(section, content)]) for section in form_of(call)]


def form_of(call):
    return call.sections.prefetch_related("questions__condition__section")


def whole(section):
    if section.kind != Section.Kind.QUESTIONS:
        label = f"Toute la rubrique, avec la liste des {section.get_kind_display()}"
        yield Place(f"s{section.pk}", section, None, "", label)


def asked(section, content: dict):
    """The questions of a section whose condition the deposited answers meet: those of each carrier, then the others."""
    questions = list(section.questions.all())
    for carrier in (*content["carriers"], {"code": "", "name": ""}):
        code = carrier["code"]
        for question in questions:
            if question.per_carrier == bool(code) and is_asked(question, code, content):
                key = f"q{question.pk}-{code}" if code else f"q{question.pk}"
                label = f"{question.label} ({carrier['name']})" if code else question.label
                yield Place(key, section, question, code, label)


def is_asked(question, carrier: str, content: dict) -> bool:
    other = question.condition
    if other is None:
        return True
    found = {
        answer["carrier"]: answer["value"]
        for section in content.get("sections", [])
        for answer in section["answers"]
        if (section["code"], answer["code"]) == (other.section.code, other.code)
    }
    return question.is_met_by(found.get(carrier, found.get("")))


class SupplementsForm(forms.Form):
    """What the team asks to complete: a message, a due date, and the items that open, each with what is expected."""

    note = long_text("Message aux porteurs", 6, max_length=4000, help_text="Il ouvre le courriel. Obligatoire.")
    due_at = MomentField(
        label="À rendre avant le",
        required=False,
        initial=default_due_at,
        help_text="Heure de Paris. Passé ce moment, la réponse n’est plus possible. Sans date, il n’y a pas de limite.",
    )

    def __init__(self, *args, candidature, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidature = candidature
        deposit = candidature.last_submission
        self.places = places_of(candidature.call, deposit.content) if deposit else []
        for _, places in self.places:
            for place in places:
                self.fields[f"ask_{place.key}"] = forms.BooleanField(label=place.label, required=False)
                self.fields[f"words_{place.key}"] = long_text("Ce qui est attendu", 2, required=False, max_length=2000)
                self.fields[f"words_{place.key}"].widget.attrs["placeholder"] = " "  # lets the style see an empty one

    def clean(self):
        """Words about an item that is not chosen would be lost: say so."""
        data = super().clean()
        for _, places in self.places:
            for place in places:
                if data.get(f"words_{place.key}") and not data.get(f"ask_{place.key}"):
                    self.add_error(f"words_{place.key}", "Cochez ce point, ou effacez ce texte.")
        return data

    def groups(self):
        """Each section with its pairs of fields, for the template."""
        return [
            (section, [(self[f"ask_{place.key}"], self[f"words_{place.key}"]) for place in places])
            for section, places in self.places
            if places
        ]

    def arguments(self) -> dict:
        """Those of `Candidature.request_supplements`."""
        return {"note": self.cleaned_data["note"], "due_at": self.cleaned_data["due_at"], "wanted": self.wanted()}

    def wanted(self):
        """The items chosen. Read once the verb has written the deposit back: its carriers are then the file's."""
        carriers = {carrier.code: carrier for carrier in self.candidature.carriers.select_related("commune", "epci")}
        for _, places in self.places:
            for place in places:
                if self.cleaned_data[f"ask_{place.key}"]:
                    words = self.cleaned_data[f"words_{place.key}"]
                    yield Wanted(place.section, place.question, carriers.get(place.carrier), words)


class PostponeForm(forms.Form):
    due_at = MomentField(label="Nouvelle échéance", help_text="Heure de Paris, plus tard que l’échéance actuelle.")
    reason = long_text("Motif", 4, max_length=2000, help_text="Les porteurs le liront.")


class ExtensionForm(forms.Form):
    """More time for one candidature alone."""

    phase = forms.ModelChoiceField(SelectionPhase.objects.none(), label="Phase", empty_label=None)
    until = MomentField(label="Dépôt possible jusqu’au", help_text="Heure de Paris, plus tard que la clôture.")
    reason = long_text(
        "Motif", 4, max_length=2000, help_text="Les porteurs le liront ; il figure au journal de la candidature."
    )

    def __init__(self, *args, phases, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phase"].queryset = SelectionPhase.objects.filter(pk__in=[phase.pk for phase in phases])
        self.initial["phase"] = phases[-1].pk

    def clean(self):
        data = super().clean()
        phase, until = data.get("phase"), data.get("until")
        if phase and until and until <= phase.last_moment:
            self.add_error("until", "Le délai doit finir plus tard que la clôture de la phase.")
        return data


class LeadForm(forms.Form):
    email = forms.EmailField(
        label="Adresse électronique du nouveau responsable",
        max_length=254,
        help_text="Cette personne recevra une invitation valable quatorze jours. "
        "Quand elle l’aura acceptée, elle mènera la candidature ; l’ancien responsable restera contributeur.",
    )
