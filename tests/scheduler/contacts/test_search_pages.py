"""Decisions searched by reason, touchpoint, period, customer and event; the time bar; another policy tried on one event."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as listen
from sqlmodel import select, update

from portal.foundation.ground import Ground
from portal.people.models import Customer
from portal.people.rules.roles import Role
from scheduler.contacts import policies, search_store
from scheduler.contacts.models import Decision, PolicyVersion
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.timebar import Span, draw
from scheduler.intake.models import Event
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    """Two customers of outlet O1 asked ten days ago; one of them has an event now and is in cool-down."""
    made = World(ground).start(ContactPolicy.model_validate({"cooldown": {"any": {"sent": {"days": 30}}}}))
    people = made.customers(2)
    with ground.writing() as session:
        session.execute(update(Customer).values(unit_id=sample.units["O1"]))
    made.candidates(people, due=NOON - timedelta(days=10))
    made.decide(NOON - timedelta(days=10))
    made.candidates(people[:1], "loan")
    made.decide(NOON)
    return made


def refs(ground: Ground) -> dict[str, str]:
    with ground.reading() as session:
        rows = session.exec(select(Decision.code, Customer.ref).join(Customer, Customer.id == Decision.person_id))
        return {code: ref or "" for code, ref in rows}


def test_decisions_are_found_by_reason_customer_event_and_period(ground: Ground, world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.ANALYST)
    cooled = refs(ground)["COOLDOWN_ANY_SENT"]
    page = client.get("/portal/decisions?code=COOLDOWN_ANY_SENT").text
    assert cooled in page
    assert "A pause of 30 days" in page
    assert client.get("/portal/decisions").text.count("data-row") == 1  # the last week
    for address, rows in (
        ("?from=2026-06-01&to=2026-06-15", 3), (f"?ref={cooled}", 2), ("?event_id=E00001", 1), ("?touchpoint=loan", 1), ("?code=SEND", 0),
        ("?ref=nobody", 0), ("?from=soon&to=2026-06-15", 1), ("?from=1900-01-01&to=2026-06-15", 1), ("?cursor=x_y", 1),
    ):  # fmt: skip
        assert client.get(f"/portal/decisions{address}").text.count("data-row") == rows, address


def test_pages_go_on_where_they_ended(ground: Ground, world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_store, "PAGE", 1)
    monkeypatch.setattr("scheduler.contacts.search_views.PAGE", 1)
    client, seen, address = sign_in(Role.ANALYST), 0, "/portal/decisions?from=2026-06-01&to=2026-06-15"
    for _ in range(3):
        page = client.get(address).text
        seen += page.count("data-row")
        start = page.find("cursor=")
        address = "/portal/decisions?from=2026-06-01&to=2026-06-15&" + page[start : page.index('"', start)].replace("&amp;", "&")
    assert seen == 3


def test_nobody_finds_customers_of_other_units(ground: Ground, world: World, sample: Sample, sign_in: SignIn) -> None:
    assert sign_in(Role.OUTLET_MANAGER, "O1").get("/portal/decisions?from=2026-06-01&to=2026-06-15").text.count("data-row") == 3
    assert sign_in(Role.OUTLET_MANAGER, "O3").get("/portal/decisions?from=2026-06-01&to=2026-06-15").text.count("data-row") == 0
    assert sign_in(Role.MODERATOR).get("/portal/decisions").status_code == 403


def test_an_event_without_a_candidate_says_why(ground: Ground, world: World, sign_in: SignIn) -> None:
    with ground.writing() as session:
        person = session.exec(select(Customer)).first()
        assert person is not None
        session.add(Event(event_id="LOST", event_type="odd", customer_id=person.id, person_id=person.person_id, occurred_at=NOON,
                          received_at=NOON, reason="UNKNOWN_TYPE"))  # fmt: skip
    assert "not in the catalogue" in sign_in(Role.ANALYST).get("/portal/decisions?event_id=LOST").text


def test_the_page_draws_pauses_and_tries_another_policy(ground: Ground, world: World, sign_in: SignIn) -> None:
    with ground.writing() as session:
        draft = policies.put_in_force(session, ContactPolicy(), NOON, "salt")
        draft.state = "draft"
        session.execute(update(PolicyVersion).where(PolicyVersion.number == 1).values(state="active", retired_at=None))
        draft_id = draft.id
    with ground.reading() as session:
        decision = session.exec(select(Decision).where(Decision.code == "COOLDOWN_ANY_SENT")).one()
    client = sign_in(Role.ANALYST)
    address = f"/portal/customers/{decision.person_id}/contacts?decision={decision.id}"
    page = client.get(address).text
    for piece in ('class="timebar"', 'class="failed"', "Any survey, 30 days", "0 of 1 in 365 days"):
        assert piece in page, piece
    other = client.get(f"{address}&policy={draft_id}&years=2").text
    assert "Under version 2" in other
    assert "This customer was asked" in other or "asked" in other
    assert client.get(f"{address}&policy=nonsense&years=99").status_code == 200
    assert "Try another policy" not in sign_in(Role.CASE_HANDLER, "O1").get(address).text


def test_the_page_costs_the_same_for_one_contact_and_for_many(ground: Ground, world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.ANALYST)

    def statements(address: str) -> int:
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        client.get(address)
        listen.listen(ground.db.engine, "before_cursor_execute", note)
        assert client.get(address).status_code == 200
        listen.remove(ground.db.engine, "before_cursor_execute", note)
        return len(seen)

    with ground.reading() as session:
        person = session.exec(select(Decision.person_id).where(Decision.code == "COOLDOWN_ANY_SENT")).one()
    pages = (f"/portal/customers/{person}/contacts", "/portal/decisions?from=2026-06-01&to=2026-06-15")
    before = [statements(page) for page in pages]
    world.candidates([person] * 6, "loan")
    world.decide()
    assert [statements(page) for page in pages] == before


def test_the_home_page_says_why_candidates_were_not_asked(world: World, sign_in: SignIn) -> None:
    page = sign_in(Role.ANALYST).get("/portal/").text
    assert "Why not asked" in page
    assert "/portal/decisions?code=COOLDOWN_ANY_SENT" in page


def test_bars_lie_inside_the_drawing() -> None:
    spans = [Span("any.sent", 30, NOON - timedelta(days=10), NOON + timedelta(days=20), True), Span("same.sent", 1, NOON, NOON, False)]
    drawing = draw(spans, NOON, NOON.tzinfo or None)  # type: ignore[arg-type]
    assert drawing is not None
    assert all(bar.x >= 190 and bar.x + bar.width <= 623 for bar in drawing.bars)
    assert drawing.bars[0].x < drawing.now_x < drawing.bars[0].x + drawing.bars[0].width
    assert draw([], NOON, NOON.tzinfo) is None  # type: ignore[arg-type]
