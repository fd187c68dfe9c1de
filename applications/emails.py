"""Mails to the members of a candidature, queued in the transaction of the act that they tell."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from post_office import mail

from .models import Member, Membership, Recusal
from .wording import ROLES

# Act → (what it is about, text)
NOTICES = {
    "submit": ("récépissé de dépôt", "emails/receipt.txt"),
    "resubmit": ("récépissé de votre nouveau dépôt", "emails/receipt.txt"),
    "answer_supplements": ("récépissé des compléments", "emails/receipt.txt"),
    "withdraw": ("retrait confirmé", "emails/withdrawn.txt"),
    "restore": ("retrait annulé", "emails/restored.txt"),
    "request_supplements": ("compléments demandés", "emails/supplements.txt"),
    "close_supplements": ("demande de compléments close", "emails/supplements_closed.txt"),
    "admit": ("candidature recevable", "emails/admissible.txt"),
    "refuse": ("candidature irrecevable", "emails/inadmissible.txt"),
    "reconsider": ("recevabilité réexaminée", "emails/reconsidered.txt"),
}


def announce(candidature, verb: str, note: str = "") -> None:
    """Tell every member of the candidature that `verb` was just done, with its motive.

    Call it in the transaction of the act: a mail that is queued is then an act that took place.
    """
    about, template = NOTICES[verb]
    context = {"note": note, "submission": candidature.last_submission}
    if verb == "request_supplements":
        context |= told_of(candidature.supplement_request)
    queue(candidature, about, template, **context)


def queue(candidature, about: str, template: str, **context) -> None:
    """Write to every member of the candidature."""
    queue_to(active(candidature.memberships.all()), candidature, about, template, **context)


def queue_to(addresses, candidature, about: str, template: str, **context) -> None:
    """Write about a candidature. `context` may give another `link`."""
    context = {"candidature": candidature, "link": settings.BASE_URL + candidature.get_absolute_url()} | context
    queue_about_call(addresses, candidature.call, f"{candidature.reference}\u00a0: {about}", template, **context)


@transaction.atomic
def queue_about_call(addresses, call, about: str, template: str, **context) -> None:
    """One message for each address, so that each has its own proof of sending."""
    # The outbox reads subject and body as templates: what people wrote must reach it as values only.
    values = {"subject": f"{about} – Au cœur des territoires", "body": body_about_call(call, template, **context)}
    for address in addresses:
        mail.send(address, subject="{{ subject|safe }}", message="{{ body|safe }}", context=values)


def body_about_call(call, template: str, **context) -> str:
    """The text of a message, as it will be read."""
    contact = call.contact_email or settings.INSTITUTION["CONTACT_EMAIL"]
    return render_to_string(template, {"portal": settings.BASE_URL, "contact": contact} | context)


# The team of a candidature


def queue_invitation(invitation) -> None:
    """Write to the address that is invited: by whom, to what, until when."""
    queue_to(
        [invitation.email],
        invitation.candidature,
        "invitation à travailler sur une candidature",
        "emails/invitation.txt",
        invitation=invitation,
        allows=ROLES[invitation.role],
        link=settings.BASE_URL + invitation.get_absolute_url(),
    )


def queue_joined(invitation, user) -> None:
    """Tell the lead, and whoever invited, that the invitation was accepted."""
    candidature = invitation.candidature
    concerned = Q(role=Membership.Role.LEAD) | Q(user=invitation.invited_by)
    queue_to(
        active(candidature.memberships.filter(concerned)),
        candidature,
        "invitation acceptée",
        "emails/joined.txt",
        person=user,
        role=invitation.get_role_display(),
        link=team_link(candidature),
    )


def queue_join_request(join_request, is_colleague: bool) -> None:
    """Tell those who answer it that somebody asks to join; `is_colleague` when ProConnect knows a carrier's agent."""
    candidature = join_request.candidature
    queue_to(
        active(candidature.memberships.filter(role__in=Membership.MAY_ACT)),
        candidature,
        "demande d’accès à la candidature",
        "emails/join_request.txt",
        join_request=join_request,
        is_colleague=is_colleague,
        link=team_link(candidature),
    )


def queue_join_answer(join_request, decision: dict) -> None:
    """Tell the person the answer: `decision` says whether to `accept`, and with which `role`."""
    role = decision.get("role")
    queue_to(
        [join_request.user.email],
        join_request.candidature,
        "réponse à votre demande d’accès",
        "emails/join_answer.txt",
        role=role and Membership.Role(role).label,
        allows=role and ROLES[role],
    )


def queue_handed_over(candidature, user) -> None:
    """Tell every member that `user` is now the lead."""
    queue(candidature, "nouvelle personne responsable", "emails/handed_over.txt", person=user)


def queue_role_changed(membership) -> None:
    """Tell the member their new role."""
    queue_to(
        active(type(membership).objects.filter(pk=membership.pk)),
        membership.candidature,
        "votre rôle a changé",
        "emails/role_changed.txt",
        role=membership.get_role_display(),
        allows=ROLES[membership.role],
    )


