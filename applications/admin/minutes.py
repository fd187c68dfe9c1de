"""The minutes of a session: read on screen or kept, completed, submitted to remarks, approved."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from ..minutes_content import approve_as_read, content_of, copy_for
from ..minutes_document import minutes_pdf, minutes_text
from ..minutes_words import told_to
from ..models import Candidature, ChangedMeanwhile, CommitteeSession, ForbiddenTransition, Minutes
from ..models.deposit import canonical_hash
from ..views.versions import private
from .base import show
from .forms import long_text

EXPORTS = {
    "pdf": (minutes_pdf, "application/pdf"),
    "txt": (minutes_text, "text/plain; charset=utf-8"),
}


class ObservationsForm(forms.Form):
    observations = long_text(
        "Autres points",
        6,
        max_length=20000,
        required=False,
        help_text="Tout le comité les lira\u00a0: n’y écrivez rien d’un dossier dont un siège est déporté.",
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, minutes, data=None):
        super().__init__(data, initial={"observations": minutes.observations, "revision": minutes.revision})
        self.standing = ""  # what somebody else wrote meanwhile

    def over(self, minutes):
        """The same typed text, now knowing what stands: saving it again replaces that on purpose."""
        form = type(self)(minutes, {**self.data.dict(), "revision": minutes.revision})
        form.standing = minutes.observations
        return form


class RemarkForm(forms.Form):
    reference = forms.ChoiceField(
        label="Dossier concerné",
        required=False,
        help_text="Les sièges qui en sont déportés ne liront pas la remarque.",
    )
    text = long_text("Votre remarque", 4, max_length=4000)

    def __init__(self, agenda, data=None):
        """
        Args:
            agenda: the files of the minutes that the person may read, each with `reference` and `title`.
        """
        super().__init__(data)
        files = [(each["reference"], f"{each['reference']} – {each['title']}") for each in agenda]
        self.fields["reference"].choices = [("", "L’ensemble de la séance"), *files]


def minutes_or_404(user, pk) -> Minutes:
    """The minutes of a session that `user` may read, whether written or not; others are not found."""
    session = CommitteeSession.objects.select_related("phase__call").filter(pk=pk).first()
    minutes = session and Minutes.of(session)
    if minutes is None or not minutes.is_read_by(user):
        raise Http404
    return minutes


def minutes(request, pk):
    """The page; a POST says by `act` what to do."""
    minutes = minutes_or_404(request.user, pk)
    if request.method != "POST":
        return show_minutes(request, minutes)
    act = ACTS.get(request.POST.get("act"))
    if act is None:
        raise Http404
    return act(request, minutes)


def show_minutes(request, minutes, **typed):
    """The page; `typed` are forms whose text is not saved."""
    user, content = request.user, content_of(minutes)
    agenda = copy_for(user, minutes, content)["agenda"]
    context = {"observations": ObservationsForm(minutes), "remark": RemarkForm(agenda)} | typed
    return show(
        request,
        "admin/minutes/page.html",
        title=f"Procès-verbal\u00a0: {minutes.session}",
        minutes=minutes,
        session=minutes.session,
        phase=minutes.session.phase,
        told=told_to(user, minutes, content),
        seen="" if minutes.is_approved else canonical_hash(content),
        keeps=minutes.is_kept_by(user),
        why_not_write=minutes.why_not_write(user),
        why_not_open_remarks=minutes.why_not_open_remarks(user),
        why_not_remark=minutes.why_not_remark(user),
        why_not_approve=minutes.why_not_approve(user),
        **context,
    )


def back_to(minutes):
    return redirect("admin:minutes", minutes.session.pk)


# What is done


def write(request, minutes):
    form = ObservationsForm(minutes, request.POST)
    if form.is_valid():
        try:
            minutes.write(request.user, form.cleaned_data["revision"], form.cleaned_data["observations"])
        except ForbiddenTransition as refusal:
            form = form.over(minutes) if isinstance(refusal, ChangedMeanwhile) else form
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Autres points enregistrés.")
            return back_to(minutes)
    return show_minutes(request, minutes, observations=form)


def open_remarks(request, minutes):
    try:
        minutes.open_remarks(request.user)
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Le comité peut lire ce procès-verbal et y faire ses remarques.")
    return back_to(minutes)


def remark(request, minutes):
    user = request.user
    form = RemarkForm(copy_for(user, minutes, content_of(minutes))["agenda"], request.POST)
    if form.is_valid():
        reference = form.cleaned_data["reference"]
        files = Candidature.objects.deliberated_by(user).filter(phase=minutes.session.phase_id)
        try:
            minutes.remark(user, form.cleaned_data["text"], files.by_reference(reference).first())
        except ForbiddenTransition as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Remarque enregistrée.")
            return redirect(f"{reverse('admin:minutes', args=[minutes.session.pk])}#remarques")
    return show_minutes(request, minutes, remark=form)


def approve(request, minutes):
    try:
        approve_as_read(minutes, request.user, request.POST.get("seen", ""))
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Procès-verbal approuvé\u00a0: il ne changera plus.")
    return back_to(minutes)


ACTS = {"write": write, "open_remarks": open_remarks, "remark": remark, "approve": approve}


def export(request, pk, kind):
    """The minutes to keep, as their reader may know them."""
    minutes = minutes_or_404(request.user, pk)
    make, content_type = EXPORTS[kind]
    session = minutes.session
    name = f"proces-verbal-{session.phase.call.slug}-phase-{session.phase.number}-seance-{session.number}.{kind}"
    return private(HttpResponse(make(minutes, request.user), content_type=content_type), name)
