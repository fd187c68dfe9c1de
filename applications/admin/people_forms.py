"""What is typed about the people of a committee: invitations, ties, recusals, motives. Saving is left to the verbs."""

from django import forms
from django.utils import timezone

from territories.forms import TerritoryField

from ..models import Mandate, Member, SeatInvitation
from .forms import long_text


def day(label, **kwargs) -> forms.DateField:
    """An optional date, picked in the browser's own calendar."""
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, **kwargs)


class ReasonForm(forms.Form):
    """The motive of an act; `hint` says who reads it."""

    reason = long_text("Motif", 4, max_length=2000)

    def __init__(self, *args, hint, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint


class InviteForm(forms.Form):
    """An address and the place that is kept for it."""

    TITULAR, DEPUTY = "titular", "deputy"

    email = forms.EmailField(
        label="Adresse électronique",
        max_length=SeatInvitation._meta.get_field("email").max_length,
        help_text="La personne devra se connecter, ou créer un compte, avec cette adresse.",
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    place = forms.ChoiceField(
        label="Place dans le siège",
        choices=[
            (TITULAR, "Titulaire : rédige et signe les évaluations du siège"),
            (DEPUTY, "Suppléant : rédige les évaluations ; ne les signe qu’avec une délégation"),
        ],
        widget=forms.RadioSelect,
        initial=TITULAR,
    )
    may_sign = forms.BooleanField(
        label="Délégation de signature",
        label_suffix="",
        required=False,
        help_text="Pour un suppléant : il signe comme le titulaire.",
    )
    is_chair = forms.BooleanField(
        label="Préside le comité",
        label_suffix="",
        required=False,
        help_text="La présidence lève le scellé, rouvre une évaluation et consigne les décisions.",
    )
    starts_on = day("Début du mandat", help_text="Facultatif : dès l’acceptation si rien n’est indiqué.")
    ends_on = day("Fin du mandat", help_text="Facultatif : sans fin si rien n’est indiqué.")

    def clean_ends_on(self):
        ends_on, starts_on = self.cleaned_data["ends_on"], self.cleaned_data.get("starts_on")
        if ends_on and ends_on < max(starts_on or ends_on, timezone.localdate()):
            raise forms.ValidationError("La fin du mandat doit suivre son début, et n’être pas passée.")
        return ends_on

    def arguments(self) -> dict:
        """Those of `SeatInvitation.send`. A titular member signs without any delegation."""
        data = dict(self.cleaned_data)
        is_titular = data.pop("place") == self.TITULAR
        return data | {"is_titular": is_titular, "may_sign": data["may_sign"] and not is_titular}


class MemberForm(forms.ModelForm):
    """A term in a seat. Its person never changes: what they wrote and what keeps them away would change hands."""

    class Meta:
        model = Member
        fields = ["user", "is_titular", "may_sign", "is_chair", "starts_on", "ends_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            person = self.instance.user
            self.fields["user"].disabled = True
            self.fields["user"].choices = [(person.pk, f"{person} ({person.email})")]


class MemberFormSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        deleted = [form.instance for form in self.initial_forms if self._should_delete_form(form)]
        if refusals := [refusal for member in deleted if (refusal := member.why_not_delete())]:
            raise forms.ValidationError(refusals)


class MandateForm(forms.ModelForm):
    """What ties the person of `mandate` to one territory."""

    territory = TerritoryField(
        label="Commune ou intercommunalité", help_text="Un nom, un code INSEE ou un numéro SIREN."
    )
    starts_on, ends_on = day("Depuis le", help_text="Facultatif."), day("Jusqu’au", help_text="Vide s’il dure encore.")

    class Meta:
        model = Mandate
        fields = ["kind", "title", "territory", "starts_on", "ends_on"]
        widgets = {"kind": forms.RadioSelect}
        help_texts = {"title": "Par exemple : maire, conseillère communautaire, directeur des services."}

    def __init__(self, mandate, data=None):
        initial = {"territory": mandate.territory} if mandate.pk else {"kind": Mandate.Kind.ELECTED}
        super().__init__(data, instance=mandate, initial=initial)
        kinds = [(kind, kind.label.capitalize()) for kind in Mandate.Kind]
        self.fields["kind"].choices = kinds  # without the empty choice
        self.order_fields(self.Meta.fields)

    def clean(self):
        cleaned = super().clean()
        territory = cleaned.get("territory")
        if territory:
            kind = territory._meta.model_name
            self.instance.commune = territory if kind == "commune" else None
            self.instance.epci = territory if kind == "epci" else None
        return cleaned


class RaiseForm(forms.Form):
    """Who stays away from a file: a whole seat, or one of its members, among `seats`."""

    who = forms.ChoiceField(label="Qui doit se déporter ?")
    reason = long_text(
        "Motif", 4, max_length=2000, help_text="Ce qui lie cette personne ou cette organisation au dossier."
    )

    def __init__(self, *args, seats, **kwargs):
        super().__init__(*args, **kwargs)
        self.who = {
            key: (seat, member) for seat in seats for key, member in [(f"{seat.pk}", None), *self.members_of(seat)]
        }
        self.fields["who"].choices = [
            ("", "Choisir…"),
            *((str(seat.organisation), [(key, self.named(key)) for key in self.keys_of(seat)]) for seat in seats),
        ]

    @staticmethod
    def members_of(seat) -> list:
        return [(f"{seat.pk}-{member.pk}", member) for member in seat.members.all()]

    def keys_of(self, seat) -> list[str]:
        return [key for key, (each, _) in self.who.items() if each == seat]

    def named(self, key) -> str:
        member = self.who[key][1]
        return f"{member.user} seulement" if member else "Toute l’organisation"

    def arguments(self) -> dict:
        """Those of `Recusal.raise_for`."""
        seat, member = self.who[self.cleaned_data["who"]]
        return {"seat": seat, "member": member, "reason": self.cleaned_data["reason"]}
