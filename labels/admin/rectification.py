"""A proclaimed decision rectified in writing: what is corrected, and the decision when it is another one."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from applications.admin.base import show, staff_only
from applications.admin.forms import long_text
from applications.models import Decision, ForbiddenTransition, Rectification
from applications.wording import OUTCOMES

from ..rectifying import rectify
from .proclamation import phase_of

Outcome = Decision.Outcome


class RectificationForm(forms.Form):
    text = long_text(
        "Ce qui est rectifié",
        5,
        max_length=8000,
        help_text="Mot pour mot dans la lettre : ce qui était faux, et ce qui est vrai.",
        error_messages={"required": "Écrivez ce qui est rectifié."},
    )
    outcome = forms.ChoiceField(
        label="La décision",
        choices=[("", "Reste la même"), *OUTCOMES.items()],
        required=False,
        help_text="Si elle change, le statut, les pages publiques et l’antenne changent avec elle.",
    )
    reason = long_text("Motif rectifié", 4, max_length=8000, required=False)
    conditions = long_text("Conditions du label", 3, max_length=4000, required=False)
    reserve_rank = forms.IntegerField(label="Rang dans la réserve", min_value=1, max_value=32767, required=False)
    points = long_text(
        "Points à améliorer",
        3,
        max_length=8000,
        required=False,
        help_text="Un par ligne, pour une candidature à consolider ou non retenue.",
    )
    confirm = forms.BooleanField(
        label="Je rectifie cette décision : la lettre part à tous les membres de la candidature.",
        template_name="admin/labels/_confirm.html",
        error_messages={"required": "Cochez la case pour confirmer."},
    )

    def clean(self):
        data = super().clean()
        needed = {"reason": "Écrivez le motif de cette décision."} if data.get("outcome") else {}
        if data.get("outcome") == Outcome.CONDITIONS:
            needed["conditions"] = "Écrivez les conditions du label."
        if data.get("outcome") == Outcome.RESERVE:
            needed["reserve_rank"] = "Donnez le rang dans la réserve."
        for name, words in needed.items():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, words)
        return data

    @property
    def corrected(self) -> dict:
        """The fields of the decision that should have been proclaimed; none when it stays."""
        data = self.cleaned_data
        outcome = data["outcome"]
        if not outcome:
            return {}
        points = [line.strip() for line in data["points"].splitlines() if line.strip()]
        is_labelled = Decision.VERBS[outcome] == "label"
        return {
            "outcome": outcome,
            "reason": data["reason"],
            "conditions": data["conditions"] if outcome == Outcome.CONDITIONS else "",
            "reserve_rank": data["reserve_rank"] if outcome == Outcome.RESERVE else None,
            "points": [] if is_labelled else [{"section": "", "text": point} for point in points],
        }


@staff_only
def rectify_decision(request, pk, reference):
    """What was proclaimed and rectified so far, then the form: nothing of it is ever edited."""
    phase = phase_of(pk)
    found = phase.candidatures.with_people().select_related("decision").prefetch_related("memberships__user")
    candidature = get_object_or_404(found.by_reference(reference))
    refusal = Rectification.why_not(candidature, request.user)
    form = RectificationForm(request.POST if request.method == "POST" and not refusal else None)
    if form.is_valid() and rectified(request, candidature, form):
        return redirect("admin:labels_proclaim", phase.pk)
    return show(
        request,
        "admin/labels/rectify.html",
        title=f"Rectifier la décision\u00a0: {candidature.reference}",
        phase=phase,
        candidature=candidature,
        decision=getattr(candidature, "decision", None),
        rectifications=candidature.rectifications.select_related("by"),
        refusal=refusal,
        form=form,
    )


def rectified(request, candidature, form) -> bool:
    try:
        rectify(candidature, request.user, form.cleaned_data["text"], **form.corrected)
    except ForbiddenTransition as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"Décision rectifiée\u00a0: {candidature.reference}. La lettre part.")
    return True
