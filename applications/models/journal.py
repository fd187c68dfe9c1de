"""The journal: one append-only line for each act, chained by hashes, read by applicants, staff and auditors alike."""

import hashlib
import json
from datetime import UTC

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from .workflow import TRANSITIONS, Status

OTHER_VERBS = {
    "create": "Candidature commencée",
    "present_again": "Présentée de nouveau dans une phase suivante",
    "discard": "Modifications non déposées abandonnées",
    "set_aside": "Modifications non déposées mises de côté",
    "invite": "Invitation envoyée",
    "cancel_invitation": "Invitation annulée",
    "ask_to_join": "Demande d’accès à la candidature",
    "refuse_to_join": "Demande d’accès refusée",
    "join": "Nouveau membre de la candidature",
    "change_role": "Rôle d’un membre modifié",
    "hand_over": "Responsabilité de la candidature confiée à un autre membre",
    "leave": "Départ d’un membre",
    "remove_member": "Membre retiré de la candidature",
    "message": "Message envoyé",
    "extend": "Délai accordé pour le dépôt",
    "postpone_supplements": "Échéance des compléments reportée",
    "cancel_supplement": "Complément retiré de la demande",
    "check_admissibility": "Liste de recevabilité remplie",
    "sign_review": "Évaluation signée",
    "recuse": "Déport enregistré",
    "dismiss_conflict": "Lien possible écarté",
    "reopen_review": "Évaluation rouverte",
    "invite_member": "Membre du comité invité",
    "cancel_member_invitation": "Invitation au comité annulée",
    "join_committee": "Invitation au comité acceptée",
    "remind_seats": "Sièges en retard relancés",
    "decide": "Décision consignée",
    "answer_question": "Réponse publiée à une question de candidat",
    "open_seal": "Levée du scellé",
    "convene": "Séance convoquée",
    "seat": "Présence notée",
    "open_session": "Séance ouverte",
    "call_file": "Dossier appelé",
    "close_session": "Séance levée",
    "open_remarks": "Procès-verbal soumis aux remarques",
    "remark": "Remarque sur le procès-verbal",
    "approve_minutes": "Procès-verbal approuvé",
    "export_record": "Dossier scellé de la phase remis",
    "plan_proclamation": "Proclamation programmée",
    "cancel_proclamation": "Proclamation programmée annulée",
    "rectify": "Rectification de la décision",
    "proclaim": "Proclamation des résultats",
    "note_milestone": "Étape de l’antenne notée",
    "correct_milestone": "Étape de l’antenne corrigée",
    "announce_opening": "Année d’ouverture annoncée",
    "revise_opening": "Ouverture reportée",
    "open_antenna": "Ouverture de l’antenne notée",
    "correct_opening": "Ouverture de l’antenne corrigée",
    "add_place": "Porteur ou site ajouté",
    "replace_place": "Porteur ou site remplacé",
    "remove_place": "Porteur ou site retiré",
    "change_contact": "Responsable de l’antenne modifié",
    "change_trainings": "Formations de l’antenne modifiées",
    "note_learners": "Nombre d’inscrits noté",
    "add_document": "Document de l’antenne ajouté",
    "ask_report": "Bilan annuel demandé",
    "write_report": "Brouillon du bilan enregistré",
    "submit_report": "Bilan annuel remis",
    "reopen_report": "Bilan annuel rouvert",
}
GENESIS = "0" * 64  # the hash before the first line of a chain


def subject_of(target) -> str:
    """The name of an object's chain in the journal, e.g. `candidature:12`."""
    return f"{target._meta.model_name}:{target.pk}"


class EventQuerySet(models.QuerySet):
    def about(self, target):
        return self.filter(subject=subject_of(target))

    def visible_to(self, user):
        """Staff read every line; others those that concern the applicant, on objects already found visible."""
        return self if user.is_staff else self.filter(audience=Event.Audience.APPLICANT)

    @transaction.atomic
    def record(self, target, verb, by, *, source="", note="", audience=None, **payload):
        """Append a line to the chain of `target`, inside the transaction of the act that it tells.

        The row of `target` is locked first, so that two lines never claim the same number.

        Returns:
            The new Event, its `hash` covering the line and the hash before it.
        """
        type(target)._base_manager.select_for_update(no_key=True).get(pk=target.pk)
        last = self.about(target).order_by("number").last()
        event = Event(
            subject=subject_of(target),
            number=last.number + 1 if last else 1,
            verb=verb,
            source=source,
            target=TRANSITIONS[verb].target if verb in TRANSITIONS else "",
            by=by,
            at=timezone.now(),
            note=note,
            audience=audience or Event.Audience.APPLICANT,
            payload=payload,
            previous_hash=last.hash if last else GENESIS,
        )
        event.hash = event.computed_hash()
        event.save(force_insert=True)
        return event


class Event(models.Model):
    """A line of the journal. Written by `Event.objects.record`, never edited."""

    class Audience(models.TextChoices):
        APPLICANT = "applicant", "porteurs et équipe"
        TEAM = "team", "équipe seule"

    subject = models.CharField("objet", max_length=60)
    number = models.PositiveIntegerField("numéro")
    verb = models.CharField("action", max_length=30)
    source = models.CharField("statut de départ", max_length=30, choices=Status, blank=True)
    target = models.CharField("statut d’arrivée", max_length=30, choices=Status, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, verbose_name="auteur")
    at = models.DateTimeField("date")
    note = models.TextField("motif", blank=True)
    audience = models.CharField("visible par", max_length=20, choices=Audience)
    payload = models.JSONField("données", default=dict, encoder=DjangoJSONEncoder)
    previous_hash = models.CharField("empreinte précédente", max_length=64)
    hash = models.CharField("empreinte", max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
        ordering = ["subject", "number"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "number"], name="event_number_unique_in_chain"),
            models.CheckConstraint(condition=Q(number__gte=1), name="event_number_from_one"),
        ]

    def __str__(self):
        return f"{timezone.localtime(self.at):%d/%m/%Y %H:%M} : {self.verb_label}"

    @property
    def verb_label(self) -> str:
        return TRANSITIONS[self.verb].done if self.verb in TRANSITIONS else OTHER_VERBS[self.verb]

    def computed_hash(self) -> str:
        """SHA-256, in hexadecimal, of the line as canonical JSON, previous hash included."""
        names = ("subject", "number", "verb", "source", "target", "by_id", "note", "audience", "payload")
        line = {name: getattr(self, name) for name in names}
        line |= {"at": self.at.astimezone(UTC).isoformat(), "previous_hash": self.previous_hash}
        text = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)
        return hashlib.sha256(text.encode()).hexdigest()


def broken_chains() -> dict[str, str]:
    """Recompute every chain: what is wrong, by subject. Empty when the journal is whole."""
    wrong, subject, previous = {}, None, None
    for event in Event.objects.order_by("subject", "number").iterator():
        if event.subject != subject:
            subject, previous, expected = event.subject, GENESIS, 1
        if event.number != expected:
            wrong.setdefault(subject, f"ligne {expected} manquante")
        elif event.previous_hash != previous:
            wrong.setdefault(subject, f"ligne {event.number} : ne suit pas la précédente")
        elif event.hash != event.computed_hash():
            wrong.setdefault(subject, f"ligne {event.number} : modifiée")
        previous, expected = event.hash, event.number + 1
    return wrong
