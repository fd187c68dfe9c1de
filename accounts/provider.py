"""ProConnect as a provider of django-allauth, which finds this module by its name."""

from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider

from . import proconnect


class ProConnectProvider(OpenIDConnectProvider):
    id = proconnect.ID
    name = "ProConnect"
    oauth2_adapter_class = proconnect.ProConnectAdapter

    def redirect(self, request, process, next_url=None, data=None, **kwargs):
        """Send the person to ProConnect.

        What the address bar may ask of django-allauth (other scopes, other parameters, another process) is left out:
        a link made by somebody else must not choose the nonce.
        """
        state = proconnect.new_state()
        parameters = {"acr_values": "eidas1", "nonce": proconnect.nonce_for(state)}
        return super().redirect(
            request,
            AuthProcess.LOGIN,
            next_url,
            state_id=state,
            scope=proconnect.SCOPES,
            auth_params=parameters,
        )

    def extract_common_fields(self, data) -> dict:
        names = [str(data.get(claim) or "").strip() for claim in ("given_name", "usual_name")]
        return {"email": data.get("email"), "name": " ".join(filter(None, names))}

    def extract_extra_data(self, data) -> dict:
        """What is kept of a sign-in: only what the portal uses."""
        return {"siret": proconnect.clean_siret(data.get("siret"))}


provider_classes = [ProConnectProvider]
