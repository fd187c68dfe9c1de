"""What the team types when carriers and sites change, when people change, when papers and numbers come."""

from django import forms
from django.db import transaction

from applications.admin.forms import long_text
from applications.models.carriers import validate_siren
from applications.uploads import accept_attribute
from applications.years import running_school_year, school_year
from territories.forms import TerritoryField
from territories.models import Commune, Epci

from ..models import MAX_LEARNERS, Antenna, AntennaCarrier, AntennaDocument, AntennaSite, LearnerCount
from ..papers import receive_document
from ..reporting import queue_report
from .act_forms import ActForm, CommonReason, year_field

PLACES = "Porteurs et sites"


class Which(ActForm):
    """The carrier or site that ends."""

    model = None
    which = forms.ModelChoiceField(None, empty_label="Choisissez")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = ("commune", "epci") if self.model is AntennaCarrier else ("commune",)
        lines = self.model.objects.current().filter(antenna=self.antenna).select_related(*places)
        self.fields["which"].queryset = lines
        self.fields["which"].label = self.model._meta.verbose_name.capitalize() + " actuel"


class NewCarrier(forms.Form):
    """A territory that the portal knows, or another body by its name and SIREN."""

    territory = TerritoryField(
        label="Commune ou intercommunalité", required=False, help_text="Un nom, un code INSEE ou un numéro SIREN."
    )
    body_name = forms.CharField(label="Ou un autre organisme", required=False, max_length=200)
    body_siren = forms.CharField(label="SIREN de cet organisme", required=False, max_length=20)

    def clean_body_siren(self):
        siren = "".join(self.cleaned_data["body_siren"].split())
        if siren:
            validate_siren(siren)
        territory = siren and (Epci.objects.filter(pk=siren).first() or Commune.objects.filter(siren=siren).first())
        if territory:
            raise forms.ValidationError(f"Ce SIREN est celui de {territory.reference} : indiquez ce territoire.")
        return siren

    def clean(self):
        data = super().clean()
        if not self.errors and bool(data["territory"]) == bool(data["body_name"]):
            self.add_error("territory", "Indiquez un territoire ou un autre organisme, un seul.")
        if not self.errors and bool(data["body_name"]) != bool(data["body_siren"]):
            self.add_error("body_siren", "Un autre organisme se dit par son nom et son SIREN.")
        return data

    def what(self) -> dict:
        data = self.cleaned_data
        if territory := data["territory"]:
            return {"commune" if isinstance(territory, Commune) else "epci": territory}
        return {"body_name": data["body_name"], "body_siren": data["body_siren"]}


class NewSite(forms.Form):
    commune = TerritoryField(kinds=("commune",), label="Commune", help_text="Un nom, un code INSEE ou un code postal.")

    def what(self) -> dict:
        return {"commune": self.cleaned_data["commune"]}


class Adding(CommonReason, ActForm):
    group = PLACES

    def do(self, by):
        line = self.model.add(self.antenna, self.what(), self.cleaned_data["day"], self.cleaned_data["reason"], by)
        return f"Ajouté : {line.words}."


class Replacing(CommonReason, Which):
    group = PLACES

    def do(self, by):
        data = self.cleaned_data
        return f"Désormais : {data['which'].replace(self.what(), data['day'], data['reason'], by).words}."


class Removing(CommonReason, Which):
    group = PLACES
    about = "Ce qui est retiré reste dans l’histoire de l’antenne."

    def do(self, by):
        data = self.cleaned_data
        data["which"].remove(data["day"], data["reason"], by)
        return f"Retiré : {data['which'].words}."


class AddCarrierForm(NewCarrier, Adding):
    title, model = "Ajouter un porteur", AntennaCarrier
    about = "Les filtres, les cartes et les pages publiques lisent les porteurs d’aujourd’hui."
    field_order = ["territory", "body_name", "body_siren", "day", "reason"]


