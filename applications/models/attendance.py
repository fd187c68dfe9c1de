"""Who is in the room: presence and powers seat by seat, who has a voice for a file, and whether the quorum is there."""

from dataclasses import dataclass
from math import ceil

from django.db import models
from django.db.models import F, Q

from .carriers import Membership
from .committee import Member, Seat
from .recusals import Recusal


class Attendance(models.Model):
    """Where one seat stands in one session, now. The journal of the session keeps every change with its hour."""

    class State(models.TextChoices):
        ABSENT = "absent", "absent"
        PRESENT = "present", "présent"
        REPRESENTED = "represented", "représenté"

    session = models.ForeignKey("CommitteeSession", models.PROTECT, "attendances", verbose_name="séance")
    seat = models.ForeignKey(Seat, models.PROTECT, "attendances", verbose_name="siège")
    state = models.CharField("présence", max_length=20, choices=State, default=State.ABSENT)
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        "attendances",
        null=True,
        blank=True,
        verbose_name="personne",
        help_text="Qui siège, ou qui a donné pouvoir.",
    )
    holder = models.ForeignKey(
        Seat, models.PROTECT, "powers", null=True, blank=True, verbose_name="siège qui reçoit le pouvoir"
    )

    class Meta:
        verbose_name = "présence"
        ordering = ["session", "seat__position", "seat"]
        constraints = [
            models.UniqueConstraint(fields=["session", "seat"], name="attendance_once_per_seat"),
            models.CheckConstraint(
                condition=Q(state="represented", holder__isnull=False)
                | Q(state__in=["absent", "present"], holder__isnull=True),
                name="attendance_represented_by_a_seat",
            ),
            models.CheckConstraint(condition=~Q(holder=F("seat")), name="attendance_power_goes_to_another_seat"),
        ]

    def __str__(self):
        return f"{self.seat.organisation.short_name} : {self.get_state_display()}"


@dataclass(frozen=True)
class Room:
    """The seats of a session, for one file or for none: `away` have left because they are recused from it."""

    attendances: list[Attendance]
    away: dict[int, str]  # key of a seat → who left, in words
    percent: int  # the quorum of the call

    def is_present(self, attendance) -> bool:
        """Whether the seat is there for this file, in person or by a power whose holder is there."""
        if attendance.seat_id in self.away:
            return False
        if attendance.state == Attendance.State.REPRESENTED:
            return any(
                each.seat_id == attendance.holder_id
                and each.state == Attendance.State.PRESENT
                and each.seat_id not in self.away
                for each in self.attendances
            )
        return attendance.state == Attendance.State.PRESENT

    @property
    def present(self) -> list[Attendance]:
        return [each for each in self.attendances if self.is_present(each)]

    @property
    def voices(self) -> list[Attendance]:
        """The seats that vote: votes for, against and abstentions add up to their number."""
        return [each for each in self.present if each.seat.is_voting]

    @property
    def leaving(self) -> list[str]:
        """Who goes out for this file, in words. Those who are absent have nothing to leave."""
        there = [each for each in self.attendances if each.state != Attendance.State.ABSENT]
        return [self.away[each.seat_id] for each in there if each.seat_id in self.away]

    @property
    def lapsed(self) -> list[Attendance]:
        """The powers that count for nothing now: whoever received one is not there, or has gone out for this file."""
        given = [each for each in self.attendances if each.state == Attendance.State.REPRESENTED]
        return [each for each in given if each.seat_id not in self.away and not self.is_present(each)]

    @property
    def has_chair(self) -> bool:
        """Whether whoever presides is there to vote."""
        there = [each for each in self.voices if each.state == Attendance.State.PRESENT and each.member]
        return any(each.member.is_chair for each in there)

    @property
    def counted(self) -> int:
        """The seats among which the quorum is counted: those that count in it and have not left for this file."""
        return sum(each.seat.counts_in_quorum and each.seat_id not in self.away for each in self.attendances)

    @property
    def quorate(self) -> int:
        """The seats present or represented that count in the quorum."""
        return sum(each.seat.counts_in_quorum for each in self.present)

    @property
    def needed(self) -> int:
        return max(1, ceil(self.counted * self.percent / 100))

    @property
    def quorum_in_words(self) -> str:
        """« 6 sièges présents ou représentés, 5 nécessaires »."""
        many, needed = ("s" if number > 1 else "" for number in (self.quorate, self.needed))
        seats = f"{self.quorate} siège{many} présent{many} ou représenté{many}"
        return f"{seats}, {self.needed} nécessaire{needed}"

    @property
    def why_not_valid(self) -> str:
        """Why nothing can be decided in this room, or ""."""
        if not any(each.seat.is_voting for each in self.attendances):
            return "Aucun siège du comité n’a voix délibérative : la séance ne peut rien décider."
        if self.quorate < self.needed:
            return f"Le quorum n’est pas atteint : {self.quorum_in_words}."
        if not self.voices:
            return "Aucun siège présent n’a voix délibérative pour ce dossier."
        return ""


def room_of(session, candidature=None) -> Room:
    """The room as it stands now, without those who must leave for `candidature`. One query, three for a file."""
    attendances = list(
        session.attendances.select_related("seat__organisation", "member__user", "holder__organisation").order_by(
            "seat__position", "seat"
        )
    )
    away = away_from(candidature, attendances) if candidature else {}
    return Room(attendances, away, session.phase.call.quorum_percent)


def away_from(candidature, attendances) -> dict[int, str]:
    """The seats that leave the room for this file, and who: a whole seat, or the person who sits for it."""
    recusals = Recusal.objects.filter(candidature=candidature).values_list("seat", "member__user")
    members = Membership.objects.filter(candidature=candidature).values_list("user", flat=True)
    return away_of(attendances, list(recusals), set(members))


def away_of(attendances, recusals, members) -> dict[int, str]:
    """
    Args:
        recusals: pairs of a seat and of a person, None for the whole seat (their keys).
        members: those who work on the file (their keys).
    """
    whole = {seat for seat, person in recusals if person is None}
    people = members | {person for _, person in recusals if person is not None}
    away = {}
    for each in attendances:
        name = str(each.seat.organisation)
        if each.seat_id in whole:
            away[each.seat_id] = name
        elif each.member and each.member.user_id in people:
            away[each.seat_id] = f"{each.member.user} ({name})"
    return away


def unknown_to(room, phase) -> set[int]:
    """The files of the phase (their keys) whose rank somebody in this room may not know. Two queries."""
    there = [each for each in room.attendances if each.state == Attendance.State.PRESENT]
    there = [each for each in there if each.seat_id not in room.away]
    recusals, members = {}, {}
    for file, *pair in Recusal.objects.filter(candidature__phase=phase).values_list(
        "candidature", "seat", "member__user"
    ):
        recusals.setdefault(file, []).append(pair)
    for file, person in Membership.objects.filter(candidature__phase=phase).values_list("candidature", "user"):
        members.setdefault(file, set()).add(person)
    files = {*recusals, *members}
    return {file for file in files if away_of(there, recusals.get(file, []), members.get(file, set()))}
