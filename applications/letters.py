"""What the letters say: frozen as JSON when a decision becomes public, then set in a PDF, a mail and a page from it.

The votes of the committee are never told.
"""

import logging
from typing import NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from post_office import mail

from .emails import body_about_call
from .models import Decision, LetterCopy
from .templatetags.french import day_of, long_moment
from .typesetting import in_groups, typeset
from .wording import OUTCOMES

logger = logging.getLogger(__name__)
Outcome = Decision.Outcome


class Words(NamedTuple):
    """What a letter says of an outcome: the decision, then what comes next."""

    says: str
    next: str


WORDS = {
    Outcome.LABEL: Words(
        "Elle est labellisée « Au cœur des territoires ».",
        "L’équipe du programme prend contact avec vous pour préparer la convention, les locaux et les premières "
        "formations, en vue d’une ouverture en {opening}.",
    ),
    Outcome.CONDITIONS: Words(
        "Elle est labellisée « Au cœur des territoires », sous les conditions ci-dessous.",
        "L’équipe du programme prend contact avec vous pour convenir des échéances de ces conditions, puis préparer "
        "l’ouverture, visée en {opening}.",
    ),
    Outcome.RESERVE: Words(
        "Elle est inscrite en réserve, au rang {rank} : elle n’est pas labellisée à ce jour et pourra l’être si une "
        "place se libère.",
        "Vous n’avez rien à faire : l’équipe du programme vous écrit si votre rang dans la réserve est appelé.",
    ),
    Outcome.DEFER: Words(
        "Elle est à consolider : le comité y voit un projet à reprendre avant de le présenter de nouveau.",
        "L’équipe du programme peut vous aider à reprendre votre projet.",
    ),
    Outcome.REJECT: Words(
        "Elle n’est pas retenue.",
        "L’équipe du programme peut revenir avec vous sur ce motif. Rien n’empêche de préparer un autre projet.",
    ),
}
MAY_COME_BACK = (Outcome.RESERVE, Outcome.DEFER, Outcome.REJECT)
AGAIN = (
    "Vous pouvez présenter de nouveau votre candidature, reprise de ce que vous aviez déposé, dans la phase {number} "
    "de l’appel, ouverte jusqu’au {end} (heure de Paris)."
)
APPEAL = (
    "Vous pouvez contester cette décision dans les deux mois qui suivent sa réception, par un recours gracieux adressé "
    "au Conservatoire national des arts et métiers ou par un recours devant le tribunal administratif."
)


def decision_content(candidature) -> dict:
    """What the letter of the committee's decision says now, as JSON."""
    return about(candidature) | {"kind": "decision"} | outcome_content(candidature, candidature.decision)


def rectification_content(rectification) -> dict:
    """What the letter of a rectification says: what is corrected, and the decision when it is another one."""
    candidature = rectification.candidature
    first = candidature.letters.filter(kind="decision").first()
    content = about(candidature) | {
        "kind": "rectification",
        "text": rectification.text,
        "first_dated": first.content["dated"] if first else "",
    }
    return content | (outcome_content(candidature, rectification) if rectification.outcome else {})


def about(candidature) -> dict:
    """What every letter says of its candidature and of whom to write to."""
    call = candidature.call
    return {
        "call": call.name,
        "call_title": call.title,
        "is_demo": call.is_demo,
        "reference": candidature.reference,
        "title": candidature.title,
        "carriers": [carrier.name for carrier in candidature.carriers.all()],
        "dated": timezone.now().isoformat(timespec="seconds"),
        "contact": call.contact_email or settings.INSTITUTION["CONTACT_EMAIL"],
        "link": settings.BASE_URL + candidature.get_absolute_url(),
        "appeal": APPEAL,
    }


def outcome_content(candidature, decided) -> dict:
    """What is decided and why. `decided` is a decision, or a rectification that gives another one."""
    words = WORDS[decided.outcome]
    coming = [words.next.format(opening=candidature.target_school_year)]
    phase = candidature.call.open_phase() if decided.outcome in MAY_COME_BACK else None
    if phase:
        coming.append(AGAIN.format(number=phase.number, end=long_moment(phase.closes_at)))
    return {
        "outcome": str(decided.outcome),
        "outcome_label": OUTCOMES[decided.outcome],
        "says": words.says.format(rank=decided.reserve_rank or "à préciser"),
        "reason": decided.reason,
        "conditions": decided.conditions,
        "points": [{"section": point.get("section", ""), "text": point["text"]} for point in decided.points],
        "coming": coming,
    }


def addresses_of(candidature) -> list[str]:
    """To whom its letters go: its members who may still sign in. Needs `memberships__user`."""
    return [each.user.email for each in candidature.memberships.all() if each.user.is_active]


# The PDF


def letter_pdf(content: dict, sha256: str = "", *, is_projected=False) -> bytes:
    """The letter as tagged PDF, from its frozen content alone: the same content always gives the same bytes.

    Args:
        is_projected: True before the proclamation, for the team to read: each page then says « projet ».
    """
    dated = parse_datetime(content["dated"])
    name = "Rectification" if content["kind"] == "rectification" else "Décision du comité de sélection"
    data = content | {
        "document_title": f"{name}, candidature {content['reference']}",
        "footer": f"{content['reference']}, {name.lower()}" + (", projet" if is_projected else ""),
        "day": day_of(timezone.localtime(dated)),
        "first_day": in_words(content.get("first_dated")),
        "sha256": in_groups(sha256),
        "is_projected": is_projected,
    }
    return typeset("letter", data, dated)


def in_words(moment: str | None) -> str:
    """The day of an ISO moment, in Paris: « 25 juin 2021 », or ""."""
    return day_of(timezone.localtime(parse_datetime(moment))) if moment else ""


# Sending


def dispatch_letters() -> int:
    """Queue every copy that is not yet, each in its own transaction: run again after any crash, it completes.

    A letter that cannot be prepared keeps none of the others waiting: it is logged, and tried again the next time.

    Returns:
        How many copies were queued.
    """
    number, drawn = 0, (None, b"")
    waiting = LetterCopy.objects.filter(queued_at=None).order_by("letter", "pk")
    for copy in waiting.select_related("letter__candidature__call"):
        try:
            if drawn[0] != copy.letter_id:
                drawn = copy.letter_id, letter_pdf(copy.letter.content, copy.letter.sha256)
            number += queue_copy(copy, drawn[1])
        except Exception:
            logger.exception("Letter %s cannot be prepared for copy %s", copy.letter_id, copy.pk)
    return number


@transaction.atomic
def queue_copy(copy, pdf: bytes) -> bool:
    """Queue the mail of one copy with its PDF, unless it is already: False then."""
    if not copy.take():
        return False
    content, candidature = copy.letter.content, copy.letter.candidature
    about = "rectification" if content["kind"] == "rectification" else "décision du comité de sélection"
    context = {"candidature": candidature, "letter": content, "link": content["link"]}
    # The outbox reads subject and body as templates: what people wrote must reach it as values only.
    values = {
        "subject": f"{content['reference']}\u00a0: {about} – Au cœur des territoires",
        "body": body_about_call(candidature.call, "emails/letter.txt", **context),
    }
    copy.email = mail.send(
        copy.address,
        subject="{{ subject|safe }}",
        message="{{ body|safe }}",
        context=values,
        attachments={copy.letter.file_name: {"file": ContentFile(pdf), "mimetype": "application/pdf"}},
    )
    copy.save(update_fields=["email"])
    return True
