"""Posting to somebody else's server: pinned to an address, its name still proven by its certificate; bounded; never ambiguous."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.foundation.posting import Answer, Bounds, NoAnswer, NotSent, Post
from portal.foundation.signatures import verify
from tests.conftest import NOON
from tests.gateways import Gateway, closed_port, http_gateway

QUICK = Bounds(connect=0.5, read=0.3, whole=0.6)


@pytest.fixture
def server() -> Iterator[Gateway]:
    """A server without TLS."""
    with http_gateway() as made:
        yield made


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for one name that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return paths


def test_a_pinned_address_must_still_prove_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, key = certificate(tmp_path, "hook.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with http_gateway(tls=context) as gateway:
        right = Post(f"https://hook.test:{gateway.port}/in?x=1", QUICK, pinned="127.0.0.1")
        assert isinstance(right.send(b"{}", {}), Answer)
        assert gateway.headers[0]["Host"] == f"hook.test:{gateway.port}"
        assert gateway.paths == ["/in?x=1"]
        wrong = Post(f"https://other.test:{gateway.port}/in", QUICK, pinned="127.0.0.1")
        assert wrong.send(b"{}", {}) == NotSent()
        assert len(gateway.requests) == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("lost", NoAnswer), ("hang", NoAnswer), ("half", Answer), ("drip", Answer), (302, Answer), (500, Answer)],
)
def test_what_may_have_arrived_is_never_called_not_sent(server: Gateway, answer: int | str, outcome: type) -> None:
    server.answers = [answer]
    started = time.monotonic()
    assert isinstance(Post(server.url, QUICK).send(b"{}", {}), outcome)
    assert time.monotonic() - started < 3
    assert len(server.requests) == 1


def test_who_does_not_listen_got_nothing() -> None:
    assert Post(f"http://127.0.0.1:{closed_port()}/", QUICK).send(b"{}", {}) == NotSent()
    assert Post("http://nobody.invalid/", QUICK, pinned=str(ip_address("127.0.0.1"))).send(b"{}", {}) in (NotSent(), NoAnswer())


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80))
def test_a_header_that_is_no_signature_is_no_error(header: str) -> None:
    assert verify("secret", header, b"{}", NOON) is False
    assert verify("secret", f"t=1781496000,v1={header}", b"{}", NOON) is False
