import pytest

from tests.accounts.openid_provider import running_provider


@pytest.fixture
def provider(settings):
    """A provider that behaves as ProConnect, and a portal set up for it."""
    with running_provider() as provider:
        settings.PROCONNECT = provider.settings
        yield provider
