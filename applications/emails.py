"""Mails to the members of a candidature, queued in the transaction of the act that they tell."""

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from post_office import mail

from .models import Decision

# Act → (what it is about, text)
NOTICES = {
    "submit": ("récépissé de dépôt", "emails/receipt.txt"),
    "answer_supplements": ("récépissé des compléments", "emails/receipt.txt"),
    "withdraw": ("retrait confirmé", "emails/withdrawn.txt"),
    "restore": ("retrait annulé", "emails/restored.txt"),
    "request_supplements": ("compléments demandés", "emails/supplements.txt"),
    "admit": ("candidature recevable", "emails/admissible.txt"),
    "refuse": ("candidature irrecevable", "emails/inadmissible.txt"),
    "reconsider": ("recevabilité réexaminée", "emails/reconsidered.txt"),
}
LETTERS = {
    Decision.Outcome.LABEL: "emails/letter_label.txt",
    Decision.Outcome.CONDITIONS: "emails/letter_conditions.txt",
    Decision.Outcome.RESERVE: "emails/letter_reserve.txt",
    Decision.Outcome.DEFER: "emails/letter_defer.txt",
    Decision.Outcome.REJECT: "emails/letter_reject.txt",
}


def announce(candidature, verb: str, note: str = "") -> None:
    """Tell every member of the candidature that `verb` was just done, with its motive.

    Call it in the transaction of the act: a mail that is queued is then an act that took place.
    """
    about, template = NOTICES[verb]
    queue(candidature, about, template, note=note, submission=candidature.last_submission)


def queue_letter(candidature) -> None:
    """Queue the letter of the committee's decision to every member. Called by the proclamation, in its transaction."""
    decision = candidature.decision
    queue(candidature, "décision du comité de sélection", LETTERS[decision.outcome], decision=decision)


@transaction.atomic
def queue(candidature, about: str, template: str, **context) -> None:
    """One message for each person, so that each has its own proof of sending."""
    context |= {
        "candidature": candidature,
        "link": settings.BASE_URL + candidature.get_absolute_url(),
        "contact": candidature.call.contact_email or settings.INSTITUTION["CONTACT_EMAIL"],
    }
    # The outbox reads subject and body as templates: what people wrote must reach it as values only.
    values = {
        "subject": f"{candidature.reference} : {about} – Au cœur des territoires",
        "body": render_to_string(template, context),
    }
    for membership in candidature.memberships.filter(user__is_active=True).select_related("user"):
        mail.send(membership.user.email, subject="{{ subject|safe }}", message="{{ body|safe }}", context=values)
