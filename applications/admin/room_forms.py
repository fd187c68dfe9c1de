"""What is typed in a session: who is there, the decision of a file, the vote. Saving is left to the models’ verbs."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from ..models import Attendance, CommitteeSession, Decision, Member, Proposal, Vote
from .follow_forms import FURTHEST, MomentField
from .forms import long_text

State = Attendance.State
LEAST_POINTS, MOST_POINTS = 2, 20  # rows of points to improve


def check_session_day(moment):
    """Refuse a moment so far, before or after now, that it must be a typing error."""
    if moment < timezone.now() - timedelta(days=1):
        raise forms.ValidationError("Cette date est passée\u00a0: une séance se convoque au plus tard le jour même.")
    if moment > timezone.now() + FURTHEST:
        raise forms.ValidationError("Cette date est trop lointaine\u00a0: un an au plus à compter d’aujourd’hui.")


class SessionMomentField(MomentField):
    default_validators = [check_session_day]


class ConveneForm(forms.ModelForm):
    meets_at = SessionMomentField(label="Date et heure", help_text="Heure de Paris.")

    class Meta:
        model = CommitteeSession
        fields = ["meets_at", "place", "secretary", "order", "minutes_per_file"]
        widgets = {"order": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[
            "order"
        ].help_text = (
            "Un dossier dont quelqu’un du comité est déporté passe à la fin\u00a0: sa place ne dit rien de son rang."
        )
        self.fields["minutes_per_file"].help_text = "Le temps prévu pour chaque dossier, affiché pendant la séance."


class PresenceForm(forms.Form):
    """One list for each seat: absent, who sits for it, or to which other seat it gave its power."""

    def __init__(self, session, room, data=None):
        super().__init__(data)
        self.attendances = room.attendances
        self.seats = {each.seat_id: each.seat for each in self.attendances}
        self.members = {}
        current = Member.objects.current().filter(seat__call=session.phase.call_id).select_related("user")
        for member in current.order_by("-is_titular", "pk"):
            self.members.setdefault(member.seat_id, {})[member.pk] = member
        for each in self.attendances:
            self.fields[name_of(each)] = forms.ChoiceField(
                label=str(each.seat.organisation), choices=self.choices_of(each), initial=key_of(each), required=False
            )

    def choices_of(self, attendance) -> list:
        members = dict(self.members.get(attendance.seat_id, {}))
        if attendance.member:  # whose term may have ended since
            members.setdefault(attendance.member_id, attendance.member)
        people = [(f"member-{pk}", f"Présent\u00a0: {member.user}") for pk, member in members.items()]
        others = [(pk, seat) for pk, seat in self.seats.items() if pk != attendance.seat_id]
        powers = [(f"power-{pk}", f"Pouvoir à {seat.organisation.short_name}") for pk, seat in others]
        people = people or [("present", "Présent")]
        return [("absent", "Absent"), ("En personne", people), ("Représenté", powers)]

    def rows(self) -> list:
        """Each seat with its list, for the template."""
        return [(each, self[name_of(each)]) for each in self.attendances]

    def places(self) -> list[tuple]:
        """What changed, as `CommitteeSession.seat_all` takes it."""
        found = ((each, self.cleaned_data[name_of(each)]) for each in self.attendances)
        return [self.place_of(each, key) for each, key in found if key and key != key_of(each)]

    def place_of(self, attendance, key) -> tuple:
        kind, _, number = key.partition("-")
        if kind == "power":
            return attendance, State.REPRESENTED, None, self.seats[int(number)]
        member = self.members.get(attendance.seat_id, {}).get(int(number)) if kind == "member" else None
        return attendance, State.ABSENT if kind == "absent" else State.PRESENT, member, None


def name_of(attendance) -> str:
    return f"seat_{attendance.seat_id}"


def key_of(attendance) -> str:
    """Where the seat stands, as its list says it."""
    if attendance.state == State.REPRESENTED:
        return f"power-{attendance.holder_id}"
    if attendance.state == State.ABSENT:
        return "absent"
    return f"member-{attendance.member_id}" if attendance.member_id else "present"


class DecisionForm(forms.Form):
    """The decision of a file while it is being written: nothing is asked yet, the reading back says what lacks."""

    outcome = forms.ChoiceField(
        label="Proposition mise au vote", choices=Decision.Outcome.choices, widget=forms.RadioSelect, required=False
    )
    reason = long_text("Motif", 5, max_length=8000, required=False, help_text="Il figurera dans la lettre au porteur.")
    conditions = long_text("Conditions du label", 3, max_length=4000, required=False)
    reserve_rank = forms.IntegerField(label="Rang dans la réserve", min_value=1, max_value=999, required=False)
    draft_revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, item, decision=None, data=None):
        draft = item.draft or draft_of(decision)
        super().__init__(data, initial=draft | {"draft_revision": item.draft_revision})
        self.item = item
        if not draft.get("reserve_rank"):
            self.initial["reserve_rank"] = Decision.next_reserve_rank(item.candidature.phase)
        for name in ("conditions", "reason"):
            self.fields[name].widget.attrs["placeholder"] = " "  # lets the style see an empty one
        self._add_points(draft.get("points", []))

    def _add_points(self, points):
        call = self.item.candidature.call
        titles = list(dict.fromkeys([*call.sections.values_list("title", flat=True), *(p["section"] for p in points)]))
        sections = [("", "Ensemble du dossier"), *((title, title) for title in titles if title)]
        typed = sum(f"point_{number}_text" in self.data for number in range(1, MOST_POINTS + 1))
        self.count = min(MOST_POINTS, max(typed, len(points) + LEAST_POINTS))
        for number, point in zip(range(1, self.count + 1), [*points, *[{}] * self.count], strict=False):
            self.fields[f"point_{number}_section"] = forms.ChoiceField(
                label=f"Point {number}, rubrique", choices=sections, required=False, initial=point.get("section", "")
            )
            self.fields[f"point_{number}_text"] = long_text(
                f"Point {number}, à améliorer", 2, max_length=2000, required=False, initial=point.get("text", "")
            )
            self.fields[f"point_{number}_text"].widget.attrs["placeholder"] = " "

    def points(self) -> list:
        """The pairs of fields of each point, for the template."""
        return [(self[f"point_{n}_section"], self[f"point_{n}_text"]) for n in range(1, self.count + 1)]

    def draft(self) -> dict:
        """What was typed, as `AgendaItem.draft` keeps it."""
        data = self.cleaned_data
        points = [
            {"section": data[f"point_{n}_section"], "text": data[f"point_{n}_text"]}
            for n in range(1, self.count + 1)
            if data[f"point_{n}_text"]
        ]
        kept = {name: data[name] for name in ("outcome", "reason", "conditions", "reserve_rank")}
        return kept | {"points": points}

    def over(self, item):
        """The same typed text, now knowing what `item` holds: saving it again replaces that on purpose."""
        return type(self)(item, None, self.data.dict() | {"draft_revision": item.draft_revision})


def draft_of(decision) -> dict:
    """A recorded decision as it would be typed again; {} without one."""
    if decision is None:
        return {}
    return {name: getattr(decision, name) for name in ("outcome", "reason", "conditions", "reserve_rank", "points")}


def proposal_of(draft) -> Proposal:
    """What is put to the vote, from what was typed. A missing part is an empty one."""
    return Proposal(
        draft.get("outcome", ""),
        draft.get("reason", ""),
        draft.get("conditions", ""),
        draft.get("reserve_rank"),
        draft.get("points", []),
    )


class VoteForm(forms.Form):
    """The vote on the text that was read back. It is kept as it is typed, and must be whole to be recorded."""

    VOICES = ("votes_for", "votes_against", "abstentions")

    votes_for = forms.IntegerField(label="Pour", min_value=0, max_value=999)
    votes_against = forms.IntegerField(label="Contre", min_value=0, max_value=999)
    abstentions = forms.IntegerField(label="Abstentions", min_value=0, max_value=999)
    has_casting_vote = forms.BooleanField(
        label="À égalité, la voix prépondérante de la présidence adopte la proposition", required=False
    )
    draft_revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, item, data=None, is_whole=True):
        vote = item.draft.get("vote", {})
        super().__init__(data, initial=vote | {"draft_revision": item.draft_revision})
        for name in self.VOICES:
            self.fields[name].required = is_whole
            self.fields[name].widget.attrs["inputmode"] = "numeric"

    def vote(self) -> Vote:
        return Vote(**{name: self.cleaned_data[name] for name in (*self.VOICES, "has_casting_vote")})

    def kept(self) -> dict:
        """What was typed, as `AgendaItem.draft` keeps it under "vote"."""
        return {name: self.cleaned_data[name] for name in (*self.VOICES, "has_casting_vote")}

    def over(self, item):
        """The same numbers, for the text that `item` holds now."""
        return type(self)(item, self.data.dict() | {"draft_revision": item.draft_revision})
