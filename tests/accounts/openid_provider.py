"""An OpenID provider that behaves as ProConnect does, on a real HTTP port, to sign in against."""

import json
import secrets
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT_ID, CLIENT_SECRET = "portail", "le-secret-du-portail"
ACCEPTED = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values", "prompt", "claims"}


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEYS = {"RS256": new_key(), "ES256": ec.generate_private_key(ec.SECP256R1())}  # published, each named by its algorithm


class Provider:
    """What it says of the next person, and what it will do wrong if told to. One test each."""

    def __init__(self, port: int):
        self.url = f"http://127.0.0.1:{port}"
        self.algorithm = "RS256"
        self.person = {
            "sub": "6f1d-marie",
            "given_name": "Marie",
            "usual_name": "Durand",
            "email": "marie.durand@mende.example.fr",
            "siret": "21480095500012",
            "uid": "mdurand",
        }
        self.refusal = None  # what /authorize answers instead of a code
        self.in_id_token = {}  # claims that replace the right ones
        self.in_userinfo = {}
        self.id_token_key = self.userinfo_key = None  # other keys than the published ones
        self.key_id = None  # that its tokens name
        self.broken = set()  # paths that answer 500
        self.unpublished = set()  # what its discovery leaves out
        self.codes, self.tokens, self.requests = {}, set(), []

    @property
    def settings(self) -> dict:
        return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "server": self.url}

    @property
    def discovery(self) -> dict:
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "session/end"}
        endpoints = {f"{name}_endpoint": f"{self.url}/{path}" for name, path in names.items()}
        published = endpoints | {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"}
        return {name: value for name, value in published.items() if name not in self.unpublished}

    @property
    def jwks(self) -> dict:
        published = {"RS256": jwt.algorithms.RSAAlgorithm, "ES256": jwt.algorithms.ECAlgorithm}
        keys = {name: json.loads(kind.to_jwk(KEYS[name].public_key())) for name, kind in published.items()}
        return {"keys": [key | {"kid": name, "alg": name, "use": "sig"} for name, key in keys.items()]}

    def signed(self, claims: dict, key=None) -> str:
        now = int(time.time())
        dated = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 60} | claims
        named = {"kid": self.key_id or self.algorithm}
        return jwt.encode(dated, key or KEYS[self.algorithm], algorithm=self.algorithm, headers=named)

    def authorize(self, query: dict) -> str:
        """Where to send the browser back."""
        assert set(query) <= ACCEPTED, f"ProConnect refuses {set(query) - ACCEPTED}"
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT_ID)
        assert min(len(query["state"]), len(query["nonce"])) >= 32
        self.requests.append(query)
        if self.refusal:
            return f"{query['redirect_uri']}?{urlencode({'error': self.refusal, 'state': query['state']})}"
        code = secrets.token_urlsafe()
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, form: dict) -> dict | None:
        """The tokens that a code is worth, once."""
        query = self.codes.pop(form.get("code"), None)
        presented = (form.get("client_id"), form.get("client_secret"), form.get("grant_type"), form.get("redirect_uri"))
        if query is None or presented != (CLIENT_ID, CLIENT_SECRET, "authorization_code", query["redirect_uri"]):
            return None
        access_token = secrets.token_urlsafe()
        self.tokens.add(access_token)
        identity = {"sub": self.person["sub"], "nonce": query["nonce"], "acr": query["acr_values"]}
        id_token = self.signed(identity | self.in_id_token, self.id_token_key)
        return {"access_token": access_token, "token_type": "Bearer", "expires_in": 60, "id_token": id_token}

    def userinfo(self, authorization: str) -> str | None:
        if authorization.removeprefix("Bearer ") not in self.tokens:
            return None
        return self.signed(self.person | self.in_userinfo, self.userinfo_key)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        provider = self.server.provider
        if url.path in provider.broken:
            self.answer(500, "text/plain", "panne")
        elif url.path == "/.well-known/openid-configuration":
            self.answer(200, "application/json", json.dumps(provider.discovery))
        elif url.path == "/jwks":
            self.answer(200, "application/json", json.dumps(provider.jwks))
        elif url.path == "/authorize":
            self.answer(303, "text/html", "", Location=provider.authorize(query))
        elif url.path == "/session/end":
            back = f"{query['post_logout_redirect_uri']}?{urlencode({'state': query['state']})}"
            self.answer(303, "text/html", "", Location=back)
        else:
            token = provider.userinfo(self.headers.get("Authorization", ""))
            self.answer(200 if token else 401, "application/jwt", token or "")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        tokens = self.server.provider.exchange({name: values[0] for name, values in parse_qs(body).items()})
        self.answer(200 if tokens else 400, "application/json", json.dumps(tokens or {"error": "invalid_grant"}))

    def answer(self, status, content_type, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body.encode())), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments):
        """Nothing: what the portal says of a failure is what counts."""


@contextmanager
def running_provider():
    """A provider that answers until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.provider = Provider(server.server_port)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
