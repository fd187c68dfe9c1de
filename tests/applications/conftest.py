import pytest


@pytest.fixture
def without_second_factor(settings):
    """The pages of staff and committee, for tests that are not about signing in."""
    settings.REQUIRE_SECOND_FACTOR = False
