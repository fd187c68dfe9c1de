"""What staff, members and chair type. Saving is left to the verbs of the models."""

from copy import copy

from django import forms

from ..fields import LongText
from ..models import MAX_MARK, Decision, Review


def long_text(label, rows, **kwargs) -> LongText:
    return LongText(label=label, widget=forms.Textarea({"rows": rows}), **kwargs)


class NoteForm(forms.Form):
    """The motive of an act."""

    note = long_text("Motif", 6, max_length=4000)

    def __init__(self, *args, required=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].required = required
        self.fields["note"].help_text = (
            "Obligatoire. Les porteurs le liront." if required else "Facultatif. Les porteurs le liront."
        )

    def arguments(self) -> dict:
        """Those of the verb."""
        return {"note": self.cleaned_data["note"]}


class RecuseForm(forms.Form):
    WHO = {"member": "Moi seulement", "seat": "Toute mon organisation"}

    who = forms.ChoiceField(
        label="Qui se déporte\u00a0?",
        choices=WHO.items(),
        widget=forms.RadioSelect,
        initial="member",
        help_text="Si vous vous déportez sans votre organisation, vos collègues de siège peuvent encore l’évaluer.",
    )
    reason = long_text(
        "Motif",
        4,
        max_length=2000,
        help_text="Ce qui vous lie à ce dossier, en une phrase. L’équipe du programme et la présidence le liront.",
    )


class DecisionForm(forms.ModelForm):
    reason = long_text("Motif", 8, max_length=8000, help_text="Il figurera dans la lettre au porteur.")

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Decision
        fields = ["outcome", "reason"]
        widgets = {"outcome": forms.RadioSelect}

    def __init__(self, decision, data=None):
        super().__init__(data, instance=copy(decision), initial={"seen": Decision.version_of(decision)})
        self.fields["outcome"].choices = Decision.Outcome.choices  # without the empty choice

    def over(self, decision):
        """The same typed text, now knowing `decision`: recording it again replaces that one on purpose."""
        self.data = self.data.copy()
        self.data["seen"] = Decision.version_of(decision)


class ReviewForm(forms.Form):
    """The grid of a call: one mark and one comment for each criterion, an advice, an overall comment.

    A draft may be incomplete; `Review.missing` says what a signature still asks.
    """

    NO_OPINION = "none"

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    advice = forms.ChoiceField(label="Avis", choices=Review.Advice.choices, widget=forms.RadioSelect, required=False)
    comment = long_text("Appréciation d’ensemble", 7, max_length=8000, required=False)

    def __init__(self, criteria, review, data=None):
        super().__init__(data, initial=self.answers_of(review))
        self.criteria = list(criteria)
        for criterion in self.criteria:
            self.fields[f"mark_{criterion.pk}"] = forms.ChoiceField(
                label="Note", choices=self.choices_of(criterion), widget=forms.RadioSelect, required=False
            )
            self.fields[f"comment_{criterion.pk}"] = long_text("Commentaire", 3, max_length=4000, required=False)

    @classmethod
    def choices_of(cls, criterion) -> list[tuple[str, str]]:
        words = {level.mark: level.label for level in criterion.levels.all()}
        marks = [(str(mark), f"{mark} – {words[mark]}" if mark in words else str(mark)) for mark in range(MAX_MARK + 1)]
        return [*marks, (cls.NO_OPINION, "Ne se prononce pas")]

    @classmethod
    def answers_of(cls, review) -> dict:
        """The saved draft as the fields show it; without a draft, revision 0."""
        if review is None:
            return {"revision": 0}
        answers = {"revision": review.revision, "advice": review.advice, "comment": review.comment}
        for score in review.scores.all():
            mark = "" if score.mark is None else str(score.mark)
            answers[f"mark_{score.criterion_id}"] = cls.NO_OPINION if score.abstains else mark
            answers[f"comment_{score.criterion_id}"] = score.comment
        return answers

    def rows(self):
        """Each criterion with its two fields, for the template."""
        return [
            (criterion, self[f"mark_{criterion.pk}"], self[f"comment_{criterion.pk}"]) for criterion in self.criteria
        ]

    def answers(self) -> dict:
        """The arguments of `Review.write`."""
        data = self.cleaned_data
        marks = {}
        for criterion in self.criteria:
            mark = data[f"mark_{criterion.pk}"]
            marks[criterion.pk] = {
                "mark": int(mark) if mark.isdecimal() else None,
                "abstains": mark == self.NO_OPINION,
                "comment": data[f"comment_{criterion.pk}"],
            }
        return {"marks": marks, **{name: data[name] for name in ("revision", "advice", "comment")}}

    def over(self, review):
        """The same typed text, now knowing the saved `review`: saving it again replaces that one on purpose."""
        return type(self)(self.criteria, review, {**self.data.dict(), "revision": review.revision})
