"""A sign-on service for tests: a real HTTP server that speaks OpenID Connect, checks PKCE, and can be told to lie."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, redirect, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "soundings", "a secret of sixteen"


@dataclass
class Service:
    """Who signs on next, and how the service lies about it.

    lie     none | nonce | audience | issuer | expired | unsigned | our_secret | stranger | no_token
    """

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    lie: str = "none"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    asked_keys: int = 0

    def new_key(self) -> None:
        """Change the signing key, as services do now and then."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})

    def token(self, nonce: str) -> str:
        """The service's word about who signed on."""
        now = int(time.time())
        said = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.claims}
        said |= {
            "nonce": {"nonce": "of another log-in"},
            "audience": {"aud": "another program"},
            "issuer": {"iss": "http://elsewhere.test"},
            "expired": {"exp": now - 3600, "iat": now - 7200},
        }.get(self.lie, {})
        if self.lie == "unsigned":
            parts = ('{"alg":"none"}', json.dumps(said))
            return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "."
        if self.lie == "our_secret":
            return jwt.encode({"alg": "HS256"}, said, OctKey.import_key(SECRET.ljust(32, "x")), algorithms=["HS256"])
        key = RSAKey.generate_key(2048, {"kid": self.key.kid or ""}) if self.lie == "stranger" else self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, said, key)


def make(service: Service) -> Flask:
    """The service's pages."""
    app = Flask("sign_on")

    @app.get("/.well-known/openid-configuration")
    def metadata() -> dict[str, Any]:
        pages = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": service.address, **{name: service.address + path for name, path in pages.items()}}

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        service.asked_keys += 1
        return {"keys": [service.key.as_dict(private=False)]}

    @app.get("/authorize")
    def authorize() -> Any:
        assert request.args["code_challenge_method"] == "S256"
        assert request.args["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        service.codes[code] = {name: request.args[name] for name in ("code_challenge", "nonce", "redirect_uri")}
        return redirect(request.args["redirect_uri"] + "?" + urlencode({"code": code, "state": request.args["state"]}))

    @app.post("/token")
    def token() -> Any:
        kept = service.codes.pop(request.form["code"], None)
        made = base64.urlsafe_b64encode(hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        said = request.authorization
        known = said is not None and (said.username, said.password) == (CLIENT, SECRET)
        if kept is None or not known or made != kept["code_challenge"] or request.form["redirect_uri"] != kept["redirect_uri"]:
            return {"error": "invalid_grant"}, 400
        answer: dict[str, Any] = {"access_token": "unused", "token_type": "Bearer", "expires_in": 60}
        return answer if service.lie == "no_token" else answer | {"id_token": service.token(kept["nonce"])}

    return app


@contextmanager
def serving() -> Iterator[Service]:
    """The service on a port of its own, until the end of the test."""
    service = Service()
    server = make_server("127.0.0.1", 0, make(service), threaded=True)
    service.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
