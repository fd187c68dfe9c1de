"""What a member of the committee types about a file: the grid of the seat, and notes that nobody else reads."""

import re
from decimal import Decimal
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from ..models import PrivateNote, Review, Score, mark_in_words, marks_of
from .forms import long_text

GRID_CHANGED = (
    "Un critère a été retiré de la grille depuis que vous avez ouvert cette page. "
    "Ce que vous en aviez écrit est plus bas, pour le copier\u00a0; enregistrez de nouveau pour le reste."
)
OF_A_CRITERION = re.compile(r"(mark|comment)_(\d{1,9})")


class Choice(NamedTuple):
    """One mark that may be given: its control, how it is written, and what it means."""

    control: object
    text: str
    words: str


class Row(NamedTuple):
    """One line of the grid."""

    criterion: object
    mark: forms.BoundField
    choices: list[Choice]
    others: list[Choice]  # without a mark
    levels: list[tuple[str, str]]
    comment: forms.BoundField


class Lost(NamedTuple):
    """What was typed about a criterion that the grid no longer has."""

    mark: str
    comment: str


class MarkSelect(forms.RadioSelect):
    """Buttons of which some say that such a mark must be explained (`data-asks`)."""

    def __init__(self, explained):
        super().__init__()
        self.explained = explained

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.explained:
            option["attrs"]["data-asks"] = ""
        return option


class ReviewForm(forms.Form):
    """The grid of a call: one mark and one comment for each criterion, an advice, an overall comment.

    A draft may be incomplete; `Review.missing` says what a signature still asks.
    """

    NO_OPINION = "none"
    OTHERS = {NO_OPINION: "Ne se prononce pas", "": "Pas encore noté"}
    WORDS = ("advice", "comment", "question")  # what the seat says beside its marks

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    read = forms.IntegerField(required=False, widget=forms.HiddenInput)
    advice = forms.ChoiceField(label="Avis", choices=Review.Advice.choices, widget=forms.RadioSelect, required=False)
    comment = long_text("Appréciation d’ensemble", 6, max_length=8000, required=False)
    question = long_text(
        "Question à poser en séance",
        3,
        max_length=2000,
        required=False,
        help_text="Facultatif. Le comité la lira une fois le scellé levé, quand il examinera ce dossier.",
    )

    def __init__(self, call, review, read=None, data=None):
        """
        Args:
            review: the saved draft of the seat, or None.
            read: the Submission that the page shows.
        """
        super().__init__(data, initial=answers_of(review) | {"read": read and read.pk})
        self.call, self.typed = call, self.data
        self.criteria = list(call.criteria.prefetch_related("levels"))
        marks = {key_of(mark): mark for mark in marks_of(call)}
        explained = {key for key, mark in marks.items() if Score(mark=mark).lacks_comment(call)}
        choices = [*((key, mark_in_words(mark)) for key, mark in marks.items()), *self.OTHERS.items()]
        for criterion in self.criteria:
            self.fields[f"mark_{criterion.pk}"] = forms.ChoiceField(
                label=f"{criterion}, note", choices=choices, widget=MarkSelect(explained), required=False
            )
            self.fields[f"comment_{criterion.pk}"] = long_text(
                f"{criterion}, commentaire", 3, max_length=4000, required=False, help_text=asked_by(call)
            )
            # With a placeholder, the style sheet knows an empty comment.
            self.fields[f"comment_{criterion.pk}"].widget.attrs["placeholder"] = " "

    def clean(self):
        if self.lost:
            raise ValidationError(GRID_CHANGED)
        return super().clean()

    @property
    def lost(self) -> list[Lost]:
        """What was sent about criteria that are no longer in the grid."""
        found = [OF_A_CRITERION.fullmatch(name) for name in self.typed if name not in self.fields]
        keys = dict.fromkeys(match[2] for match in found if match)
        sent = [(self.typed.get(f"mark_{key}", ""), self.typed.get(f"comment_{key}", "").strip()) for key in keys]
        return [Lost(self.OTHERS.get(mark, mark) if mark else "", text) for mark, text in sent if mark or text]

    def rows(self) -> list[Row]:
        """Each criterion with its fields, for the template."""
        return [self.row_of(criterion) for criterion in self.criteria]

    def row_of(self, criterion) -> Row:
        words = {str(level.mark): level.label for level in criterion.levels.all()}
        mark = self[f"mark_{criterion.pk}"]
        choices = [Choice(each, each.choice_label, words.get(each.data["value"], "")) for each in mark]
        place = len(choices) - len(self.OTHERS)
        comment = self[f"comment_{criterion.pk}"]
        return Row(criterion, mark, choices[:place], choices[place:], list(words.items()), comment)

    def problems(self) -> list[tuple[str, str, str]]:
        """What is wrong, field by field: where to go, the name of the field, the words."""
        found = []
        for name, errors in self.errors.items():
            if name in self.fields and not self[name].is_hidden:
                first = "_0" if self[name].use_fieldset else ""
                found += [(f"{self[name].auto_id}{first}", self[name].label, error) for error in errors]
        return found

    def answers(self) -> dict:
        """The arguments of `Review.write`."""
        data = self.cleaned_data
        marks = {}
        for criterion in self.criteria:
            mark = data[f"mark_{criterion.pk}"]
            marks[criterion.pk] = {
                "mark": None if mark in self.OTHERS else Decimal(mark),
                "abstains": mark == self.NO_OPINION,
                "comment": data[f"comment_{criterion.pk}"],
            }
        return {"marks": marks, **{name: data[name] for name in ("revision", "read", *self.WORDS)}}

    def over(self, review, read):
        """The same typed text, now knowing the saved `review` and the version `read`: saving it again is on purpose."""
        known = {"revision": review.revision if review else 0, "read": read.pk}
        return type(self)(self.call, review, read, {**self.data.dict(), **known})

    def unsaved(self):
        """The same typed text as a page shows it that has not been asked to save it: nothing is checked yet."""
        form = type(self)(self.call, None)
        form.initial, form.typed = self.data.dict(), self.data
        return form


