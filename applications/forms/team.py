"""What is written to invite a colleague, to ask to join, and to answer."""

from django import forms

from ..fields import LongText
from ..models import Invitation, JoinRequest, Membership
from ..wording import ROLES
from .base import helper_with

Role = Membership.Role


class InvitationForm(forms.Form):
    """An address and a role, among those that the person `offers`; sent to the address `action`."""

    email = forms.EmailField(
        label="Adresse électronique",
        max_length=Invitation._meta.get_field("email").max_length,
        help_text="De préférence une adresse professionnelle. "
        "La personne devra se connecter, ou créer un compte, avec cette adresse.",
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="Rôle",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce que la personne pourra faire."},
    )

    def __init__(self, *args, offers, action, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, in_words(role)) for role in offers]
        if len(offers) == 1:
            self.fields["role"].initial = offers[0]
        self.helper = helper_with("Envoyer l’invitation", action=action)


def in_words(role) -> str:
    replaces = ", à la place de la personne responsable aujourd’hui" if role == Role.LEAD else ""
    return f"{Role(role).label.capitalize()} : peut {ROLES[role]}{replaces}"


class RoleForm(forms.Form):
    """The other role of a member: the lead is handed over by itself."""

    role = forms.ChoiceField(choices=[(role, role.label) for role in (Role.EDITOR, Role.READER)])


class JoinForm(forms.Form):
    message = LongText(
        label="Votre message",
        required=False,
        max_length=JoinRequest._meta.get_field("message").max_length,
        help_text="Dites qui vous êtes et pourquoi vous voulez travailler sur cette candidature. "
        "1 000 caractères au plus.",
        widget=forms.Textarea({"rows": 6}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper_with("Envoyer la demande")


class AnswerForm(forms.Form):
    """The button chosen beside a request to join: a role to give, or a refusal."""

    REFUSE = "refuse"

    answer = forms.ChoiceField(choices=[(Role.EDITOR, "oui"), (Role.READER, "oui"), (REFUSE, "non")])

    @property
    def decision(self) -> dict:
        """The arguments of `JoinRequest.decide`."""
        answer = self.cleaned_data["answer"]
        return {"accept": False} if answer == self.REFUSE else {"accept": True, "role": answer}
