"""The candidatures as the team sees them: the list, one file to read, and one view for every verb."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import re_path
from django.utils.html import format_html

from territories.names import normalise

from ..emails import announce
from ..models import (
    TRANSITIONS,
    Actor,
    Candidature,
    ForbiddenTransition,
    Review,
    Status,
    checklists_of,
    examinations_of,
)
from . import admissibility, following
from .base import ReadOnlyMixin, StaffModelAdmin, show, staff_only
from .files import file_context
from .follow_forms import SupplementsForm
from .forms import NoteForm
from .waiting import WaitingFilter

STAFF_VERBS = [verb for verb, transition in TRANSITIONS.items() if transition.actor == Actor.STAFF]


@admin.register(Candidature)
class CandidatureAdmin(ReadOnlyMixin, StaffModelAdmin):
    """Read here, moved by verbs only: the status is never a field."""

    list_display = ["reference_", "title_", "carriers_", "phase", "status_", "submitted_at"]
    list_filter = [
        WaitingFilter,
        "call",
        "phase",
        "status",
        ("sites__commune__department__region", admin.RelatedOnlyFieldListFilter),
        "concept",
    ]
    ordering = ["-submitted_at", "-pk"]
    search_fields = [
        "title",
        "carriers__body_name",
        "=carriers__commune__insee_code",
        "=carriers__epci__siren",
        "=carriers__body_siren",
    ]
    search_help_text = "Référence, intitulé, nom d’un porteur ou d’un site, code INSEE ou SIREN."
    actions = ["admit_selected"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_people()

    def get_search_results(self, request, queryset, search_term):
        """A reference finds its file; names are compared without accents, case or hyphens."""
        referenced = queryset.by_reference(search_term.strip().upper())
        if referenced.exists():
            return referenced, False
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        key = normalise(search_term)
        if not key:
            return found, may_repeat
        named = Q()
        for path in ("carriers__commune", "carriers__epci", "sites__commune"):
            named |= Q(**{f"{path}__search_keys__key__prefix": key})
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(pk__in=Candidature.objects.filter(named))), False

    @admin.display(description="référence", ordering="number")
    def reference_(self, candidature):
        return candidature.reference

    @admin.display(description="intitulé", ordering="title")
    def title_(self, candidature):
        return candidature.title or "sans intitulé"

    @admin.display(description="porteurs")
    def carriers_(self, candidature):
        return ", ".join(carrier.name for carrier in candidature.carriers.all())

    @admin.display(description="statut", ordering="status")
    def status_(self, candidature):
        status = candidature.status
        return format_html('<span class="state state-{}">{}</span>', status, candidature.get_status_display())

    @admin.action(description="Déclarer recevables")
    def admit_selected(self, request, queryset):
        """A page that restates what was chosen comes first."""
        chosen = list(queryset.order_by().values_list("pk", flat=True))
        return admissibility.confirm_together(request, Candidature.objects.filter(pk__in=chosen))

    class Media:
        css = {"all": ["css/committee.css", "css/admissibility.css"]}

    def get_urls(self):
        wrap, name = self.admin_site.admin_view, "applications_candidature"
        acts = [
            (rf"(?P<verb>{'|'.join(STAFF_VERBS)})", staff_only(self.act), "act"),
            ("delai", following.extend, "extend"),
            ("echeance", following.postpone_supplements, "postpone_supplements"),
            (r"complements/(?P<item>\d{1,18})/annuler", following.cancel_supplement, "cancel_supplement"),
            ("responsable", following.invite_lead, "invite_lead"),
            ("messages", following.conversation, "messages"),
        ]
        pages = [
            re_path(rf"^(?P<pk>\d{{1,18}})/{route}/$", wrap(view), name=f"{name}_{page}") for route, view, page in acts
        ]
        return [*pages, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The whole file, and the verbs that are possible now."""
        return staff_only(self.read)(request, object_id)

    def read(self, request, object_id):
        candidature = self.get_object(request, object_id)
        if candidature is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        is_submitted = candidature.status == Status.SUBMITTED
        return show(
            request,
            "admin/applications/candidature.html",
            title=str(candidature),
            transitions=candidature.transitions_for(request.user),
            checklist=checklists_of([candidature])[candidature.pk],
            waiting_until=candidature.why_still_open("admit") if is_submitted else "",
            events=candidature.events.visible_to(request.user).select_related("by"),
            memberships=candidature.memberships.select_related("user"),
            recusals=candidature.recusals.select_related("seat__organisation", "member__user"),
            signed_reviews=Review.objects.counted().filter(candidature=candidature).count(),
            decision=getattr(candidature, "decision", None),
            **following.following_context(candidature, request.user),
            **file_context(candidature, request.user),
        )

    def act(self, request, pk, verb):
        """One page for every verb: what it does, its form, then the verb and its mail in one transaction."""
        candidature = get_object_or_404(self.get_queryset(request), pk=pk)
        is_posted = request.method == "POST"
        if not is_posted and (reason := candidature.why_not(verb, request.user)):
            messages.error(request, reason)
            return redirect("admin:applications_candidature_change", pk)
        doubts = examinations_of([candidature])[candidature.pk].doubts if verb == "admit" else []
        form = form_of(verb, candidature, request.POST if is_posted else None, doubts)
        if form.is_valid() and self.done(request, candidature, verb, form):
            return redirect("admin:applications_candidature_change", pk)
        return show(
            request,
            "admin/applications/act.html",
            title=f"{TRANSITIONS[verb].label} : {candidature.reference}",
            transition=TRANSITIONS[verb],
            form=form,
            doubts=doubts,
            **file_context(candidature, request.user),
        )

    def done(self, request, candidature, verb, form) -> bool:
        try:
            with transaction.atomic():
                getattr(candidature, verb)(by=request.user, **form.arguments())
                announce(candidature, verb, form.cleaned_data["note"])
        except ForbiddenTransition as refusal:
            form.add_error("note", str(refusal))
            return False
        messages.success(request, f"{TRANSITIONS[verb].done} : {candidature.reference}.")
        return True


def form_of(verb, candidature, data, doubts):
    """The motive is also asked when something speaks against the act."""
    if verb == "request_supplements":
        return SupplementsForm(data, candidature=candidature)
    return NoteForm(data, required=TRANSITIONS[verb].needs_note or bool(doubts))
