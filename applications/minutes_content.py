"""Everything that the minutes of a session tell, as plain JSON, and what of it a reader may know.

Presence and decisions come from the journal, so that the minutes of a session keep what it decided even when a later
session decides again.
"""

from datetime import UTC
from math import ceil

from django.db import transaction
from django.db.models import Q

from .models import Attendance, Candidature, Event, Member, Minutes, Recusal, ranking, tie_criteria, tie_rule
from .models.journal import subject_of

FORMAT = 1
RECUSED, NOT_OPEN = "Vous êtes déporté de ce dossier.", "Ce dossier ne vous est pas ouvert."
State = Attendance.State


def content_of(minutes) -> dict:
    """What the minutes tell: as approved, or else as the session stands now."""
    return minutes.content if minutes.is_approved else minutes_content(minutes.session)


@transaction.atomic
def approve_as_read(minutes, by, seen: str):
    """Approve the minutes as they stand, which must be what `by` has read: no remark comes in between.

    Args:
        seen: the hash of the content that `by` has read.

    Raises:
        ChangedMeanwhile: the minutes changed since.
        ForbiddenTransition: as `Minutes.approve`.
    """
    minutes.take()
    minutes.approve(by, minutes_content(minutes.session), seen)


def minutes_content(session) -> dict:
    """The minutes of `session` as they stand now, whole: `copy_for` cuts them down to what a reader may know.

    Moments are ISO 8601 in UTC, averages and mean marks are text of two decimals. A constant number of queries.
    """
    phase = session.phase
    minutes, lines = Minutes.of(session), list(Event.objects.about(session).order_by("number"))
    carriers = [f"candidature__carriers__{kind}" for kind in ("commune", "epci")]
    items = list(session.items.select_related("candidature__call").prefetch_related(*carriers).order_by("position"))
    presence = presence_of(session, lines)
    decisions = decisions_of(session, items)
    files = [decided(item, decisions[item.candidature_id]) for item in items if item.candidature_id in decisions]
    breaking = tie_criteria(phase)
    return {
        "format": FORMAT,
        "call": {"name": phase.call.name, "is_demo": phase.call.is_demo},
        "phase": phase.number,
        "session": about(session) | {"presided_by": presided_by(session, presence["seats"])},
        **presence,
        "agenda": [named(item.candidature) | {"called_at": moment(item.called_at)} for item in items],
        "files": sorted(files, key=lambda file: (file["called_at"], file["reference"])),
        "undecided": [waiting(item, lines) for item in items if item.candidature_id not in decisions],
        "extensions": extensions_of(phase),
        "observations": minutes.observations,
        "remarks": remarks_of(minutes),
        "tie_rule": tie_rule(breaking),
        "tie_criteria": [criterion.name for criterion in breaking],
        "ranking": [ranked(file, breaking) for file in ranking(phase, None, breaking)],
    }


def moment(value) -> str:
    return value.astimezone(UTC).isoformat() if value else ""


def decimal(value) -> str | None:
    return None if value is None else f"{value:.2f}"


def about(session) -> dict:
    return {
        "number": session.number,
        "place": session.place,
        "secretary": session.secretary,
        "order": session.order,
        **{name: moment(getattr(session, name)) for name in ("meets_at", "convened_at", "opened_at", "closed_at")},
    }


# Presence


def presence_of(session, lines) -> dict:
    """Each seat as it stood when the session opened (as it stands, before that), then every change with its hour."""
    rows = session.attendances.select_related("seat__organisation").order_by("seat__position", "seat")
    seats = {row.seat_id: seat_of(row.seat) for row in rows}
    opened = next((line.number for line in lines if line.verb == "open_session"), None)
    noted = [line for line in lines if line.verb == "seat"]
    before = [line for line in noted if opened is None or line.number < opened]
    for line in before:
        seats[line.payload["seat_key"]] |= stood(line)
    percent = session.phase.call.quorum_percent
    return {
        "quorum": {"percent": percent} | quorum(seats, percent),
        "seats": list(seats.values()),
        "changes": changes_of(seats, noted[len(before) :], percent),
    }


def seat_of(seat) -> dict:
    """A seat that nothing has been noted of yet."""
    rights = {"voting": seat.is_voting, "counts_in_quorum": seat.counts_in_quorum}
    stands = {"state": State.ABSENT.value, "member": "", "holder": "", "holder_key": None}
    return {"name": str(seat.organisation)} | rights | stands


def stood(line) -> dict:
    return {name: line.payload[name] for name in ("state", "member", "holder", "holder_key")}


def changes_of(seats, lines, percent) -> list[dict]:
    now, changes = {key: dict(seat) for key, seat in seats.items()}, []
    for line in lines:
        key = line.payload["seat_key"]
        now[key] |= stood(line)
        changes.append({"at": moment(line.at), "seat": now[key]["name"]} | stood(line) | quorum(now, percent))
    return changes