def queue_removed(candidature, user) -> None:
    """Tell the person that they no longer work on the candidature."""
    queue_to([user.email], candidature, "fin de votre accès à la candidature", "emails/removed.txt")


def queue_left(candidature, user) -> None:
    """Tell the lead that a member has left."""
    lead = candidature.memberships.filter(role=Membership.Role.LEAD)
    link = team_link(candidature)
    queue_to(active(lead), candidature, "départ d’un membre", "emails/left.txt", person=user, link=link)


def active(memberships) -> list[str]:
    """The addresses of those who may still sign in."""
    people = memberships.filter(user__is_active=True).select_related("user")
    return [membership.user.email for membership in people]


def team_link(candidature) -> str:
    return settings.BASE_URL + reverse("applications:team", args=[candidature.reference])


# What the team does around a file


def told_of(request) -> dict:
    """A request for supplements, with what is still asked."""
    items = request.items.filter(cancelled_at=None).select_related(
        "section", "question", "carrier__commune", "carrier__epci"
    )
    return {"request": request, "items": list(items)}


def queue_extension(extension) -> None:
    """Tell every member that the candidature alone has more time."""
    queue(extension.candidature, "délai accordé pour le dépôt", "emails/extension.txt", extension=extension)


def queue_postponement(request, reason: str) -> None:
    """Tell every member the new due date of the supplements."""
    about = "échéance des compléments reportée"
    queue(request.candidature, about, "emails/postponed.txt", note=reason, **told_of(request))


def queue_cancelled_item(item) -> None:
    """Tell every member that one thing is no longer to be completed, and what still is."""
    request = item.request
    queue(request.candidature, "complément annulé", "emails/supplement_cancelled.txt", item=item, **told_of(request))


def queue_message(message) -> None:
    """Tell the other side a message: its text and where to answer, never its files."""
    candidature, files = message.candidature, [piece.name for piece in message.attachments.all()]
    if message.is_from_team:
        link = reverse("applications:messages", args=[candidature.reference])
        people, template = active(candidature.memberships.all()), "emails/message.txt"
    else:
        link = reverse("admin:applications_candidature_messages", args=[candidature.pk])
        contact = candidature.call.contact_email or settings.INSTITUTION["CONTACT_EMAIL"]
        people, template = [contact] if contact else [], "emails/message_to_team.txt"
    context = {"message": message, "files": files, "link": f"{settings.BASE_URL}{link}#{message.anchor}"}
    queue_to(people, candidature, "nouveau message", template, **context)


# The candidates' questions


def queue_answer(clarification) -> None:
    """Tell the person who asked that the answer is published, and what everybody reads."""
    call = clarification.call
    queue_about_call(
        [clarification.asked_by.email] if clarification.asked_by.is_active else [],
        call,
        f"{call.name}\u00a0: réponse à votre question",
        "emails/answer.txt",
        clarification=clarification,
        link=f"{settings.BASE_URL}{call.get_absolute_url()}#questions",
    )


# The committee


def queue_seat_invitation(invitation) -> None:
    """Write to the address that is invited to sit: for whom, until when, and what comes next."""
    queue_about_call(
        [invitation.email],
        invitation.seat.call,
        "Invitation au comité de sélection",
        "emails/seat_invitation.txt",
        invitation=invitation,
        link=settings.BASE_URL + invitation.get_absolute_url(),
    )


def queue_reopened(review, reason: str) -> None:
    """Tell the members of a seat that their signed review is theirs again, and why; those kept away learn nothing."""
    candidature = review.candidature
    recused = Recusal.objects.filter(candidature=candidature, member__isnull=False).values("member")
    members = Member.objects.current().filter(seat=review.seat).exclude(pk__in=recused).select_related("user")
    queue_to(
        [member.user.email for member in members],
        candidature,
        "évaluation rouverte",
        "emails/review_reopened.txt",
        seat=review.seat,
        note=reason,
        link=settings.BASE_URL + reverse("admin:committee_file", args=[candidature.reference]),
    )


def queue_seat_reminder(phase, recipient) -> None:
    """Tell a member of a seat which reviews are still awaited. `recipient` is that of `seat_reminders`."""
    about, template, context = seat_reminder(phase, recipient)
    queue_about_call([recipient.member.user.email], phase.call, about, template, **context)


def seat_reminder_text(phase, recipient) -> str:
    """The same message, to be read before it is sent."""
    _, template, context = seat_reminder(phase, recipient)
    return body_about_call(phase.call, template, **context)


def seat_reminder(phase, recipient) -> tuple[str, str, dict]:
    """What the message is about, its template and its context."""
    context = {
        "phase": phase,
        "seat": recipient.member.seat,
        "signs": recipient.member.signs,
        "files": recipient.files,
        "link": settings.BASE_URL + reverse("admin:committee_queue"),
    }
    return f"{phase.call.name}\u00a0: évaluations attendues", "emails/seat_reminder.txt", context