def key_of(mark) -> str:
    """A mark as the page sends it: `3`, or `3.5`."""
    return str(int(mark)) if mark == int(mark) else str(mark)


def answers_of(review) -> dict:
    """The saved draft as the fields show it; without a draft, revision 0."""
    if review is None:
        return {"revision": 0}
    answers = {"revision": review.revision} | {name: getattr(review, name) for name in ReviewForm.WORDS}
    for score in review.scores.all():
        mark = "" if score.mark is None else key_of(score.mark)
        answers[f"mark_{score.criterion_id}"] = ReviewForm.NO_OPINION if score.abstains else mark
        answers[f"comment_{score.criterion_id}"] = score.comment
    return answers


def asked_by(call) -> str:
    """Which marks the call asks to explain, in words, or ""."""
    marks = []
    if call.comment_up_to is not None:
        marks.append(f"de 0 à {call.comment_up_to}" if call.comment_up_to else "de 0")
    if call.comment_from is not None:
        marks.append(f"à partir de {call.comment_from}")
    return f"Obligatoire pour une note {' ou '.join(marks)}." if marks else ""


class PrivateNoteForm(forms.Form):
    note = long_text("Vos notes personnelles", 5, max_length=8000, required=False)
    note_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, saved, data=None):
        """
        Args:
            saved: the PrivateNote that stands, or None.
        """
        text = saved.text if saved else ""
        super().__init__(data, initial={"note": text, "note_seen": PrivateNote.version_of(saved)})

    def over(self, saved):
        """The same typed text, now knowing the note that stands: saving it again replaces that one on purpose."""
        form = type(self)(saved, {**self.data.dict(), "note_seen": PrivateNote.version_of(saved)})
        form.standing = saved.text if saved else ""
        return form
