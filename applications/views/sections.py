"""The pages of the form, one for each section, and the answers that their JavaScript saves one by one."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.middleware import typed_texts

from ..asked_before import asked_before
from ..forms.places import CarrierForm, PartnerForm, SiteForm
from ..forms.section import SectionForm, digest
from ..maps import site_map
from ..models import (
    Actor,
    Answer,
    ForbiddenTransition,
    Openness,
    Section,
    Slot,
    WorkingCopy,
)
from ..templatetags.french import clock_time, file_size
from ..uploads import accepted_words
from .access import carrier_named, find_slot, find_with_copy, for_its_editors
from .api import answers_json
from .time import time_left, time_of

READ_ONLY = "Vous lisez cette candidature : demandez à un membre de l’équipe le droit de la modifier."
ADDING = {Section.Kind.CARRIERS: CarrierForm, Section.Kind.SITES: SiteForm, Section.Kind.PARTNERS: PartnerForm}


@dataclass
class Row:
    """A slot as the page shows it."""

    slot: Slot
    url: str  # where its JavaScript saves it
    digest: str
    field: object = None  # the bound field, when it can be changed
    condition: Slot | None = None  # the one whose answer makes it be asked
    standing: Answer | None = None  # the answer of somebody else, in a conflict

    @property
    def accepted(self) -> str:
        """What a question of files takes: « PDF, PNG ou JPEG, 20 Mo au plus par fichier »."""
        kinds = accepted_words(self.slot.question.file_kind_list)
        return f"{kinds}, {file_size(settings.MAX_ATTACHMENT_SIZE)} au plus par fichier"

    @property
    def warnings(self) -> list[str]:
        """What an answer already given needs before a deposit."""
        return self.slot.problems() if self.slot.is_answered else []

    @property
    def version(self) -> int:
        return self.standing.version if self.standing else self.slot.version


@never_cache  # going back shows the answers as they are, not the page as it was
def section(request, reference, code):
    """One page of the form. A post saves every answer that can be, and tells the others by their errors."""
    if request.method != "POST":
        candidature = find_with_copy(request.user, reference)
        return render_section(request, candidature, section_or_404(candidature, code))
    candidature = for_its_editors(request.user, find_with_copy(request.user, reference))
    found = section_or_404(candidature, code)
    openness = candidature.openness()
    form = SectionForm(
        [slot for slot in WorkingCopy(candidature).slots(found) if not why_locked(openness, found, slot)],
        request.POST,
        request.FILES,
    )
    refused = [slot for slot in WorkingCopy(candidature).slots(found) if why_locked(openness, found, slot)]
    refused = [slot for slot in refused if f"version-{slot.key}" in request.POST]
    if refused:
        messages.error(request, f"{why_locked(openness, found, refused[0])} Votre texte est plus bas, à copier.")
    if save(request, form, candidature) and not refused:
        return redirect_after(request, candidature, found)
    texts = typed_texts(request) if refused else []
    return render_section(request, find_with_copy(request.user, reference), found, form=form, texts=texts)


def section_or_404(candidature, code) -> Section:
    found = next((each for each in candidature.call.sections.all() if each.code == code), None)
    if found is None:
        raise Http404
    return found


def why_locked(openness, section, slot) -> str:
    return openness.why_not(section, slot.question, slot.carrier)


def save(request, form, candidature) -> bool:
    """Save what can be; whether nothing is left to correct."""
    saved = form.save(candidature, request.user)
    for piece in saved.pieces:
        messages.success(request, f"« {piece} » est ajoutée.")
    if form.is_valid():
        messages.success(request, f"Enregistré à {clock_time(timezone.now())}.")
        return True
    if saved.written:
        messages.warning(request, "Vos autres réponses sont enregistrées.")
    return False


def redirect_after(request, candidature, section):
    """Where « Enregistrer et continuer » leads: the next section, or the task list after the last."""
    if "next" not in request.POST:
        return redirect(section_url(candidature, section))
    sections = list(candidature.call.sections.all())
    following = sections[sections.index(section) + 1 :]
    return (
        redirect("applications:section", candidature.reference, following[0].code)
        if following
        else redirect(candidature)
    )


def render_section(request, candidature, section, *, form=None, adding=None, texts=()):
    """The page of a section. `form` and `adding` (of a carrier, site or partner) are those that were refused, `texts`
    what was typed in fields that closed meanwhile.
    """
    copy = WorkingCopy(candidature)
    is_editor = candidature.is_actor(request.user, Actor.APPLICANT)
    openness = candidature.openness() if is_editor else Openness(READ_ONLY)
    slots = copy.slots(section)
    open_slots = [slot for slot in slots if not why_locked(openness, section, slot)]
    form = form or SectionForm(open_slots)
    may_list = not openness.why_not(section)
    context = {
        "candidature": candidature,
        "section": section,
        "form": form,
        "rows": [row(copy, slot, form if slot in open_slots else None) for slot in slots],
        "adding": adding or adding_form(candidature, section, may_list),
        "may_list": may_list,
        "may_save": bool(open_slots),
        "texts": texts,
        "locked": openness.reason or ("" if open_slots or may_list else openness.why_not(section)),
        **asked_of(candidature, section),
        "site_map": site_map(candidature) if section.kind == Section.Kind.SITES else None,
        **time_of(candidature),
        **neighbours(copy.sections, section),
    }
    return render(request, "applications/section.html", context)


def neighbours(sections, section) -> dict:
    """The sections before and after this one, or None."""
    index = sections.index(section)
    return {
        "previous_section": sections[index - 1] if index else None,
        "next_section": sections[index + 1] if index + 1 < len(sections) else None,
    }


def adding_form(candidature, section, may_list):
    """The form that adds to the list of this section, or None."""
    return ADDING[section.kind](candidature=candidature) if section.kind in ADDING and may_list else None


def asked_of(candidature, section) -> dict:
    """What the committee asked of the candidature that this one presents again, seen from this section."""
    asked = asked_before(candidature)
    if asked is None:
        return {}
    return {
        "asked": asked,
        "asked_here": asked.of_section(section.title),
        "asked_elsewhere": asked.elsewhere(section.title),
    }


def row(copy, slot, form) -> Row:
    """How the page shows a slot: with its field when `form` holds it, else to be read."""
    name = "upload" if slot.question.is_file else "answer"
    url = reverse(f"applications:{name}", args=[copy.candidature.reference, slot.question.pk])
    made = Row(slot, url + (f"?porteur={slot.carrier.pk}" if slot.carrier else ""), digest=digest(slot.value))
    made.condition = copy.condition_of(slot)
    if form and slot.key in form.fields:
        made.field = form[slot.key]
        made.standing = form.saved.conflicts.get(slot.key)
    return made


@require_POST
@answers_json
def answer(request, reference, question):
    """Save one answer, as its author leaves it. Answers as the page's JavaScript expects: see `views.api`."""
    candidature, slot = find_slot(request.user, reference, question, carrier_named(request))
    if refusal := why_locked(candidature.openness(), slot.question.section, slot):
        raise ForbiddenTransition(refusal)
    form = SectionForm([slot], request.POST)
    saved = form.save(candidature, request.user)
    if slot.key in saved.conflicts:
        return conflict(form, slot, saved.conflicts[slot.key])
    if not form.is_valid():
        return JsonResponse({"errors": list(form.errors[slot.key])}, status=422)
    time = time_left(candidature) if "time" in request.POST else {}
    return JsonResponse(told(form, slot, bool(saved.written)) | time)


def told(form, slot, is_written) -> dict:
    """What a page learns from a saved answer: when, its version, and what is wrong with it."""
    value = form.fields[slot.key].to_json(form.cleaned_data[slot.key])
    return {
        "saved_at": clock_time(timezone.now()),
        "version": form.seen(slot.key) + 1 if is_written else slot.version,
        "problem": " ; ".join(slot.problems_with(value)),
    }


def conflict(form, slot, standing) -> JsonResponse:
    theirs = {
        "text": standing.text,
        "raw": form.fields[slot.key].from_json(standing.value),
        "by": str(standing.updated_by),
        "at": clock_time(standing.updated_at),
    }
    message = form.errors[slot.key][0]
    return JsonResponse({"message": message, "theirs": theirs, "version": standing.version}, status=409)


def section_url(candidature, section, anchor="") -> str:
    url = reverse("applications:section", args=[candidature.reference, section.code])
    return f"{url}#{anchor}" if anchor else url
