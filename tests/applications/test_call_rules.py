"""What a call and its phases may never say, whoever writes it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from applications.models import SelectionPhase
from tests.factories import CallFactory, CandidatureFactory, PhaseFactory, StaffFactory


@pytest.mark.parametrize("prefix", ["AMI 3", "AMI/3", "ami3", "AMI3\n", "É", ""])
def test_prefix_that_no_reference_could_hold_is_refused(prefix):
    with pytest.raises(ValidationError) as refusal:
        CallFactory.build(prefix=prefix).clean_fields()

    assert "prefix" in refusal.value.message_dict


@pytest.mark.usefixtures("without_second_factor")
def test_prefix_and_address_stay_once_a_reference_was_given(client):
    client.force_login(StaffFactory())
    unused, used = CallFactory(), CandidatureFactory().call

    for call in (unused, used):
        page = client.get(reverse("admin:applications_call_change", args=[call.pk])).content.decode()
        assert ('name="prefix"' in page, 'name="slug"' in page) == (call == unused, call == unused)


def test_phase_is_not_opened_again_once_its_seal_is_open():
    phase = PhaseFactory(closed=True, seal_opened_at=timezone.now())
    phase.closes_at = timezone.now() + timedelta(days=9)

    with pytest.raises(ValidationError, match="elle ne peut plus être rouverte"):
        phase.full_clean()
    with pytest.raises(IntegrityError):
        phase.save()


def test_database_refuses_results_proclaimed_under_the_seal():
    phase = PhaseFactory(closed=True)

    with pytest.raises(IntegrityError):
        SelectionPhase.objects.filter(pk=phase.pk).update(proclaimed_at=F("closes_at"))


def test_closing_in_another_age_is_refused():
    phase = SelectionPhase(call=CallFactory(), number=1, closes_at=datetime(9999, 12, 31, 22, 59, 59, tzinfo=UTC))

    with pytest.raises(ValidationError, match="Cette date de clôture n’est pas possible"):
        phase.full_clean()
