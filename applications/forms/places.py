"""Who carries a candidature, where it would stand, with whom. The views of these forms have locked its row."""

from crispy_forms.layout import Fieldset
from django import forms
from django.urls import reverse

from territories.forms import TerritoryField
from territories.models import Commune, Epci

from ..fields import LongText
from ..models import PROCLAIMED, Candidature, Carrier, Partner, Site, Status
from ..models.carriers import validate_siren
from ..prefilling import prefill
from .base import helper_with

MAX_CARRIERS = MAX_SITES = 20
MAX_PARTNERS = 60


def adding_url(name, candidature) -> str:
    return reverse(f"applications:{name}", args=[candidature.reference])


class StartForm(forms.Form):
    """The lead carrier of a new candidature. One already begun for the same carrier is said before another is."""

    carrier = TerritoryField(
        label="Commune ou intercommunalité qui porte la candidature",
        help_text="Un nom, un code INSEE ou un numéro SIREN. "
        "Vous ajouterez ensuite les autres porteurs et pourrez changer de chef de file.",
    )
    confirmed = forms.BooleanField(
        label="Commencer quand même une nouvelle candidature", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args, call, **kwargs):
        super().__init__(*args, **kwargs)
        self.call = call
        self.helper = helper_with("Commencer la candidature")

    def clean(self):
        cleaned = super().clean()
        carrier = cleaned.get("carrier")
        self.existing = list(self.candidatures_of(carrier)) if carrier else []
        if self.existing and not cleaned["confirmed"]:
            self.fields["confirmed"].widget = forms.CheckboxInput()
            self.add_error(
                "confirmed",
                f"Une candidature portée par {carrier.name} existe déjà pour cet appel. "
                "Demandez à la rejoindre, ou cochez cette case pour en commencer une autre.",
            )
        return cleaned

    def candidatures_of(self, carrier):
        """Those of the call that this territory carries already."""
        carriers = Carrier.objects.filter(**as_carrier(carrier))
        alive = self.call.candidatures.filter(pk__in=carriers.values("candidature"))
        return alive.exclude(status__in=[Status.WITHDRAWN, *PROCLAIMED]).select_related("call").order_by("number")

    def save(self, by) -> Candidature:
        """Begin the candidature, carried by the chosen territory. Called in a transaction."""
        candidature = Candidature.start(self.call, by)
        candidature.carriers.create(is_lead=True, **as_carrier(self.cleaned_data["carrier"]))
        prefill(candidature, by)
        return candidature


def as_carrier(territory) -> dict:
    """The field of a Carrier that holds this territory."""
    return {"commune" if isinstance(territory, Commune) else "epci": territory}


