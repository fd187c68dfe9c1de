"""What the team types to examine candidatures. Saving is left to the verbs of the models."""

from django import forms

from ..models import AdmissibilityCheck
from .forms import NoteForm

TO_CHECK = ("", "à vérifier")


class ChecklistForm(forms.Form):
    """One verdict and one remark for each point. The page also sends what it showed: of two people who fill in the
    list at once, each is told only of the points that both touched.
    """

    def __init__(self, checklist, data=None):
        super().__init__(data, initial=saved(checklist))
        self.checklist = checklist
        self.theirs = {}
        for point, _ in checklist.rows:
            self.fields[f"verdict_{point.pk}"] = forms.ChoiceField(
                label="Constat",
                choices=[*AdmissibilityCheck.Verdict.choices, TO_CHECK],
                widget=forms.RadioSelect,
                required=False,
                show_hidden_initial=True,
            )
            self.fields[f"note_{point.pk}"] = forms.CharField(
                label="Remarque", max_length=500, required=False, show_hidden_initial=True
            )

    def rows(self):
        """Each point with its check, its two fields, and what somebody else found meanwhile."""
        for point, check in self.checklist.rows:
            yield point, check, self[f"verdict_{point.pk}"], self[f"note_{point.pk}"], self.theirs.get(point.pk)

    def verdicts(self) -> dict:
        """What the person changed: `{point pk: (verdict, note)}`."""
        changed = {name.partition("_")[2] for name in self.changed_data}
        return {
            point.pk: (self.cleaned_data[f"verdict_{point.pk}"], self.cleaned_data[f"note_{point.pk}"])
            for point, _ in self.checklist.rows
            if str(point.pk) in changed
        }

    def seen(self) -> dict:
        """What the page showed of every point."""
        return {
            point.pk: (self.shown(f"verdict_{point.pk}"), self.shown(f"note_{point.pk}"))
            for point, _ in self.checklist.rows
        }

    def shown(self, name) -> str:
        return self.data.get(self.add_initial_prefix(name), "")

    def over(self, checklist):
        """The same typed text over what is saved by now: saving it again replaces that on purpose."""
        mine = {name: self.data.get(name, "") for name in self.changed_data}
        typed, now, before = self.verdicts(), saved(checklist), self.seen()
        form = type(self)(checklist, {**now, **mine, **{self.add_initial_prefix(name): now[name] for name in now}})
        form.theirs = {
            point.pk: check
            for point, check in checklist.rows
            if check and point.pk in typed and check.found not in (typed[point.pk], before[point.pk])
        }
        return form


def saved(checklist) -> dict:
    """The saved list as the fields show it."""
    found = {point.pk: check.found if check else ("", "") for point, check in checklist.rows}
    verdicts = {f"verdict_{pk}": verdict for pk, (verdict, _) in found.items()}
    return verdicts | {f"note_{pk}": note for pk, (_, note) in found.items()}


class AdmitTogetherForm(NoteForm):
    """The motive common to several admissions, and each file with the version that was read."""

    files = forms.RegexField(r"\A\d{1,18}:\d{1,6}(,\d{1,18}:\d{1,6})*\Z", widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, required=False, **kwargs)
        self.fields["note"].help_text = "Le même pour toutes. Leurs porteurs le liront dans le courriel qui suit."

    def versions(self) -> dict[int, int]:
        """The last deposit that the page showed of each file, by its pk."""
        pairs = (pair.split(":") for pair in self.cleaned_data["files"].split(","))
        return {int(pk): int(version) for pk, version in pairs}
