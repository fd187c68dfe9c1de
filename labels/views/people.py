"""The pages of an antenna's people: its yearly report and its documents. The team reads both."""

from crispy_forms.layout import Submit
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from applications.fields import LongText
from applications.forms.base import helper_with
from applications.models import ForbiddenTransition
from applications.models.workflow import ChangedMeanwhile
from applications.years import parse_school_year

from ..models import Antenna, AntennaDocument, YearlyReport

HINTS = {
    "done": "Les faits de l’année : ouverture, travaux, recrutements, événements.",
    "trainings": "Ce qui s’est enseigné, à qui.",
    "partners": "Qui a aidé, qui est venu, qui manque.",
    "difficulties": "Ce qui a freiné, ce qui inquiète. « Aucune » est une réponse.",
    "next_steps": "Ce qui est prévu pour l’année qui vient.",
}


class ReportForm(forms.ModelForm):
    """The five lines and the learners; `seen` is the revision that the person had before them."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)

    class Meta:
        model = YearlyReport
        fields = [*YearlyReport.TEXTS, "learners"]

    def __init__(self, data=None, *, report):
        super().__init__(data, instance=report, initial={"seen": report.revision})
        for name in YearlyReport.TEXTS:
            field = YearlyReport._meta.get_field(name)
            self.fields[name] = LongText(
                label=field.verbose_name.capitalize(),
                help_text=HINTS[name],
                max_length=field.max_length,
                required=False,
                widget=forms.Textarea({"rows": 3}),
            )
        self.helper = helper_with("Enregistrer le brouillon")
        self.helper.inputs[0].field_classes += " btn-secondary"
        self.helper.add_input(Submit("submit", "Remettre le bilan"))
        self.fields["learners"].label = "Nombre d’inscrits dans l’année"
        self.fields["learners"].help_text = "Toutes formations réunies ; 0 si aucune n’a commencé."

    def point_at_missing(self):
        """Say beside each field that it is to be filled before the report can be submitted."""
        for name in [*YearlyReport.TEXTS, "learners"]:
            if self.cleaned_data.get(name) in ("", None):
                self.add_error(name, "À remplir avant de remettre le bilan.")

    def over(self, report):
        """The same typed text, now knowing what somebody else saved: saving again replaces it on purpose."""
        self.data = self.data.copy()
        self.data["seen"] = report.revision


def report(request, slug, years):
    """The yearly report: written and handed in by the antenna's people, read by the team."""
    found = report_or_404(request.user, slug, years)
    may_write = not found.why_not_write(request.user)
    if request.method == "POST" and not found.antenna.may_report(request.user):
        raise PermissionDenied
    before = YearlyReport.objects.get(pk=found.pk)  # the form writes what was typed into its own object
    form = ReportForm(request.POST if request.method == "POST" else None, report=found)
    theirs = None
    if form.is_valid():
        theirs = saved(request, before, form)
        if theirs is None and not form.errors:
            return redirect("applications:list" if "submit" in request.POST else before)
    context = {"report": before, "form": form, "may_write": may_write, "theirs": theirs}
    return render(request, "labels/report.html", context)


def saved(request, report, form) -> YearlyReport | None:
    """Save what was typed, then hand it in if that was asked and nothing is missing.

    Returns:
        What somebody else saved meanwhile, which is then shown beside; None otherwise.
    """
    seen = form.cleaned_data["seen"]
    try:
        report.write(form.cleaned_data, request.user, seen)
        if "submit" in request.POST:
            form.point_at_missing()
        if form.errors:
            form.over(report)
            messages.warning(request, "Brouillon enregistré : il reste à le compléter avant de le remettre.")
        elif "submit" in request.POST:
            report.submit(request.user, seen + 1)
            messages.success(request, f"Bilan {report.school_year} remis. Merci.")
        else:
            messages.success(request, "Brouillon enregistré. Le bilan n’est pas encore remis.")
    except ChangedMeanwhile as conflict:
        report.refresh_from_db()
        form.add_error(None, f"{conflict} Votre texte est conservé ci-dessous : relisez les deux, puis enregistrez.")
        form.over(report)
        return report
    except ForbiddenTransition as refusal:
        form.add_error(None, str(refusal))
    return None


def report_or_404(user, slug: str, years: str) -> YearlyReport:
    start = parse_school_year(years)
    if start is None:
        raise Http404
    antennas = Antenna.objects.visible_in_full_to(user).filter(slug=slug)
    reports = YearlyReport.objects.select_related("antenna", "submitted_by", "updated_by")
    return get_object_or_404(reports, antenna__in=antennas, year=start)


@require_safe
def document(request, slug, pk):
    """One document, to the team and to the antenna's people: saved under its name, never kept on the way."""
    antennas = Antenna.objects.visible_in_full_to(request.user).filter(slug=slug)
    found = get_object_or_404(AntennaDocument, antenna__in=antennas, pk=pk)
    response = FileResponse(found.file.open(), as_attachment=True, filename=found.name, content_type=found.content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
