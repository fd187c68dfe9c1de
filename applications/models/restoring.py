"""Writing a deposited content back into a working copy: after the closing, on request, or in a new candidature."""

from django.db import transaction
from django.utils import timezone

from .answers import Answer, SetAside
from .deposit import Attachment
from .journal import Event
from .workflow import ForbiddenTransition
from .working_copy import WorkingCopy, differs


@transaction.atomic
def restore_last_deposit(candidature, by, reason) -> bool:
    """Make the working copy say again what the last deposit says; what differed is set aside, whole.

    Called under the lock of the candidature's row.

    Returns:
        Whether anything differed.
    """
    content, deposit = WorkingCopy(candidature).content(), candidature.last_submission
    if not differs(content, deposit.content):
        return False
    SetAside.keep(candidature, content, by, reason)
    write_content(candidature, deposit.content, by)
    restore_pieces(candidature, deposit)
    verb = "discard" if reason == SetAside.Reason.DISCARDED else "set_aside"
    Event.objects.record(candidature, verb, by)
    return True


@transaction.atomic
def discard_changes(candidature, by):
    """Go back to the last deposit on request of an applicant.

    Raises:
        ForbiddenTransition: not editable now, or nothing differs from the deposit.
    """
    candidature.lock()
    if reason := candidature.why_not_editable():
        raise ForbiddenTransition(reason)
    if not candidature.last_submission or not restore_last_deposit(candidature, by, SetAside.Reason.DISCARDED):
        raise ForbiddenTransition("Rien n’a changé depuis votre dernier dépôt.")


@transaction.atomic
def present_again(candidature, by):
    """Begin a new candidature in the open phase of the same call, filled in with what was deposited.

    Its members are those of the former one, each in their role; its pieces are the same files. The answers wait for
    their authors: none is deposited.

    Raises:
        ForbiddenTransition: not a decision that allows it, presented again already, or no phase is open.
    """
    candidature.lock()
    if reason := candidature.why_not_again_later(by):
        raise ForbiddenTransition(reason)
    new = type(candidature).start(candidature.call, by, previous=candidature)
    new.memberships.all().delete()
    for membership in candidature.memberships.all():
        new.memberships.create(user=membership.user, role=membership.role)
    deposit = candidature.last_submission
    write_content(new, deposit.content, by)
    copy_pieces(deposit, new, by)
    Event.objects.record(candidature, "present_again", by, candidature=new.reference)
    return new


def write_content(candidature, content: dict, by) -> None:
    """Carriers, sites, partners and answers of `candidature`, as `content` says. Pieces are left to the caller."""
    write_places(candidature, content)
    candidature.partners.all().delete()
    for partner in content.get("partners", []):
        candidature.partners.create(**{name: partner[name] for name in ("name", "kind", "siren", "contribution")})
    write_answers(candidature, content, by)


def write_answers(candidature, content: dict, by) -> None:
    """Every answer that `content` tells. What is asked and was not then, a question added since, is emptied."""
    said = {
        (section["code"], answer["code"], answer["carrier"]): answer["value"]
        for section in content.get("sections", [])
        for answer in section["answers"]
    }
    for place, slot, _ in places_of(WorkingCopy(candidature)):
        if place in said:
            write_answer(candidature, slot, said[place], by)
    for place, slot, is_asked in places_of(WorkingCopy(candidature)):
        if said and is_asked and place not in said:
            write_answer(candidature, slot, None, by)


def places_of(copy: WorkingCopy):
    """Each slot as a content names it, and whether it is asked."""
    for section in copy.sections:
        for slot in copy.slots(section):
            place = section.code, slot.question.code, slot.carrier.code if slot.carrier else ""
            yield place, slot, copy.is_asked(slot)


def write_answer(candidature, slot, value, by) -> None:
    """Set one answer, whatever it was; a page opened before sees that it changed."""
    if value != slot.value:
        Answer.write(candidature, slot.question, value, by, slot.version, carrier=slot.carrier)


def write_places(candidature, content: dict) -> None:
    """Carriers and sites, by their codes; those that stay keep their answers."""
    wanted = {carrier["code"] for carrier in content["carriers"]}
    for carrier in candidature.carriers.all():
        if carrier.code not in wanted:
            carrier.delete()
    candidature.carriers.update(is_lead=False)
    kept = {carrier.code: carrier for carrier in candidature.carriers.all()}
    for position, carrier in enumerate(content["carriers"]):
        if carrier["code"] in kept:
            kept[carrier["code"]].place(position, carrier["lead"])
        else:
            candidature.carriers.create(is_lead=carrier["lead"], position=position, **identity_of(carrier))
    candidature.sites.all().delete()
    for site in content["sites"]:
        candidature.sites.create(commune_id=site["code"])


def identity_of(carrier: dict) -> dict:
    """The columns that hold a carrier of a deposited content."""
    columns = {"commune": {"commune_id": carrier["code"]}, "epci": {"epci_id": carrier["code"]}}
    return columns.get(carrier["kind"], {"body_name": carrier["name"], "body_siren": carrier["code"]})


def restore_pieces(candidature, deposit) -> None:
    """Make exactly the deposited pieces stand, each for its carrier; the others stay with the file, taken away."""
    kept = deposit.pieces.values("pk")
    candidature.attachments.standing().exclude(pk__in=kept).update(removed_at=timezone.now())
    candidature.attachments.filter(pk__in=kept).update(removed_at=None, replaced_by=None)
    carriers = {carrier.code: carrier for carrier in candidature.carriers.all()}
    for piece in deposit.content["pieces"]:
        if code := piece.get("carrier"):  # a carrier that was taken away and comes back is another row
            candidature.attachments.filter(pk=piece["id"]).update(carrier=carriers[code])


def copy_pieces(deposit, new, by) -> None:
    """Attach the deposited files to the new candidature: the same stored files, which are never written again."""
    carriers = {carrier.code: carrier for carrier in new.carriers.all()}
    for piece in deposit.pieces.select_related("carrier"):
        fields = ("question_id", "file", "name", "content_type", "size", "sha256", "scan")
        Attachment.objects.create(
            candidature=new,
            carrier=carriers.get(piece.carrier.code) if piece.carrier else None,
            uploaded_at=timezone.now(),
            uploaded_by=by,
            **{name: getattr(piece, name) for name in fields},
        )
