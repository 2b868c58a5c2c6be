"""Tickets (replay, skew, theft, another audience) and one-time codes (limits, tries, races); a phone number's owner is never told."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from officers.people import codes, jobs, sessions, tickets
from officers.people.codes import TooManyCodes
from officers.people.door_models import OfficerCode, OfficerSession
from officers.people.models import Officer
from officers.people.tickets import Refused
from portal.foundation.errors import InvalidInput
from scheduler.delivery import one_time
from scheduler.delivery.models import Message
from tests.officers.people.world import come_in, officer, ticket

PHONE = "138 1234 5617"


def customer_with_phone(sample, ref: str = "C1", phone: str = "+8613812345617"):
    keys = sample.ground.keys
    return sample.customer(ref, phone_enc=keys.encrypt(phone), phone_index=keys.blind_index("phone", phone))


def enter(sample, text: str):
    with sample.ground.writing() as session:
        return tickets.enter(session, sample.ground.keys, text, sample.ground.now())


@pytest.mark.parametrize(
    ("seconds", "refused"),
    [(-11, Refused.TIME), (-10, None), (0, None), (59, None), (60, Refused.TIME), (86_400, Refused.TIME)],
)
@pytest.mark.sqlite_only
def test_a_ticket_is_good_for_a_minute_and_clocks_may_differ_by_ten_seconds(sample, clock, seconds, refused) -> None:
    sample.customer("C1")
    made = ticket(sample, "C1")
    clock.forward(timedelta(seconds=seconds))
    found = enter(sample, made)
    assert found is refused if refused else not isinstance(found, Refused)


@pytest.mark.sqlite_only
def test_what_is_not_signed_for_us_by_our_key_opens_nothing(sample, clock) -> None:
    sample.customer("C1")
    sample.customer("STUB", origin="stub")
    key, now = tickets.key_of_app(sample.ground.keys), clock.now()
    good = tickets.sign(key, "C1", now, "n" * 16)
    body, _, signature = good.partition(".")
    stolen = tickets.sign(key, "C2", now, "n" * 16).partition(".")[0]
    cases = {
        tickets.sign("another key", "C1", now, "n" * 16): Refused.SIGNATURE,
        f"{stolen}.{signature}": Refused.SIGNATURE,
        f"{body}.{signature[:-1]}": Refused.SIGNATURE,
        body: Refused.SIGNATURE,
        "": Refused.SIGNATURE,
        "é.é": Refused.SIGNATURE,
        "a" * 2000: Refused.SIGNATURE,
        tickets.sign(key, "C1", now, "short"): Refused.SIGNATURE,
        tickets.sign(key, "C1", now, "n" * 16, audience="net-bank"): Refused.AUDIENCE,
        tickets.sign(key, "NOBODY", now, "n" * 16): Refused.NOBODY,
        tickets.sign(key, "STUB", now, "n" * 16): Refused.NOBODY,
    }
    assert {text[:60]: enter(sample, text) for text in cases} == {text[:60]: why for text, why in cases.items()}


@pytest.mark.sqlite_only
def test_a_ticket_that_comes_twice_lets_nobody_in_and_ends_what_it_opened(sample, client, app) -> None:
    officer(sample, "Bamboo", customer="C1")
    come_in(client, sample, "C1")
    address = f"/officers/enter?ticket={ticket(sample, 'C1')}"
    assert client.get(address).location == "/officers"  # the same browser, loaded again
    thief = app.test_client().get(address)
    assert thief.status_code == 403
    assert sessions.COOKIE not in thief.headers.get("Set-Cookie", "")
    assert client.get("/officers").location.startswith("/officers/log-in")


@pytest.mark.sqlite_only
def test_the_cookie_is_for_the_zone_alone_and_scripts_cannot_read_it(sample, client) -> None:
    officer(sample, "Bamboo", customer="C1")
    answer = client.get(f"/officers/enter?ticket={ticket(sample, 'C1')}&next=https://elsewhere.example/")
    [cookie] = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(sessions.COOKIE)]
    assert answer.location == "/officers"
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/officers"))
    with sample.ground.reading() as session:
        kept = session.scalars(select(OfficerSession)).one()
    assert cookie.split("=")[1].split(";")[0].encode() not in kept.token_hash


@pytest.mark.sqlite_only
def test_the_same_answer_for_a_number_that_is_known_and_one_that_is_not(sample, client, clock) -> None:
    customer_with_phone(sample)
    officer(sample, "Bamboo", customer="C2")
    client.set_cookie("lang", "en")
    pages = []
    for phone in (PHONE, "139 0000 0000"):
        assert client.post("/officers/log-in", data={"phone": phone}).location == "/officers/code"
        pages.append([client.get("/officers/code").text, client.post("/officers/code", data={"code": "12"}).text])
        pages.append(client.post("/officers/log-in", data={"phone": phone}).text.replace(phone, ""))
    assert pages[0] == pages[2]
    assert pages[1] == pages[3]
    assert "csrf" in pages[1]
    assert client.post("/officers/log-in", data={"phone": "12"}).status_code == 422
    assert jobs.send_codes(sample.ground, clock.now()) == 1


@pytest.mark.sqlite_only
def test_the_code_is_sent_is_nowhere_in_the_rows_and_lets_in_once(sample, client, clock) -> None:
    known = customer_with_phone(sample)
    client.post("/officers/log-in", data={"phone": PHONE})
    assert jobs.send_codes(sample.ground, clock.now()) == 1
    assert jobs.send_codes(sample.ground, clock.now()) == 0
    with sample.ground.reading() as session:
        row, [message] = session.scalars(select(OfficerCode)).one(), session.scalars(select(Message)).all()
    digits, _ = one_time.digits(sample.ground.keys, row.id)
    assert (message.template, message.customer_id) == ("notice_code", known.id)
    assert digits not in str(message.facts)
    assert one_time.with_code(sample.ground.keys, message.facts)["code"] == digits
    assert digits not in one_time.with_code(sample.ground.keys, message.facts, hidden=True)["code"]
    assert client.post("/officers/code", data={"code": f" {digits} "}).location == "/officers"
    assert client.get("/officers").location == "/officers/join"
    with sample.ground.writing() as session:
        assert codes.enter(session, sample.ground.keys, row.id, digits, clock.now()) is None


@pytest.mark.sqlite_only
def test_five_tries_five_minutes_three_codes_a_quarter_of_an_hour(sample, clock) -> None:
    customer_with_phone(sample)
    keys = sample.ground.keys

    def ask():
        with sample.ground.writing() as session:
            return codes.ask(session, keys, PHONE, clock.now())

    def attempt(code_id, text):
        with sample.ground.writing() as session:
            return codes.enter(session, keys, code_id, text, clock.now())

    first = ask()
    with pytest.raises(TooManyCodes):
        ask()
    assert [attempt(first, "x") for _ in range(5)] == [None] * 5
    assert attempt(first, one_time.digits(keys, first)[0]) is None
    clock.forward(timedelta(minutes=1))
    second = ask()
    clock.forward(timedelta(minutes=5))
    assert attempt(second, one_time.digits(keys, second)[0]) is None
    third = ask()
    assert attempt(third, one_time.digits(keys, third)[0]) is not None
    clock.forward(timedelta(minutes=1))
    with pytest.raises(TooManyCodes):
        ask()
    with pytest.raises(InvalidInput, match="invalid_input"), sample.ground.writing() as session:
        codes.ask(session, keys, "call me", clock.now())


@pytest.mark.sqlite_only
def test_a_number_that_a_family_shares_is_the_officers_or_nobodys(sample, clock) -> None:
    first, _ = customer_with_phone(sample), customer_with_phone(sample, "C2")
    with sample.ground.writing() as session:
        nobody = codes.ask(session, sample.ground.keys, PHONE, clock.now())
        assert session.get(OfficerCode, nobody).customer_id is None
    officer(sample, "Bamboo", customer="C3", state="active")
    with sample.ground.writing() as session:
        made = session.scalars(select(Officer)).one()
        made.customer_id = first.id
    clock.forward(timedelta(minutes=1))
    with sample.ground.writing() as session:
        code = codes.ask(session, sample.ground.keys, PHONE, clock.now())
        assert session.get(OfficerCode, code).customer_id == first.id


def test_two_tries_at_once_let_one_in(sample, clock) -> None:
    customer_with_phone(sample)
    keys, ground = sample.ground.keys, sample.ground
    with ground.writing() as session:
        code_id = codes.ask(session, keys, PHONE, clock.now())
    digits, found = one_time.digits(keys, code_id)[0], []
    start = threading.Barrier(4)

    def attempt() -> None:
        start.wait()
        with ground.writing() as session:
            found.append(codes.enter(session, keys, code_id, digits, clock.now()))

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one is None for one in found) == [False, True, True, True]


def test_two_who_come_with_one_ticket_at_once_get_one_session_between_them(sample) -> None:
    sample.customer("C1")
    made, found, start = ticket(sample, "C1"), [], threading.Barrier(4)

    def attempt() -> None:
        start.wait()
        found.append(enter(sample, made))

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(not isinstance(one, Refused) for one in found) == 1
