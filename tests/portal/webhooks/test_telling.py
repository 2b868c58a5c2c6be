"""Events told to other programs: in the deed's transaction, signed, tried again, never to a private address unless allowed."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.foundation.signatures import HEADER, sign, verify
from portal.webhooks import endpoints, sending
from portal.webhooks.addresses import AddressRefused, check, is_public
from portal.webhooks.endpoints import Wanted
from portal.webhooks.models import WebhookDelivery
from portal.webhooks.telling import tell
from tests.conftest import NOON, FixedClock
from tests.gateways import Gateway, closed_port, http_gateway

ACTOR = Actor.system("test")


@pytest.fixture
def listener() -> Iterator[Gateway]:
    """A program that listens."""
    with http_gateway() as made:
        yield made


@pytest.fixture
def inside(ground: Ground) -> Ground:
    """An installation that may tell programs of its own network."""
    settings = ground.settings.model_copy(update={"webhook_private_addresses": True})
    return Ground(settings, ground.db, ground.keys, ground.clock)


def endpoint(ground: Ground, url: str, *events: str) -> tuple[UUID, str]:
    with ground.writing() as session:
        made, secret = endpoints.make(session, ground.keys, Wanted("core", url, events or ("case.opened",)), ACTOR, NOON)
        return made.id, secret


def told(ground: Ground, event: str = "case.opened", *payloads: dict[str, Any]) -> int:
    with ground.writing() as session:
        return tell(session, event, payloads or [{"case": "1"}], NOON)


def deliveries(ground: Ground) -> list[WebhookDelivery]:
    with ground.reading() as session:
        return list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))  # type: ignore[arg-type]  # SQLModel types columns as values


def test_only_who_asked_is_told_and_only_if_the_deed_is_committed(inside: Ground, listener: Gateway) -> None:
    key, secret = endpoint(inside, listener.url)
    endpoint(inside, listener.url, "case.closed")
    with inside.writing() as session:
        tell(session, "case.opened", [{"case": "0"}], NOON)
        session.rollback()
    assert (told(inside), told(inside, "contact.declined")) == (1, 0)
    assert sending.send_due(inside, NOON) == 1
    (body,), (headers,) = listener.bodies, listener.headers
    assert json.loads(body)["data"] == {"case": "1"}
    assert verify(secret, headers[HEADER], body, NOON)
    assert headers["Soundings-Event"] == "case.opened"
    (row,) = deliveries(inside)
    assert (row.endpoint_id, row.state, row.status, row.attempts) == (key, "delivered", 202, 1)
    assert sending.send_due(inside, NOON) == 0
    with inside.writing() as session, pytest.raises(ValueError, match="money"):
        tell(session, "money", [{}], NOON)


def test_what_is_not_taken_is_tried_again_with_growing_pauses_until_it_is_dead_and_sent_again_by_hand(
    inside: Ground, listener: Gateway, clock: FixedClock
) -> None:
    key, _ = endpoint(inside, listener.url)
    told(inside)
    listener.answers = [500, 302, "lost", 503, 404, 500, 500, 500]
    reasons, waits = [], []
    for _ in range(8):
        assert sending.send_due(inside, clock.now()) == 1
        (row,) = deliveries(inside)
        reasons.append(row.reason)
        waits.append((row.due_at - clock.now()) / timedelta(seconds=1))
        clock.at(max(row.due_at, clock.now()))
    assert reasons == ["refused", "refused", "no_answer", *["refused"] * 5]
    assert 24 <= waits[0] <= 36
    assert 96 <= waits[1] <= 144
    assert (row.state, row.attempts, len(set(listener.bodies))) == ("dead", 8, 1)
    assert "/elsewhere" not in listener.paths
    with inside.writing() as session:
        assert endpoints.send_again(session, key, [row.id], ACTOR, clock.now()) == 1
    sending.send_due(inside, clock.now())
    assert deliveries(inside)[0].state == "delivered"


def test_a_program_that_is_gone_holds_up_nobody_else_and_its_rest_waits_uncounted(inside: Ground, listener: Gateway) -> None:
    gone, _ = endpoint(inside, f"http://127.0.0.1:{closed_port()}/hook")
    endpoint(inside, listener.url)
    told(inside, "case.opened", *({"case": str(number)} for number in range(6)))
    assert sending.send_due(inside, NOON) == 12
    rows = deliveries(inside)
    assert [row.state for row in rows if row.endpoint_id != gone] == ["delivered"] * 6
    tried = [(row.attempts, row.reason) for row in rows if row.endpoint_id == gone]
    assert tried == [(1, "unreachable")] * 3 + [(0, None)] * 3
    assert {row.due_at - NOON for row in rows if row.endpoint_id == gone and not row.attempts} == {sending.REST}


def test_a_body_that_breaks_off_after_a_good_status_is_delivered(inside: Ground, listener: Gateway) -> None:
    endpoint(inside, listener.url)
    told(inside)
    listener.answers = ["half"]
    sending.send_due(inside, NOON)
    assert deliveries(inside)[0].state == "delivered"


def test_a_holder_that_died_is_taken_over_when_its_lease_ends(inside: Ground, listener: Gateway, clock: FixedClock) -> None:
    from portal.webhooks import store

    endpoint(inside, listener.url)
    told(inside)
    with inside.writing() as session:
        store.claim(session, NOON, NOON + sending.LEASE, 10)
    assert sending.send_due(inside, clock.forward(timedelta(minutes=9))) == 0
    assert sending.send_due(inside, clock.forward(timedelta(minutes=1))) == 1
    assert deliveries(inside)[0].state == "delivered"


def test_nothing_goes_to_a_private_address_even_where_a_name_changed_its_mind(
    inside: Ground, ground: Ground, listener: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint(inside, listener.url)  # allowed then, not now
    told(inside)
    sending.send_due(ground, NOON)
    assert (deliveries(ground)[0].reason, listener.requests) == ("https_needed", [])
    with pytest.raises(AddressRefused, match="private_address"):
        check("https://localhost/", private=False)
    answers = iter([[(2, 1, 6, "", ("93.184.216.34", 443))], [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.8", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kw: next(answers))  # no name server is asked in a test
    assert check("https://hook.example/", private=False) == "93.184.216.34"
    with pytest.raises(AddressRefused, match="private_address"):
        check("https://hook.example/", private=False)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        *[(one, False) for one in ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0")],  # noqa: S104
        *[(one, False) for one in ("::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "64:ff9b::7f00:1", "224.0.0.1")],
    ],
)
def test_which_addresses_lie_in_the_open(address: str, public: bool) -> None:
    from ipaddress import ip_address

    assert is_public(ip_address(address)) is public


def test_only_chosen_hosts_and_those_below_them_are_told() -> None:
    chosen = "8.8.8.8, Bank.example"
    assert check("https://8.8.8.8/hook", private=False, hosts=chosen) == "8.8.8.8"
    for url in ("https://9.9.9.9/", "https://otherbank.example/", "https://bank.example.evil.example/"):
        with pytest.raises(AddressRefused, match="host_not_chosen"):
            check(url, private=False, hosts=chosen)
    with pytest.raises(AddressRefused, match="unknown_host"):  # chosen, and not to be found
        check("https://hooks.BANK.example./", private=False, hosts=chosen)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"url": "https://10.0.0.1/hook"}, "url", "private_address"),
        ({"url": "http://8.8.8.8/"}, "url", "https_needed"),
        ({"url": "ftp://8.8.8.8/"}, "url", "not_an_address"),
        ({"url": "https://user:word@8.8.8.8/"}, "url", "not_an_address"),
        ({"url": "https://8.8.8.8/\r\nX: 1"}, "url", "not_an_address"),
        ({"url": "https://8.8.8.8:99999/"}, "url", "not_an_address"),
        ({"url": ""}, "url", "not_an_address"),
        ({"name": " "}, "name", "missing"),
        ({"events": ()}, "events", "choose_at_least_one"),
        ({"events": ("money",)}, "events", "choose_at_least_one"),
    ],
)
def test_an_endpoint_that_can_not_be_is_refused_beside_its_field(change: dict[str, Any], field: str, code: str) -> None:
    wanted = Wanted(**{"name": "core", "url": "https://8.8.8.8/hook", "events": ("case.opened",), **change})
    with pytest.raises(InvalidInput) as error:
        endpoints.checked(wanted, private=False)
    assert error.value.fields == {field: code}


def test_a_signature_holds_for_its_body_its_secret_and_five_minutes() -> None:
    header = sign("s", NOON, b"{}")
    assert verify("s", header, b"{}", NOON + timedelta(minutes=5))
    assert verify("s", f"{header},v1=00", b"{}", NOON)
    assert not verify("s", header, b"{ }", NOON)
    assert not verify("other", header, b"{}", NOON)
    assert not verify("s", header, b"{}", NOON + timedelta(minutes=6))
    for forged in ("", "t=,v1=", "t=１,v1=é", f"t=1,{header}", "t=99999999999999,v1=0", header.replace("v1", "v0")):
        assert not verify("s", forged, b"{}", NOON)
    assert not verify("", sign("", NOON, b""), b"", NOON)


@pytest.mark.sqlite_only
def test_an_administrator_makes_tests_and_switches_an_endpoint(
    inside: Ground, sign_in: Callable[..., FlaskClient], listener: Gateway, ground: Ground
) -> None:
    client = sign_in("administrator")
    typed = {"name": "core", "url": "http://127.0.0.1:1/", "events": ["case.opened"]}
    refused = client.post("/portal/webhooks/new", data=typed)
    assert (refused.status_code, "http://127.0.0.1:1/" in refused.text) == (422, True)
    made = client.post("/portal/webhooks/new", data={**typed, "url": "https://8.8.8.8/hook"})
    assert "whsec_" in made.text
    key, _ = endpoint(inside, listener.url)
    page = f"/portal/webhooks/{key}"
    assert client.post(f"{page}/test").status_code == 302
    sending.send_due(inside, NOON)
    assert "202" in client.get(page).text
    assert client.post(f"{page}/off").status_code == 302
    assert told(inside) == 1  # the other one listens still
    assert "whsec_" in client.post(f"{page}/secret").text
    assert client.post(f"{page}/on").status_code == 302
    assert client.get(f"{page}/edit").status_code == 200
    assert client.post(f"{page}/edit", data={**typed, "url": "https://9.9.9.9/x"}).status_code == 302
    assert "9.9.9.9" in client.get("/portal/webhooks").text
    assert client.post(f"{page}/send-again", data={"id": ["nonsense"]}).status_code == 302
    assert sign_in("designer").get("/portal/webhooks").status_code == 403


def test_a_listener_that_is_not_there_is_tried_again(inside: Ground) -> None:
    endpoint(inside, f"http://127.0.0.1:{closed_port()}/")
    told(inside)
    sending.send_due(inside, NOON)
    assert (deliveries(inside)[0].state, deliveries(inside)[0].reason) == ("waiting", "unreachable")
