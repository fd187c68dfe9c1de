"""What the team types to note the life of an antenna. Each form is one act: `do` calls the verb of the model."""

from django import forms

from applications.admin.forms import long_text
from applications.years import FIRST, running_school_year, school_year

from ..models import Milestone, OpeningChange, Step, standing_of

YEARS_AHEAD = 8


def day_field(label: str, **kwargs) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **kwargs)


def year_field(label: str, last: int, **kwargs) -> forms.TypedChoiceField:
    """A choice of school years, from the programme's first to `last`, the last one first."""
    choices = [(year, school_year(year)) for year in range(last, FIRST - 1, -1)]
    return forms.TypedChoiceField(label=label, choices=[("", "Choisissez"), *choices], coerce=int, **kwargs)


class ActForm(forms.Form):
    """One act on an antenna: `title` is also its button, `about` says what it does, `group` where it is offered.

    Each form adds `do(by)`: it does the act and returns what was done, in words; ForbiddenTransition and
    ValidationError say why not.
    """

    title = about = group = ""

    def __init__(self, *args, antenna, **kwargs):
        super().__init__(*args, **kwargs)
        self.antenna = antenna

    @classmethod
    def is_offered(cls, life) -> bool:
        """Whether the page of the antenna shows the act; `life` is its LifeNow."""
        return True


class MilestoneForm(ActForm):
    title, group = "Noter une étape", "Étapes"
    about = "Une étape se note quand elle a eu lieu. Le label et l’ouverture ont leur propre ligne."

    kind = forms.ChoiceField(label="Étape", choices=[("", "Choisissez"), *Step.choices])
    day = day_field("Date")
    note = long_text("Précision", 3, required=False, max_length=2000, help_text="Facultatif. L’équipe la lit.")
    document = forms.ModelChoiceField(None, label="Document", required=False, empty_label="Aucun")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = self.antenna.documents.all()

    def do(self, by):
        data = self.cleaned_data
        line = Milestone.record(self.antenna, data["kind"], data["day"], by, data["note"], data["document"])
        return f"Étape notée : {line}."


class Correction(ActForm):
    """Another day, or a fact that never was; always with a reason."""

    day = day_field("Date exacte", required=False)
    never = forms.BooleanField(label="Cela n’a pas eu lieu", required=False)
    reason = long_text("Motif de la correction", 3, max_length=2000)

    def clean(self):
        data = super().clean()
        if bool(data.get("day")) == bool(data.get("never")) and "day" not in self.errors:
            self.add_error("day", "Donnez la date exacte, ou cochez « Cela n’a pas eu lieu » : l’un ou l’autre.")
        return data


class CorrectMilestoneForm(Correction):
    title, group = "Corriger une étape", "Étapes"
    about = "La ligne fausse reste lisible, avec la correction qui la remplace."

    milestone = forms.ModelChoiceField(None, label="Étape", empty_label="Choisissez")
    field_order = ["milestone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["milestone"].queryset = self.antenna.milestones.standing()

    @classmethod
    def is_offered(cls, life):
        return life.has_milestones

    def do(self, by):
        data = self.cleaned_data
        return f"Étape corrigée : {data['milestone'].correct(data['day'], data['reason'], by)}."


class AnnounceForm(ActForm):
    title, group = "Annoncer l’ouverture", "Calendrier d’ouverture"
    about = "La première année scolaire annoncée. Elle paraît aussitôt sur les pages publiques."

    decided_on = day_field("Annoncée le", required=False, help_text="Vide : aujourd’hui.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"] = year_field("Année scolaire prévue", running_school_year() + YEARS_AHEAD)
        self.order_fields(["year"])

    @classmethod
    def is_offered(cls, life):
        return not life.plans and not life.is_over

    def do(self, by):
        data = self.cleaned_data
        OpeningChange.announce(self.antenna, data["year"], by, data["decided_on"])
        return f"Ouverture annoncée pour {school_year(data['year'])}."


class ReviseForm(AnnounceForm):
    title = "Reporter l’ouverture"
    about = "La nouvelle année, sa cause et son motif paraissent aussitôt sur la page publique."

    cause = forms.ChoiceField(label="Cause", choices=[("", "Choisissez"), *OpeningChange.Cause.choices])
    reason = long_text("Motif", 3, max_length=2000, help_text="Une phrase, que le public lit.")
    decided_on = day_field("Décidé le", required=False, help_text="Vide : aujourd’hui.")
    field_order = ["cause", "reason", "decided_on"]

    @classmethod
    def is_offered(cls, life):
        return bool(life.plans) and not life.is_over

    def do(self, by):
        data = self.cleaned_data
        OpeningChange.revise(self.antenna, data["year"], data["cause"], data["reason"], by, data["decided_on"])
        return f"Ouverture prévue en {school_year(data['year'])}."


class OpenForm(ActForm):
    title, group = "Noter l’ouverture", "Calendrier d’ouverture"
    about = "Le jour où l’antenne a ouvert. Il paraît aussitôt sur les pages publiques."

    day = day_field("Ouverte le")
    reason = long_text("Précision", 3, required=False, max_length=2000, help_text="Facultatif. Le public la lit.")

    @classmethod
    def is_offered(cls, life):
        return not life.is_over

    def do(self, by):
        return f"Noté : {OpeningChange.open(self.antenna, self.cleaned_data['day'], by, self.cleaned_data['reason'])}."


class CorrectOpeningForm(Correction):
    title, group = "Corriger l’ouverture", "Calendrier d’ouverture"
    about = "La ligne fausse reste lisible, avec la correction qui la remplace ; le public lit les deux."

    @classmethod
    def is_offered(cls, life):
        return life.is_open

    def do(self, by):
        OpeningChange.correct(self.antenna, self.cleaned_data["day"], self.cleaned_data["reason"], by)
        return "Ouverture corrigée."


class LifeNow:
    """What of an antenna decides which acts its page offers. Reads its lines once."""

    def __init__(self, antenna):
        facts = antenna.facts()
        kinds = {fact.kind for fact in facts}
        self.plans = antenna.plans()
        self.is_open = "opened" in kinds
        self.is_over = self.is_open or Step.ABANDONED in kinds
        self.has_milestones = bool(standing_of(antenna.milestones.all()))
        self.carriers = antenna.carriers.filter(until=None).count()
        self.sites = antenna.sites.filter(until=None).count()
        self.has_submitted_report = antenna.reports.filter(submitted_at__isnull=False).exists()


class CommonReason(forms.Form):
    """The day and the reason of a change of place."""

    day = day_field("Depuis le")
    reason = forms.CharField(label="Motif", max_length=500, help_text="Une phrase, que le public lit.")
