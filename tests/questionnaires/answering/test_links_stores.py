"""The SQL of codes, sheets, themes and assisted entry, on both databases."""

from datetime import timedelta

from portal.audit.trail import Actor
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people.rules.roles import EVERYTHING, Role, Scope
from questionnaires.answering import (
    assisted,
    assisted_store,
    flags_bursts,
    poster_pages,
    poster_store,
    posters,
    sheets,
    sheets_jobs,
    sheets_store,
    themes_keeping,
    themes_store,
)
from questionnaires.answering.assisted import Clerk
from questionnaires.answering.models import Invitation, Response
from questionnaires.answering.poster_store import Counts, Filters
from questionnaires.answering.posters import Place
from questionnaires.answering.rules.theme import ThemeDocument
from questionnaires.answering.sheets import Order
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.questionnaires.answering.conftest import FIVE, PAGES, Asked
from tests.questionnaires.answering.test_posters import questionnaire_of


def test_codes_are_listed_counted_re_pointed_and_printed(ground: Ground, asked: Asked, sample: Sample) -> None:
    first, second = (questionnaire_of(ground, asked.version(document)) for document in (FIVE, PAGES))
    actor = Actor("user", str(sample.user(Role.DESIGNER)))
    with ground.writing() as session:
        codes = [posters.make(session, first, Place(sample.units["O1"], counter=str(n)), actor, NOON).code for n in (1, 2, 3)]
        posters.pause(session, codes[2], actor, NOON)
        posters.point(session, codes[0], second, actor, NOON + timedelta(days=1))
    for _ in range(2):
        with ground.db.quick() as lane:
            poster_store.note_scan(lane, codes[0], NOON.date())
            assert poster_store.customer_of(lane, "nobody") == {}
    scope = Scope(unit_ids=(sample.units["B1"],))
    with ground.reading() as session:
        everything = poster_store.listed(session, scope, Filters(), None, NOON, 10)
        assert {row.poster.code for row in everything} == set(codes)
        after = (everything[0].unit.code, everything[0].poster.code)
        assert len(poster_store.listed(session, EVERYTHING, Filters(), after, NOON, 10)) == 2
        narrowed = Filters(sample.units["O1"], first, "resting", codes[2][:4].upper())
        assert [row.poster.code for row in poster_store.listed(session, scope, narrowed, None, NOON, 10)] == [codes[2]]
        assert poster_store.listed(session, Scope(unit_ids=(sample.units["B2"],)), Filters(), None, NOON, 10) == []
        assert poster_store.counts(session, codes)[codes[0]] == Counts(2, 0, 0)
        assert [row[1].id for row in poster_store.pointings(session, codes[0])] == [second, first]
        found = poster_store.by_code(session, codes[0])
        assert found is not None
        assert poster_pages.gather(session, found, "Asia/Shanghai", NOON)["counts"].scans == 2
    with ground.writing() as session:
        order = Order(sample.units["HO"], "grid", "扫", "Scan", second, make_missing=True)
        assert sheets.order(session, order, actor, NOON).total == 4  # one at a counter, and three outlets
    assert sheets_jobs.make_sheets(ground, NOON) == 1
    with ground.reading() as session:
        row = sheets_store.listed(session, scope, NOON), sheets_store.listed(session, EVERYTHING, NOON)[0]
        assert (row[0], row[1].state, row[1].done, row[1].maker != "") == ([], "ready", 4, True)
        assert (sheets_store.content(session, row[1].id) or (None, b""))[1][:5] == b"%PDF-"  # type: ignore[index]


def test_a_theme_has_revisions_one_default_and_its_users(ground: Ground, asked: Asked) -> None:
    asked.version({**FIVE, "theme": "blue"})
    actor = Actor.system("test")
    with ground.writing() as session:
        for code in ("blue", "red"):
            themes_keeping.create(session, code, ("名", "Name"), ThemeDocument(), actor, NOON)
        themes_keeping.change(session, "red", ("名", "Name"), ThemeDocument(brand="#c8102e"), 1, actor, NOON)
        themes_keeping.choose(session, "red", actor, NOON)
    with ground.reading() as session:
        assert [(theme.code, theme.is_default, one.number) for theme, one in themes_store.themes(session)] == [
            ("red", True, 2),
            ("blue", False, 1),
        ]
        assert (themes_store.used_by(session, "blue"), themes_store.used_by(session, "red")) == (1, 0)


def test_an_entry_by_staff_marks_what_is_open_and_leaves_what_is_done(ground: Ground, asked: Asked, sample: Sample) -> None:
    customer = sample.customer("C1")
    link = asked.link(FIVE, customer_id=customer.id, person_id=customer.person_id)
    clerk = Clerk(sample.user(Role.COMPLAINT_CENTRE), "complaint", None)
    with ground.writing() as session:
        for _ in range(2):
            assisted.begin(session, clerk, link.id, Actor("user", str(clerk.user_id)), NOON)
    with ground.reading() as session:
        found = assisted_store.waiting(session, "C1", EVERYTHING, NOON)
        assert [(one.invitation.id, one.invitation.source) for one in found] == [(link.id, "assisted")]
        assert assisted_store.waiting(session, "C1", Scope(unit_ids=(sample.units["B2"],)), NOON) == []
    with ground.writing() as session:
        row = session.get(Invitation, link.id)
        assert row is not None
        row.source, row.started_at, row.submitted_at = "invited", NOON, NOON
        session.flush()
        assisted_store.mark(session, link.id)
        session.refresh(row)
        assert row.source == "invited"


def test_answers_close_together_for_one_staff_member_are_marked_once(
    ground: Ground, asked: Asked, sample: Sample, clock: FixedClock
) -> None:
    version_id = asked.version(FIVE)

    def answer(number: int, staff: str) -> dict[str, object]:
        at = NOON + timedelta(seconds=40 * number)
        fixed = {
            "poster_code": "abcd2345",
            "touchpoint": "",
            "stage": "",
            "channel": "poster",
            "purpose": "customer",
            "source": "self_chosen",
        }
        own = {"id": new_id(), "version_id": version_id, "unit_id": sample.units["O1"], "staff": staff, "answers": {}, "flags": ["speeder"]}
        return {**fixed, **own, "started_at": at, "submitted_at": at, "page": 0, "revision": 0, "test": False}

    rows = [answer(number, "E7") for number in range(8)] + [answer(number, "E8") for number in range(5)]
    with ground.writing() as session:
        insert_rows(session, Response, rows)
    later = clock.forward(timedelta(minutes=10))
    for _ in range(2):
        assert flags_bursts.mark_staff(ground, later) == 13
    with ground.reading() as session:
        found = {row["id"]: session.get(Response, row["id"]) for row in rows}
    marked: dict[str, set[tuple[str, ...]]] = {"E7": set(), "E8": set()}
    for one in found.values():
        assert one is not None
        marked[one.staff or ""].add(tuple(one.flags))
    assert marked == {"E7": {("speeder", "burst_staff")}, "E8": {("speeder",)}}
