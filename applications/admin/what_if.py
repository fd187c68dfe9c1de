"""The page « Et si… »: a hypothesis typed, in the address and nowhere else, and what it would change."""

from django import forms

from .. import rule
from ..models import MAX_MARK
from ..what_if import Ground, usual_first
from .base import show
from .session import phase_or_404

MIDDLES = {"moyenne": rule.mean, "mediane": rule.median}


class WhatIfForm(forms.Form):
    """Which seats are left out, what each criterion weighs, mean or median. What is not typed stays as it is."""

    sans = forms.MultipleChoiceField(label="Sans ces sièges", widget=forms.CheckboxSelectMultiple, required=False)
    calcul = forms.ChoiceField(
        label="Note du dossier",
        choices=[("moyenne", "Moyenne des sièges"), ("mediane", "Médiane des sièges")],
        widget=forms.RadioSelect,
    )

    def __init__(self, data, seats, criteria, files, first):
        self.criteria = list(criteria)
        usual = {"calcul": "moyenne", "premiers": first} | {f"poids_{each.pk}": each.weight for each in self.criteria}
        super().__init__(data and completed(data, usual), initial=usual)
        self.fields["sans"].choices = [(str(seat.pk), seat.organisation.short_name) for seat in seats]
        self.fields["premiers"] = forms.IntegerField(label="Regarder les premiers", min_value=1, max_value=files)
        for each in self.criteria:
            self.fields[f"poids_{each.pk}"] = forms.IntegerField(label=each.name, min_value=0, max_value=100)

    def weights(self):
        """The fields of the weights, each with the weight of the grid, for the template."""
        return [(self[f"poids_{each.pk}"], each.weight) for each in self.criteria]

    def clean(self):
        data = super().clean()
        if len(data.get("sans", ())) == len(self.fields["sans"].choices):
            self.add_error("sans", "Gardez au moins un siège\u00a0: sans eux, il n’y a plus de note.")
        given = [data.get(f"poids_{each.pk}") for each in self.criteria]
        if not any(weight is None or weight for weight in given):
            self.add_error(None, "Tous les poids sont à zéro\u00a0: au moins un critère doit compter.")
        return data

    def hypothesis(self) -> dict:
        """The arguments of `Ground.compare`."""
        data = self.cleaned_data
        return {
            "first": data["premiers"],
            "seats": {int(seat) for seat in data["sans"]},
            "weights": {each.pk: data[f"poids_{each.pk}"] for each in self.criteria},
            "middle": MIDDLES[data["calcul"]],
        }


def completed(data, usual):
    """What was typed, and what is usual in place of what was not."""
    data = data.copy()
    for name, value in usual.items():
        if not data.get(name, "").strip():
            data[name] = value
    return data


def what_if(request, pk):
    """Nothing is written: leaving the page forgets the hypothesis."""
    phase = phase_or_404(request.user, pk)
    context = {} if phase.is_sealed() else tried(request, phase)
    return show(
        request, "admin/session/what_if.html", title=f"Et si…\u00a0: {phase}", phase=phase, max_mark=MAX_MARK, **context
    )


def tried(request, phase) -> dict:
    """The form, and what its hypothesis changes once it is valid. Empty when no mark counts yet."""
    ground = Ground.of(phase, request.user)
    seats = phase.call.seats.filter(pk__in=ground.seats).select_related("organisation")
    if not seats:
        return {}
    usual = usual_first(ground.ranked, request.user)
    form = WhatIfForm(request.GET or None, seats, phase.call.criteria.all(), len(ground.ranked), usual)
    if form.is_bound and not form.is_valid():
        return {"form": form}
    hypothesis = form.hypothesis() if form.is_bound else {"first": usual}
    return {"form": form, "comparison": ground.compare(**hypothesis)}
