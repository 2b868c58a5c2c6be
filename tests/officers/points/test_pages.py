"""The pages: what an officer sees and redeems, what the desk does, and bad input."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from officers.people.models import Officer
from officers.points import catalogue, rulebooks
from officers.points.benefit_models import Benefit, BenefitCode, Redemption
from officers.points.models import PointCorrection, PointEntry
from portal.audit.trail import Actor
from portal.people.rules.roles import Role
from tests.conftest import NOON
from tests.officers.points.world import World

pytestmark = pytest.mark.sqlite_only
CUP = {"name_zh": "保温杯", "name_en": "Cup", "kind": "goods", "cost": "50", "value": "39.90", "limit_each": "1", "tier": ""}


@pytest.fixture
def staff(sample, sign_in):
    """A teller who is an officer, with 150 points, and their browser."""
    world = World(sample.ground)
    client = sign_in(Role.CASE_HANDLER, "O1")
    with sample.ground.writing() as session:
        officer = Officer(
            kind="staff", user_id=sample.user(Role.CASE_HANDLER, "O1"), unit_id=sample.units["O1"], alias="青竹", state="active",
            language="en", applied_at=NOON, joined_at=NOON,
        )  # fmt: skip
        session.add(officer)
        session.flush()
        world.officers.append(officer.id)
    world.award("contest:1", 150, now=NOON - timedelta(days=8))
    return world, client


@pytest.fixture
def cup(ground, staff):
    with ground.writing() as session:
        row = Benefit(name_zh="杯", name_en="Cup", kind="goods", cost=50, value_cents=3990, stock=2, placed=2, state="on_sale",
                      limit_each=1, created_at=NOON)  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_an_officer_sees_what_they_have_redeems_it_and_says_where_to(staff, cup, ground):
    world, client = staff
    world.award("submission:1", None, rule="submission", part="first", facts={"severity": 1, "quality": 4})
    page = text(client.get("/officers/points"))
    for words in (
        "Contest",
        "40 points, quality × 2; first part; rules version 1",
        "Can be spent from",
        "Once the issue is verified as fixed",
    ):
        assert words in page
    assert "Experience points" in text(client.get("/officers"))
    rules = text(client.get("/officers/points/rules"))
    assert "severe 40 · serious 20" in rules
    assert "No reward ever depends on a score" in rules
    assert "Redeem" in text(client.get("/officers/shop"))
    page = text(client.get(f"/officers/shop/{cup}"))
    key = page.split('name="key" value="')[1].split('"')[0]
    first, again = (client.post(f"/officers/shop/{cup}", data={"key": key}) for _ in range(2))
    assert first.status_code == 302
    assert first.location == again.location, "sent twice is once"
    refused = client.post(f"/officers/shop/{cup}", data={"key": "nonsense"})
    assert refused.status_code == 409
    assert client.post(f"{first.location}/address", data={"address": "short"}).status_code == 422
    assert client.post(f"{first.location}/address", data={"address": "Li Lei, 1 Long Street, Hangzhou"}).status_code == 302
    page = text(client.get(first.location))
    assert "Being prepared" in page
    assert "1 Long Street" in page
    assert client.post(f"{first.location}/cancel").status_code == 409, "the desk has it"
    with ground.reading() as session:
        row = session.scalars(select(Redemption)).one()
        assert b"Long Street" not in row.address_enc
        assert row.state == "fulfilling"


def test_the_desk_delivers_reveals_and_settles_disputes(staff, cup, ground, sign_in):
    _world, officer = staff
    place = officer.post(f"/officers/shop/{cup}", data={"key": ""}).location
    officer.post(f"{place}/address", data={"address": "Li Lei, 1 Long Street, Hangzhou"})
    desk, number = sign_in(Role.OFFICER_MANAGER), place.rsplit("/", 1)[1]
    here = f"/portal/officers/benefits/redemptions/{number}"
    assert "Cup" in text(desk.get("/portal/officers/benefits/redemptions"))
    assert "Long Street" not in text(desk.get(here))
    assert "Long Street" in text(desk.post(f"{here}/address"))
    assert desk.post("/portal/officers/benefits/redemptions/deliver", data={"id": [number, "nonsense"]}).status_code == 302
    assert officer.post(f"{place}/dispute", data={"note": ""}).status_code == 422
    assert officer.post(f"{place}/dispute", data={"note": "the box was empty"}).status_code == 302
    assert desk.post(f"{here}/lost", data={"note_lost": ""}).status_code == 422
    assert desk.post(f"{here}/lost", data={"note_lost": "lost by the courier"}).status_code == 302
    assert desk.post(f"{here}/lost", data={"note_lost": "again"}).status_code == 409
    assert "Your points are back" in text(officer.get(place))
    assert sign_in(Role.OFFICER_MANAGER, "B2").get(here).status_code == 404, "another branch's officers are not theirs"
    with ground.reading() as session:
        benefit = session.get(Benefit, cup)
        assert (benefit.stock, benefit.placed) == (1, 1), "the lost item is gone"


def test_codes_are_taken_from_a_file_and_handed_out_once(staff, ground, keys):
    _world, officer = staff
    manager = Actor.system("test")
    new = catalogue.NewBenefit("券", "Voucher", "", "", "code", 10, 500, 0, "")
    with ground.writing() as session:
        row = catalogue.make(session, new, manager, NOON)
        taken = catalogue.upload_codes(session, keys, row.id, b"code\nAAAA-1\nAAAA-2\nAAAA-1\nab\n", manager, NOON)
        assert (taken.taken, [(one.line, one.code) for one in taken.rejected]) == (2, [(4, "code_twice"), (5, "not_valid")])
        more = catalogue.upload_codes(session, keys, row.id, b"code\nAAAA-2\n", manager, NOON)
        assert (more.taken, [(one.line, one.code) for one in more.rejected]) == (0, [(2, "code_known")])
        catalogue.move(session, row.id, "on_sale", manager, NOON)
    places = [officer.post(f"/officers/shop/{row.id}", data={"key": ""}).location for _ in range(2)]
    shown = {code for place in places for code in ("AAAA-1", "AAAA-2") if code in text(officer.get(place))}
    assert shown == {"AAAA-1", "AAAA-2"}
    assert officer.post(f"/officers/shop/{row.id}", data={"key": ""}).status_code == 409, "sold out"
    with ground.reading() as session:
        assert len(set(session.scalars(select(col(BenefitCode.redemption_id))))) == 2


@pytest.mark.parametrize(("changes", "field"), [
    ({"cost": "-5"}, "cost"), ({"cost": "9" * 12}, "cost"), ({"cost": "ten"}, "cost"), ({"cost": ""}, "cost"),
    ({"value": "1.234"}, "value"), ({"value": "NaN"}, "value"), ({"value": "-1"}, "value"), ({"name_zh": ""}, "name_zh"),
    ({"name_en": "x" * 61}, "name_en"), ({"kind": "bribe"}, "kind"), ({"limit_each": "-1"}, "limit_each"),
    ({"sale_from": "2026-07-02", "sale_until": "2026-07-01"}, "sale_until"),
])  # fmt: skip
def test_a_benefit_filled_in_wrongly_is_refused_beside_its_field(sign_in, ground, changes, field):
    desk = sign_in(Role.OFFICER_MANAGER)
    answer = desk.post("/portal/officers/benefits/new", data={**CUP, **changes})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer) or f"{field}-error" in text(answer) or 'class="err' in text(answer)
    with ground.reading() as session:
        assert session.scalars(select(Benefit)).all() == []


def test_a_benefit_is_made_stocked_sold_and_retired(sign_in, ground):
    desk = sign_in(Role.OFFICER_MANAGER)
    place = desk.post("/portal/officers/benefits/new", data=CUP).location
    assert desk.get(place).status_code == 200
    for number, status in (("5", 302), ("-6", 409), ("0", 422), ("x", 422), ("999999999999", 422)):
        assert desk.post(f"{place}/stock", data={"number": number}).status_code == status, number
    for state, status in (("paused", 409), ("on_sale", 302), ("paused", 302), ("retired", 302), ("on_sale", 409)):
        assert desk.post(f"{place}/{state}").status_code == status, state
    assert desk.post(place, data=CUP).status_code == 409
    assert sign_in(Role.OFFICER_MANAGER, "B1").post("/portal/officers/benefits/new", data=CUP).status_code == 403, "the whole bank's"
    with ground.reading() as session:
        assert session.scalars(select(Benefit)).one().value_cents == 3990


def test_rules_are_changed_by_two_people_and_hold_from_a_day(sign_in, ground, clock):
    first, second = sign_in(Role.OFFICER_MANAGER), sign_in(Role.ADMINISTRATOR)
    page = text(first.get("/portal/officers/points/rules/new"))
    assert "Budget of the programme a month" in page
    bad = {"pending_days": "-1", "submission.by_severity.1": "1000000", "valid_from": "2020-01-01", "year_value": "x"}
    answer = first.post("/portal/officers/points/rules/new", data=bad)
    assert answer.status_code == 422
    assert first.post("/portal/officers/points/rules/new", data={"valid_from": "2020-01-01"}).status_code == 422
    good = {"submission.by_severity.1": "60", "valid_from": "2026-06-20", "caps.points": "300"}
    assert first.post("/portal/officers/points/rules/new", data=good).status_code == 302
    with ground.reading() as session:
        draft = next(one for one in session.scalars(select(rulebooks.PointRules)) if one.state == "submitted")
    assert "awards.submission.by_severity.1: 40 → 60" in text(second.get("/portal/officers/points/rules"))
    decide = f"/portal/officers/points/rules/{draft.id}/approve"
    first.post(decide)
    with ground.reading() as session:
        assert session.get(rulebooks.PointRules, draft.id).state == "submitted", "not by its author"
    second.post(decide)
    with ground.reading() as session:
        assert rulebooks.seen(session, NOON).book.awards["submission"].by_severity[1] == 40
        later = rulebooks.seen(session, NOON + timedelta(days=5))
        assert (later.number, later.book.awards["submission"].by_severity[1], later.book.caps.points) == (2, 60, 300)


def test_a_correction_takes_two_people_a_reason_and_evidence(staff, ground, sign_in):
    world, officer = staff
    first, second = sign_in(Role.OFFICER_MANAGER), sign_in(Role.ADMINISTRATOR)
    place = f"/portal/officers/points/{world.officers[0]}"
    for values in ({"amount": "0"}, {"amount": "-10001"}, {"amount": "1e9"}, {"reason": ""}, {"evidence": ""}, {"reason": "x" * 501}):
        answer = first.post(f"{place}/correct", data={"amount": "-20", "reason": "counted twice", "evidence": "letter 7", **values})
        assert answer.status_code == 422, values
    first.post(f"{place}/correct", data={"amount": "-20", "reason": "counted twice", "evidence": "letter 7"})
    first.post(f"{place}/correct", data={"amount": "-5000", "reason": "too much", "evidence": "letter 8"})
    with ground.reading() as session:
        rows = {one.amount: one.id for one in session.scalars(select(PointCorrection))}
    for client in (first, second, second):
        client.post(f"/portal/officers/points/corrections/{rows[-20]}/approve")
    second.post(f"/portal/officers/points/corrections/{rows[-5000]}/approve")
    with ground.reading() as session:
        entries = session.scalars(select(PointEntry).where(col(PointEntry.kind) == "correction")).all()
        assert [one.amount for one in entries] == [-20], "once, by the second person, and never below nothing"
        assert session.get(PointCorrection, rows[-5000]).state == "waiting"
    assert "counted twice" in text(officer.get("/officers/points"))
    assert "counted twice" in text(second.get(place))
    assert "青竹" in text(second.get("/portal/officers/points"))


def test_finance_gets_its_files(staff, cup, sign_in):
    _world, officer = staff
    officer.post(f"/officers/shop/{cup}", data={"key": ""})
    desk = sign_in(Role.EXECUTIVE)
    entries = text(desk.get("/portal/officers/points/export/entries?form=csv&from=2026-06-01&until=2026-06-30"))
    assert "青竹" in entries
    assert len(entries.strip().splitlines()) == 3
    for name in ("entries", "tax?form=csv", "tax?year=2026", "liability?form=csv", "liability?from=nonsense&year=abcd"):
        assert desk.get(f"/portal/officers/points/export/{name}").status_code == 200, name
    assert sign_in(Role.CASE_HANDLER, "O2").get("/portal/officers/points/export/tax").status_code == 403
