"""What staff, members and chair type. Saving is left to the verbs of the models."""

from django import forms

from ..fields import LongText


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
    WHO = {
        "member": "Moi seulement\u00a0: mes collègues de siège peuvent encore l’évaluer",
        "seat": "Toute mon organisation\u00a0: personne de mon siège ne l’évaluera",
    }

    who = forms.ChoiceField(
        label="Qui se déporte\u00a0?",
        choices=WHO.items(),
        widget=forms.RadioSelect,
        initial="member",
    )
    reason = long_text(
        "Motif",
        4,
        max_length=2000,
        help_text="Ce qui vous lie à ce dossier, en une phrase. L’équipe du programme et la présidence le liront.",
    )
