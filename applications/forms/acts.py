"""Confirming an act on a candidature."""

from django import forms

from ..fields import LongText
from ..models import TRANSITIONS
from .base import helper_with


class TransitionForm(forms.Form):
    """Confirm an act on a candidature, with its motive where one is needed or useful."""

    note = LongText(label="Motif", max_length=4000, widget=forms.Textarea({"rows": 6}))
    confirmed = forms.BooleanField(
        label="J’ai relu la candidature et je la dépose au nom de ses porteurs.",
        error_messages={"required": "Cochez cette case pour déposer."},
    )

    DEPOSITS = ("submit", "resubmit", "answer_supplements")
    REMARKS = {"answer_supplements": "Ce que vous avez complété", "resubmit": "Ce que vous avez changé"}

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
