"""Lists of officers, of what they may do and of what they may buy take the same number of statements however long they are."""

import pytest

from officers.people import groups
from officers.points.benefit_models import Benefit
from officers.work.tasks import CellDraft
from tests.conftest import NOON
from tests.officers.people.test_growth import desk
from tests.officers.people.world import come_in, counted
from tests.officers.work.world import World

pytestmark = pytest.mark.sqlite_only


def read(sample, client, *addresses):
    """How many statements each page takes."""
    counts = []
    for address in addresses:
        answer, number = counted(sample.ground, lambda here=address: client.get(here))
        assert answer.status_code == 200, address
        counts.append(number)
    return counts


def more(sample, world, number):
    """So many visits, benefits and groups."""
    for n in range(number):
        world.task(CellDraft(cap=3, unit_id=sample.units["O2"]), kind="visit", tier="silver", title_en=f"Visit {number} {n}")
    with sample.ground.writing() as session:
        for n in range(number):
            session.add(Benefit(
                name_zh="杯", name_en=f"Cup {number} {n}", kind="goods", cost=5, stock=3, placed=3, state="on_sale", limit_each=2,
                tier="silver", created_at=NOON,
            ))  # fmt: skip
            asked = {"field": "device", "op": "eq", "value": "ios"} if n % 2 else None
            groups.make(session, f"group-{number}-{n}", "Group", asked, desk(sample))


def test_pages_of_many_rows_take_as_many_statements_as_pages_of_few(sample, app, sign_in) -> None:
    world = World(sample)
    world.officer("O1", alias="Bamboo")
    phone, boss = app.test_client(), sign_in("officer_manager")
    come_in(phone, sample, "CO1Bamboo")
    zone, portal = ["/officers", "/officers/tasks", "/officers/shop"], ["/portal/officers/groups", "/portal/officers/tasks"]
    more(sample, world, 2)
    read(sample, phone, *zone), read(sample, boss, *portal)
    few = read(sample, phone, *zone) + read(sample, boss, *portal)
    more(sample, world, 4)
    assert read(sample, phone, *zone) + read(sample, boss, *portal) == few
