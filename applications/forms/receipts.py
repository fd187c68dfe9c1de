from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from ..models import Candidature, Submission


class ReceiptForm(forms.Form):
    """A receipt, by what it bears. In the address: a checked receipt can be shared."""

    numero = forms.CharField(label="Numéro du récépissé", max_length=40, help_text="Par exemple : AMI2-0007-1.")
    code = forms.CharField(label="Code de vérification", max_length=40, help_text="Douze lettres et chiffres.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.add_input(Submit("", "Vérifier"))

    def clean_numero(self):
        return "".join(self.cleaned_data["numero"].split()).upper()

    def clean_code(self):
        return "".join(self.cleaned_data["code"].split()).upper()

    def find(self) -> Submission | None:
        """The deposit that bears this number and this code; None when a single character differs."""
        reference, _, number = self.cleaned_data["numero"].rpartition("-")
        if not (number.isascii() and number.isdecimal() and len(number) < 5):
            return None
        candidatures = Candidature.objects.by_reference(reference)
        found = Submission.objects.filter(candidature__in=candidatures, number=number, code=self.cleaned_data["code"])
        submission = found.select_related("candidature__call").first()
        # « 0007 » is not written otherwise: neither « 7 » nor with the digits of another script.
        return submission if submission and submission.number_on_receipt == self.cleaned_data["numero"] else None
