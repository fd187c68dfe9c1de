"""What applicants fill in. Each form checks one section of a candidature, whose row its view has locked."""

from copy import copy

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.conf import settings

from territories.forms import TerritoryField
from territories.models import Commune, Epci

from .fields import LongText
from .models import TRANSITIONS, Attachment, Candidature, Carrier, Site, Status
from .models.carriers import validate_siren
from .models.deposit import canonical_hash
from .templatetags.french import file_size
from .uploads import EXTENSIONS, checked_type
from .years import coming_school_years, school_year

MAX_CARRIERS = MAX_SITES = MAX_PIECES = 20


def helper_with(button: str, *layout) -> FormHelper:
    """The form's frame: its fields, or this layout of them, and one button."""
    helper = FormHelper()
    if layout:
        helper.layout = Layout(*layout)
    helper.add_input(Submit("", button))
    return helper


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
        if carrier and not cleaned["confirmed"] and self.has_candidature(carrier):
            self.fields["confirmed"].widget = forms.CheckboxInput()
            self.add_error(
                "confirmed",
                f"Une candidature portée par {carrier.name} existe déjà pour cet appel. "
                "Rapprochez-vous de vos collègues avant d’en commencer une autre, ou cochez cette case.",
            )
        return cleaned

    def has_candidature(self, carrier) -> bool:
        carriers = Carrier.objects.filter(candidature__call=self.call).exclude(candidature__status=Status.WITHDRAWN)
        return carriers.filter(**as_carrier(carrier)).exists()

    def save(self, by) -> Candidature:
        """Begin the candidature, carried by the chosen territory. Called in a transaction."""
        candidature = Candidature.start(self.call, by)
        candidature.carriers.create(is_lead=True, **as_carrier(self.cleaned_data["carrier"]))
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
        self.helper = helper_with("Ajouter ce site")

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


class ConceptField(forms.ModelChoiceField):
    def label_from_instance(self, concept):
        return f"{concept.name} : {concept.description}" if concept.description else concept.name


class ProjectForm(forms.ModelForm):
    """The project, in any order and in several times as long as it is a draft; whole once it was deposited.

    When someone else saved meanwhile, `theirs` holds what they wrote, and nothing of it is replaced unseen.
    """

    CHANGED = (
        "Ce projet a été enregistré par ailleurs depuis que vous l’avez ouvert. Rien n’est remplacé : votre texte est "
        "dans le formulaire, l’autre au-dessus. Reprenez ce qui doit l’être, puis enregistrez."
    )

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    target_year = forms.TypedChoiceField(label="Année d’ouverture visée", coerce=int, empty_value=None, required=False)

    class Meta:
        model = Candidature
        fields = ["title", "summary", "concept", "target_year"]
        field_classes = {"summary": LongText, "concept": ConceptField}
        widgets = {"summary": forms.Textarea({"rows": 14}), "concept": forms.RadioSelect}

    def __init__(self, *args, candidature, **kwargs):
        super().__init__(*args, instance=candidature, **kwargs)
        self.saved, self.theirs = copy(candidature), None
        self.fields["seen"].initial = self.fingerprint
        self.fields["concept"].queryset = candidature.call.concepts.all()
        self.fields["concept"].empty_label = None
        years = sorted({*coming_school_years(), *filter(None, [candidature.target_year])})
        self.fields["target_year"].choices = [("", "Choisissez une année"), *((y, school_year(y)) for y in years)]
        for name in self._meta.fields:
            self.fields[name].required = candidature.status != Status.DRAFT
        self.helper = helper_with("Enregistrer le projet")

    @property
    def fingerprint(self) -> str:
        """Changes with whatever is saved of the project."""
        return canonical_hash([str(getattr(self.saved, name)) for name in self._meta.fields])

    def clean(self):
        cleaned = super().clean()
        is_stale = cleaned.get("seen") and cleaned["seen"] != self.fingerprint
        if is_stale and any(cleaned.get(name) != getattr(self.saved, name) for name in self._meta.fields):
            self.theirs = self.saved
            self.data = self.data.copy()
            self.data["seen"] = self.fingerprint  # saving once more replaces it, knowingly
            self.add_error(None, self.CHANGED)
        return cleaned

    def save(self, commit=True):
        """Write these fields only: a whole save could undo a change of status."""
        self.instance.save(update_fields=self._meta.fields)
        return self.instance


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Reads a list of (file, content type) that may be attached, and refuses each of the others by its name.

    The good files stay in `accepted` even when others are refused: a browser never sends a file again by itself.
    """

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        self.accepted, refusals = [], []
        for upload in data or []:
            try:
                self.accepted.append((upload, checked_type(upload)))
            except forms.ValidationError as refusal:
                refusals.append(refusal)
        if refusals:
            raise forms.ValidationError(refusals)
        if not self.accepted:
            raise forms.ValidationError("Choisissez au moins un fichier.")
        return self.accepted


class PiecesForm(forms.Form):
    files = SeveralFilesField(label="Fichiers à ajouter")

    def __init__(self, *args, candidature, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidature = candidature
        self.fields["files"].widget.attrs["accept"] = ",".join(EXTENSIONS)
        limit = file_size(settings.MAX_ATTACHMENT_SIZE)
        self.fields["files"].help_text = f"PDF, PNG ou JPEG, {limit} au plus par fichier, {MAX_PIECES} pièces au plus."
        self.helper = helper_with("Ajouter ces fichiers")

    def clean(self):
        if self.candidature.attachments.count() + len(self.fields["files"].accepted) > MAX_PIECES:
            self.fields["files"].accepted = []
            self.add_error("files", f"Une candidature compte au plus {MAX_PIECES} pièces : rien n’a été ajouté.")
        return super().clean()

    def save(self, by) -> list[Attachment]:
        """Attach every accepted file, also when others were refused."""
        self.full_clean()
        return [
            Attachment.attach(self.candidature, upload, content_type, by)
            for upload, content_type in self.fields["files"].accepted
        ]


class TransitionForm(forms.Form):
    """Confirm an act on a candidature, with its motive where one is needed or useful."""

    note = LongText(label="Motif", max_length=4000, widget=forms.Textarea({"rows": 6}))
    confirmed = forms.BooleanField(
        label="J’ai relu la candidature et je la dépose au nom de ses porteurs.",
        error_messages={"required": "Cochez cette case pour déposer."},
    )

    DEPOSITS = ("submit", "answer_supplements")
    REMARKS = {"answer_supplements": "Ce que vous avez complété"}

    def __init__(self, *args, verb, **kwargs):
        super().__init__(*args, **kwargs)
        transition = TRANSITIONS[verb]
        if verb in self.REMARKS:
            self.fields["note"].label = self.REMARKS[verb]
            self.fields["note"].required = False
        elif not transition.needs_note:
            del self.fields["note"]
        if verb not in self.DEPOSITS:
            del self.fields["confirmed"]
        self.helper = helper_with(transition.label)

    @property
    def note_given(self) -> str:
        return self.cleaned_data.get("note", "")
