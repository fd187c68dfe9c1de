"""What is typed of a candidate's question, and of its answer."""

from django import forms

from ..fields import LongText
from .base import helper_with


class AskForm(forms.Form):
    asked = LongText(
        label="Votre question",
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text="La question et sa réponse seront lues de tous, sans votre nom. N’y mettez rien de personnel.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper_with("Poser la question")


class AnswerForm(forms.Form):
    question = LongText(
        label="Question, telle qu’elle sera publiée",
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Retirez-en ce qui dirait qui l’a posée.",
    )
    answer = LongText(label="Réponse", max_length=8000, widget=forms.Textarea({"rows": 8}))