class ReplaceCarrierForm(NewCarrier, Replacing):
    title, model = "Changer un porteur", AntennaCarrier
    about = "L’ancien porteur finit le jour où le nouveau commence, et lui laisse sa place de chef de file."
    field_order = ["which", "territory", "body_name", "body_siren", "day", "reason"]


class RemoveCarrierForm(Removing):
    title, model = "Retirer un porteur", AntennaCarrier
    field_order = ["which", "day", "reason"]

    @classmethod
    def is_offered(cls, life):
        return life.carriers > 1


class AddSiteForm(NewSite, Adding):
    title, model = "Ajouter un site", AntennaSite
    field_order = ["commune", "day", "reason"]


class ReplaceSiteForm(NewSite, Replacing):
    title, model = "Changer un site", AntennaSite
    field_order = ["which", "commune", "day", "reason"]


class RemoveSiteForm(Removing):
    title, model = "Retirer un site", AntennaSite
    field_order = ["which", "day", "reason"]

    @classmethod
    def is_offered(cls, life):
        return life.sites > 1


class ContactForm(ActForm):
    title, group = "Nommer un responsable", "Personnes, papiers et nombres"
    about = (
        "Cette personne reçoit la demande du bilan annuel et peut le remplir, avec un compte à cette adresse. "
        "Ses coordonnées restent privées si la case n’est pas cochée."
    )

    def __init__(self, *args, antenna, **kwargs):
        initial = {name: getattr(antenna, name) for name in Antenna.CONTACT}
        super().__init__(*args, antenna=antenna, initial=initial, **kwargs)
        self.fields |= forms.fields_for_model(Antenna, Antenna.CONTACT)

    def do(self, by):
        self.antenna.change_contact(self.cleaned_data, by)
        return "Responsable enregistré."


class LearnersForm(ActForm):
    title, group = "Noter les inscrits", ContactForm.group
    about = "Un nombre par année scolaire ; le précédent reste au journal. Il paraît sur la page publique."

    value = forms.IntegerField(label="Inscrits", min_value=0, max_value=MAX_LEARNERS)
    source = forms.CharField(label="D’après", max_length=200, help_text="Qui le dit, et quand. Le public le lit.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"] = year_field("Année scolaire", running_school_year())
        self.order_fields(["year"])

    def do(self, by):
        data = self.cleaned_data
        count = LearnerCount.note(self.antenna, data["year"], data["value"], data["source"], by)
        return f"Inscrits notés, {count}."


class DocumentForm(ActForm):
    title, group = "Ajouter un document", ContactForm.group
    about = "Lu par l’équipe et par les personnes de l’antenne, jamais publié."

    kind = forms.ChoiceField(label="Nature", choices=AntennaDocument.Kind.choices)
    name = forms.CharField(label="Intitulé", max_length=200)
    file = forms.FileField(
        label="Fichier", help_text="PDF.", widget=forms.ClearableFileInput({"accept": accept_attribute(["pdf"])})
    )

    def do(self, by):
        data = self.cleaned_data
        return f"Document ajouté : {receive_document(self.antenna, data['kind'], data['name'], data['file'], by)}."


class ReopenReportForm(ActForm):
    title, group = "Rouvrir un bilan", ContactForm.group
    about = "Ses auteurs peuvent de nouveau l’écrire ; un courriel les en prévient, avec votre motif."

    report = forms.ModelChoiceField(None, label="Bilan remis", empty_label="Choisissez")
    reason = long_text("Motif", 3, max_length=2000, help_text="Les porteurs le liront.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reports = self.antenna.reports.filter(submitted_at__isnull=False).select_related("antenna__phase__call")
        self.fields["report"].queryset = reports

    @classmethod
    def is_offered(cls, life):
        return life.has_submitted_report

    @transaction.atomic
    def do(self, by):
        report, reason = self.cleaned_data["report"], self.cleaned_data["reason"]
        report.reopen(by, reason)
        queue_report(report, "bilan annuel rouvert", "emails/yearly_report_reopened.txt", note=reason)
        return f"Bilan {school_year(report.year)} rouvert."
