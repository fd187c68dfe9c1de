"""Forms of what proves who one is: passkeys, applications of codes, and a password chosen anew."""

from allauth.account.forms import ResetPasswordKeyForm
from allauth.account.models import EmailAddress
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms


def passkey_name(required: bool) -> forms.CharField:
    return forms.CharField(
        label="Nom de la clé",
        max_length=60,
        required=required,
        help_text="Pour la reconnaître parmi d’autres, par exemple «\u00a0Téléphone\u00a0».",
    )


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey. Every one may sign in by itself (MFA_WEBAUTHN_USER_VERIFICATION), so nothing else is asked."""

    name = passkey_name(required=False)
    passwordless = None


class RenamePasskeyForm(EditWebAuthnForm):
    name = passkey_name(required=True)


class ActivateApplicationForm(ActivateTOTPForm):
    """The first code of an application on a telephone."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code à six chiffres"


class NewPasswordForm(ResetPasswordKeyForm):
    """A password chosen by the link of « mot de passe oublié »."""

    def save(self):
        """Opening the link proves the address too, when the account has no other that it may have been sent to."""
        super().save()
        email = self.user.email.lower()
        if not EmailAddress.objects.filter(user=self.user).exclude(email=email).exists():
            proved = {"verified": True, "primary": True}
            EmailAddress.objects.update_or_create(user=self.user, email=email, defaults=proved)
