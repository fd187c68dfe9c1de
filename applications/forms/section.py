"""A page of the form: one field for each slot, each saved for itself, so that one wrong answer never loses another."""

from dataclasses import dataclass, field

from django import forms

from ..models import Answer, ChangedMeanwhile, SetAside
from ..models.deposit import canonical_hash
from ..receiving import receive
from ..uploads import accept_attribute
from .fields import field_for
from .files import SeveralFilesField


def digest(value) -> str:
    """A short mark of an answer, to tell in what a page sends back the fields that its reader did not touch."""
    return canonical_hash(value)[:16]


@dataclass
class Saved:
    """What a post of a section did."""

    written: list = field(default_factory=list)  # slots
    pieces: list = field(default_factory=list)
    conflicts: dict = field(default_factory=dict)  # slot key → the answer that stands


class SectionForm(forms.Form):
    """The slots of a section that its reader may change. Only those present in what was posted are saved."""

    def __init__(self, slots, data=None, files=None):
        super().__init__(data, files)
        self.slots = {slot.key: slot for slot in slots}
        for key, slot in self.slots.items():
            self.fields[key] = self.file_field(slot) if slot.question.is_file else field_for(slot)
        self.saved = Saved()

    def file_field(self, slot):
        question = slot.question
        widget = {"accept": accept_attribute(question.file_kind_list)}
        made = SeveralFilesField(label=question.label, help_text=question.help, required=False)
        made.widget.attrs |= widget
        made.is_expected = question.is_required
        return made

    def seen(self, key: str) -> int | None:
        """The version of the answer that the page showed, or None when the page did not hold this slot."""
        text = self.data.get(f"version-{key}", "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    def save(self, candidature, by) -> Saved:
        """Write every answer that can be, keep every file that can be; tell the rest by errors on the fields."""
        self.full_clean()
        for key, slot in self.slots.items():
            if slot.question.is_file:
                self.keep_files(candidature, by, key, slot)
            elif key in self.cleaned_data and self.seen(key) is not None:
                self.write(candidature, by, key, slot)
        return self.saved

    def write(self, candidature, by, key, slot):
        value = self.fields[key].to_json(self.cleaned_data[key])
        if value == slot.value or self.is_untouched(key, slot, value):
            return
        place = {"question": slot.question, "carrier": slot.carrier}
        if self.data.get(f"overrides-{key}") and slot.answer:
            standing = slot.answer
            SetAside.keep(candidature, standing.value, standing.updated_by, SetAside.Reason.REPLACED, **place)
        try:
            Answer.write(candidature, value=value, by=by, seen=self.seen(key), **place)
        except ChangedMeanwhile as refusal:
            SetAside.keep(candidature, value, by, SetAside.Reason.CONFLICT, **place)
            self.saved.conflicts[key] = candidature.answers.select_related("updated_by").get(**place)
            self.add_error(key, str(refusal))
        else:
            self.saved.written.append(slot)

    def is_untouched(self, key, slot, value) -> bool:
        """Whether a page that is no longer up to date sends back an answer just as it showed it."""
        return self.seen(key) != slot.version and self.data.get(f"digest-{key}") == digest(value)

    def keep_files(self, candidature, by, key, slot):
        for upload in self.cleaned_data.get(key) or []:
            try:
                self.saved.pieces.append(receive(candidature, slot.question, slot.carrier, upload, by))
            except forms.ValidationError as refusal:
                self.add_error(key, refusal)
