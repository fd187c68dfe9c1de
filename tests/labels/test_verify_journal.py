from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from applications.models import Candidature, Event
from tests.factories import PhaseFactory, UserFactory


@pytest.fixture
def candidature():
    return Candidature.start(PhaseFactory().call, UserFactory())


def verify() -> str:
    output = StringIO()
    call_command("verify_journal", stdout=output)
    return output.getvalue()


def test_whole_journal_is_said_whole(candidature):
    assert "1 lignes, 1 chaînes" in verify()


def test_line_changed_behind_the_portal_is_named(candidature):
    Event.objects.update(note="réécrit")
    errors = StringIO()

    with pytest.raises(CommandError, match="1 chaîne") as failure:
        call_command("verify_journal", stderr=errors)
    assert failure.value.returncode == 1
    assert f"candidature:{candidature.pk} : ligne 1 : modifiée" in errors.getvalue()


def test_empty_journal_is_whole():
    assert "0 lignes" in verify()
