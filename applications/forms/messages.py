"""A message to the other side, from the members of a candidature or from the team."""

import re

from django import forms

from ..fields import LongText
from ..uploads import accept_attribute, accepted_words, checked_type
from .base import helper_with
from .files import SeveralFilesField

MAX_FILES = 10
KINDS = ("pdf", "image", "text", "sheet")


class MessageForm(forms.Form):
    body = LongText(label="Votre message", max_length=10_000, widget=forms.Textarea({"rows": 8}))
    files = SeveralFilesField(
        label="Fichiers à joindre",
        required=False,
        help_text=f"{MAX_FILES} au plus, en {accepted_words(KINDS)}.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs["accept"] = accept_attribute(KINDS)
        self.helper = helper_with("Envoyer le message")
        self.helper.form_action = "#ecrire"  # errors are below the thread: the browser then shows them

    def clean_files(self) -> list[tuple]:
        """Each file with its content type, found in its content."""
        files, errors = self.cleaned_data["files"], []
        if len(files) > MAX_FILES:
            raise forms.ValidationError(f"Joignez {MAX_FILES} fichiers au plus : les autres iront au message suivant.")
        checked = []
        for upload in files:
            try:
                checked.append((upload, checked_type(upload, KINDS)))
            except forms.ValidationError as refusal:
                errors += refusal.messages
        if errors:
            raise forms.ValidationError(errors)
        return checked

    def clean(self):
        """A browser forgets the files chosen when a form comes back: name those to choose again."""
        data = super().clean()
        if self.errors:
            self.say_what_to_choose_again()
        return data

    def refuse_files(self, refusal: forms.ValidationError):
        """Show the form again, because a file could not be received."""
        self.add_error("files", refusal)
        self.say_what_to_choose_again()

    def say_what_to_choose_again(self):
        refused = " ".join(self.errors.get("files", []))
        sent = [upload.name for upload in self.files.getlist("files")]
        good = [name for name in sent if not re.search(rf"«\s{re.escape(name)}\s»", refused)]
        if good:
            names = ", ".join(f"« {name} »" for name in good)
            self.add_error("files", f"Votre texte est conservé. Choisissez à nouveau : {names}.")
