"""An outlet manager never sees another outlet's answers: pages, exports, streams, reports, asked for plainly and by the other's ids."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from portal.people.access import MARK
from questionnaires.metrics.jobs import roll_up
from questionnaires.metrics.weighing import weigh
from tests.questionnaires.metrics.world import NOON, World

pytestmark = pytest.mark.sqlite_only
SECRETS = (b"Whispered at O2", b"STAFF-OF-O2", b"SEGMENT-OF-O2", b"n 137", b"n 61", b"Unit O2")
QUESTIONS = [{"code": "why", "type": "long_text", "text": {"en": "Why?"}}]
FOREIGN = ("unit={code}&period=365&level=outlets&against=peers&tree=today", "unit={unit}&unit_id={unit}&q=O2&staff=STAFF-OF-O2")
ROOMS = ("questionnaires.metrics", "questionnaires.analysis", "questionnaires.reports", "questionnaires.answering.response")
"""Where figures and answers are shown; the deep run walks every room."""


@pytest.fixture
def answered(ground, sample):
    """Answers with words, staff and segment at two outlets of one branch."""
    world = World(units=sample.units)
    with ground.writing() as session:
        world.version(session, {"title": {"en": "Q"}, "pages": [{"id": "p", "questions": QUESTIONS}]})
        world.answers(session, [{"nps": 9.0, "csat": 5.0}] * 40, "O1", answers={"why": "Said at O1"})
        words = {"answers": {"why": "Whispered at O2"}, "staff": "STAFF-OF-O2", "segment": "SEGMENT-OF-O2"}
        ids = world.answers(session, [{"nps": 2.0}] * 137, "O2", **words)
        world.answers(session, [{"csat": 1.0}] * 61, "O2", **words)
        world.invite(session, "O2", opened_at=NOON, started_at=NOON, submitted_at=NOON)
    roll_up(ground, NOON)
    weigh(ground, NOON)
    return {"unit": str(sample.units["O2"]), "code": "O2", "response": str(ids[0])}


def addresses(app: Flask, foreign: dict[str, str], rooms: tuple[str, ...]) -> Iterator[str]:
    """Every page of some rooms that staff may ask for: plainly, with the other outlet in the address, and with its ids in the path."""
    for rule in app.url_map.iter_rules():
        kind = getattr(app.view_functions[rule.endpoint], MARK, ("", ""))[0] if rule.endpoint != "static" else ""
        elsewhere = rooms and not app.view_functions[rule.endpoint].__module__.startswith(rooms)
        if kind not in ("allow", "signed_in") or "GET" not in (rule.methods or ()) or elsewhere:
            continue
        for own_id in (foreign["response"], foreign["unit"]) if rule.arguments else ("",):
            _, path = rule.build({name: value_of(rule, name, own_id) for name in rule.arguments}) or ("", "")
            yield str(path)
            if not rule.arguments:
                yield from (f"{path}?{query.format(**foreign)}" for query in FOREIGN)


def value_of(rule: Rule, name: str, own_id: str) -> object:
    """A value that leads to the other outlet where there is one."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    known = {"UUIDConverter": own_id, "IntegerConverter": 1}
    return known.get(type(converter).__name__, "O2")


@pytest.mark.parametrize("rooms", [ROOMS, pytest.param((), marks=[pytest.mark.deep, pytest.mark.timeout(900)])])
def test_no_page_shows_another_outlets_answers(app, answered, sign_in, rooms):
    manager, asked, seen = sign_in("outlet_manager", "O1"), 0, []
    for address in addresses(app, answered, rooms):
        if address.startswith("/log-out"):
            continue
        answer = manager.get(address)
        asked += 1
        assert answer.status_code < 500, address
        body = answer.get_data()
        seen += [(address, secret) for secret in SECRETS if secret in body and not echoed(secret, address)]
    assert seen == []
    assert asked > (20 if rooms else 150)
    assert b"Said at O1" in manager.get("/portal/dashboard").data


def echoed(secret: bytes, address: str) -> bool:
    """Whether a page only repeats what was typed into the address."""
    return secret.decode() in address


def test_the_branch_above_sees_both(app, answered, sign_in):
    page = sign_in("outlet_manager", "B1").get("/portal/dashboard").data
    assert b"Whispered at O2" in page
    assert b"Unit O2" in page