def quorum(seats, percent) -> dict:
    """How many seats that count are there or represented, and how many are needed: as `Room` counts, for no file."""

    def is_there(seat) -> bool:
        holder = seats.get(seat["holder_key"], {"state": State.ABSENT})
        return State.PRESENT in (seat["state"], holder["state"])

    counting = [seat for seat in seats.values() if seat["counts_in_quorum"]]
    return {"there": sum(map(is_there, counting)), "needed": max(1, ceil(len(counting) * percent / 100))}


def presided_by(session, seats) -> str:
    """Whoever presides over the committee and was there; "" otherwise."""
    chairs = Member.objects.filter(seat__call=session.phase.call_id, is_chair=True).select_related("user")
    names = {str(chair.user) for chair in chairs}
    there = [seat["member"] for seat in seats if seat["state"] == State.PRESENT]
    return ", ".join(name for name in there if name in names)


# Files


def named(candidature) -> dict:
    return {"reference": candidature.reference, "title": candidature.title}


def decisions_of(session, items) -> dict[int, list[Event]]:
    """The lines of what this session decided of each file, by key; before them, the last line of the one before."""
    keys = {subject_of(item.candidature): item.candidature_id for item in items}
    found = {}
    for line in Event.objects.filter(subject__in=keys, verb="decide").order_by("number"):
        number, key = line.payload["session"], keys[line.subject]
        if number < session.number:
            found[key] = [line]
        elif number == session.number:
            found.setdefault(key, []).append(line)
    return {key: lines for key, lines in found.items() if lines[-1].payload["session"] == session.number}


def decided(item, lines) -> dict:
    first, told = lines[0].payload, lines[-1].payload
    is_replaced = first["session"] != told["session"]
    kept = ("outcome", "conditions", "reserve_rank", "points")
    votes = ("votes_for", "votes_against", "abstentions", "has_casting_vote")
    return {
        **named(item.candidature),
        "carriers": [carrier.name for carrier in item.candidature.carriers.all()],
        "called_at": moment(item.called_at),
        "decided_at": moment(lines[-1].at),
        "room": told["room"],
        **{name: told[name] for name in (*kept, *votes)},
        "reason": lines[-1].note,
        "replaces": {"session": first["session"], "outcome": first["outcome"]} if is_replaced else None,
    }


def waiting(item, lines) -> dict:
    """A file without a decision, and who had left when it was called."""
    calls = [line for line in lines if line.verb == "call_file" and line.payload["file"] == item.candidature.reference]
    away = calls[-1].payload["away"] if calls else []
    return named(item.candidature) | {"called_at": moment(item.called_at), "away": away}


def extensions_of(phase) -> list[dict]:
    granted = phase.extensions.select_related("candidature__call", "by").order_by("at", "pk")
    return [
        {
            "reference": each.candidature.reference,
            "until": moment(each.until),
            "reason": each.reason,
            "by": str(each.by),
            "at": moment(each.at),
        }
        for each in granted
    ]


def remarks_of(minutes) -> list[dict]:
    if minutes.pk is None:
        return []
    return [
        {
            "by": str(each.by),
            "at": moment(each.at),
            "text": each.text,
            "reference": each.candidature.reference if each.candidature else "",
        }
        for each in minutes.remarks.select_related("by", "candidature__call").order_by("at", "pk")
    ]


def ranked(file, breaking) -> dict:
    ties = [decimal(getattr(file, f"tie_{place}")) for place, _ in enumerate(breaking, start=1)]
    return named(file) | {
        "rank": file.rank,
        "average": decimal(file.average),
        "ties": ties,
        "submitted_at": moment(file.submitted_at),
    }


# What a reader may know


def closed_to(user, minutes, content) -> dict[str, str]:
    """The files of these minutes that `user` may not know, by reference, with why. Never any for the team."""
    if user.is_staff:
        return {}
    files = Candidature.objects.filter(phase=minutes.session.phase_id).select_related("call")
    recused = Recusal.objects.concerning(user).values("candidature")
    mine = {file.reference for file in files.filter(Q(pk__in=recused) | Q(memberships__user=user))}
    readable = {file.reference for file in files & Candidature.objects.deliberated_by(user)}
    told = [each["reference"] for part in ("agenda", "ranking", "extensions") for each in content[part]]
    return {name: RECUSED if name in mine else NOT_OPEN for name in dict.fromkeys(told) if name not in readable}


def copy_for(user, minutes, content) -> dict:
    """The minutes that `user` may read: closed files are gone from every part, `closed` names them and says why.

    Ranks are counted without them, as everywhere in the portal; the ranks in the reserve, which would tell theirs, are
    left out.
    """
    closed = closed_to(user, minutes, content)
    parts = ("agenda", "files", "undecided", "extensions", "remarks", "ranking")
    kept = {part: [each for each in content[part] if each["reference"] not in closed] for part in parts}
    if closed:
        kept["files"] = [file | {"reserve_rank": None} for file in kept["files"]]
        kept["ranking"] = [line | {"rank": place} for place, line in enumerate(kept["ranking"], start=1)]
    told = {each["reference"] for part in ("agenda", "ranking") for each in content[part]}
    return content | kept | {"closed": [{"reference": name, "why": closed[name]} for name in sorted(told & {*closed})]}
