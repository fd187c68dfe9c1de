import pytest

from tests.factories import StaffFactory


@pytest.fixture
def without_second_factor(settings):
    """The pages of staff and committee, for tests that are not about signing in."""
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def staff(client):
    """Somebody of the programme's team, signed in."""
    person = StaffFactory()
    client.force_login(person)
    return person