class CarrierForm(forms.Form):
    """One more carrier: a territory that the portal knows, or another body by its name and SIREN."""

    territory = TerritoryField(
        label="Commune ou intercommunalité", required=False, help_text="Un nom, un code INSEE ou un numéro SIREN."
    )
    body_name = forms.CharField(
        label="Nom de l’organisme",
        required=False,
        max_length=200,
        help_text="Université, chambre consulaire, département, syndicat mixte…",
    )
    body_siren = forms.CharField(
        label="SIREN de l’organisme", required=False, max_length=20, help_text="Neuf chiffres, par exemple 180 043 036."
    )

    def __init__(self, *args, candidature, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidature = candidature
        self.helper = helper_with(
            "Ajouter ce porteur",
            Fieldset("Une commune ou une intercommunalité", "territory", css_class="form-part"),
            Fieldset("Ou un autre organisme", "body_name", "body_siren", css_class="form-part"),
            action=adding_url("add_carrier", candidature),
        )

    def clean_body_siren(self):
        siren = "".join(self.cleaned_data["body_siren"].split())
        if siren:
            validate_siren(siren)
        if territory := siren and (
            Epci.objects.filter(pk=siren).first() or Commune.objects.filter(siren=siren).first()
        ):
            raise forms.ValidationError(
                f"Ce SIREN est celui de {territory.reference} : indiquez ce territoire dans le premier champ."
            )
        return siren

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        name, siren = cleaned["body_name"], cleaned["body_siren"]
        if cleaned["territory"] and (name or siren):
            self.add_error("territory", "Indiquez un territoire ou un autre organisme, un seul à la fois.")
        elif not cleaned["territory"]:
            self.check_body(name, siren)
        if not self.errors:
            self.check_new()
        return cleaned

    def check_body(self, name, siren):
        if not name and not siren:
            self.add_error("territory", "Indiquez une commune, une intercommunalité ou un autre organisme.")
        elif not name:
            self.add_error("body_name", "Indiquez le nom de cet organisme.")
        elif not siren:
            self.add_error("body_siren", "Indiquez le numéro SIREN de cet organisme.")

    def check_new(self):
        if self.candidature.carriers.filter(**self.fields_of_carrier()).exists():
            name = self.cleaned_data["territory"] or f"L’organisme {self.cleaned_data['body_siren']}"
            field = "territory" if self.cleaned_data["territory"] else "body_siren"
            self.add_error(field, f"{name} porte déjà cette candidature.")
        elif self.candidature.carriers.count() >= MAX_CARRIERS:
            self.add_error(None, f"Une candidature compte au plus {MAX_CARRIERS} porteurs.")

    def fields_of_carrier(self) -> dict:
        """What identifies the carrier."""
        territory = self.cleaned_data["territory"]
        return as_carrier(territory) if territory else {"body_siren": self.cleaned_data["body_siren"]}

    def save(self) -> Carrier:
        carriers = self.candidature.carriers
        return carriers.create(
            **self.fields_of_carrier(),
            body_name=self.cleaned_data["body_name"],
            is_lead=not carriers.filter(is_lead=True).exists(),
            position=carriers.count(),
        )


class SiteForm(forms.Form):
    commune = TerritoryField(
        kinds=("commune",),
        label="Commune où l’antenne s’installerait",
        help_text="Un nom, un code INSEE ou un code postal.",
    )

    def __init__(self, *args, candidature, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidature = candidature
        self.helper = helper_with("Ajouter ce site", action=adding_url("add_site", candidature))

    def clean_commune(self):
        commune = self.cleaned_data["commune"]
        sites = self.candidature.sites.all()
        if sites.filter(commune=commune).exists():
            raise forms.ValidationError(f"{commune.name} figure déjà parmi les sites.")
        if sites.count() >= MAX_SITES:
            raise forms.ValidationError(f"Une candidature compte au plus {MAX_SITES} sites.")
        return commune

    def save(self) -> Site:
        return self.candidature.sites.create(commune=self.cleaned_data["commune"])


class PartnerForm(forms.ModelForm):
    class Meta:
        model = Partner
        fields = ["name", "kind", "siren", "contribution"]
        field_classes = {"contribution": LongText}
        widgets = {"contribution": forms.Textarea({"rows": 4})}
        help_texts = {"siren": "Facultatif : neuf chiffres."}

    def __init__(self, *args, candidature, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidature = self.instance.candidature = candidature
        self.fields["siren"].max_length = 20
        self.fields["siren"].validators = []  # spaces are taken away first
        if self.instance.pk:
            self.helper = helper_with("Enregistrer ce partenaire")
        else:
            self.helper = helper_with("Ajouter ce partenaire", action=adding_url("add_partner", candidature))

    def clean_siren(self):
        siren = "".join(self.cleaned_data["siren"].split())
        if siren:
            validate_siren(siren)
        return siren

    def clean(self):
        if not self.instance.pk and self.candidature.partners.count() >= MAX_PARTNERS:
            self.add_error(None, f"Une candidature compte au plus {MAX_PARTNERS} partenaires.")
        return super().clean()

    def _get_validation_exclusions(self):
        """The candidature is no field of the form, and yet a body is its partner once."""
        return super()._get_validation_exclusions() - {"candidature"}
