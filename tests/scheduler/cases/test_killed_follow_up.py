"""A process that is killed while it opens cases: every low answer has one case or one reason afterwards, and nothing is there twice."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from portal.foundation.crypto import save_keys
from questionnaires.answering.models import Response
from scheduler.cases import alerting, followup
from scheduler.cases.checks import check_cases
from scheduler.cases.models import Case, CaseStep, CaseTrigger
from scheduler.contacts.models import ContactHold, UnitLoad
from tests.processes import ROOT
from tests.scheduler.cases.desk import Desk

pytestmark = pytest.mark.faults
WORKER = """
import sys
from portal.foundation.ground import open_ground
from portal.foundation.settings import load_settings
from portal.migrations.models import load_all
from scheduler.cases import followup

load_all()
ground = open_ground(load_settings())
print("ready", flush=True)
while True:
    with ground.writing() as session:
        seen = followup.follow_up(session, ground.now(), "Asia/Shanghai", 7)
        print(seen, flush=True)
    if not seen:
        break
"""
ANSWERS, KILLS = 240, 3


def test_no_answer_is_lost_and_none_has_two_cases_after_kill_9(desk: Desk, tmp_path: Path) -> None:
    ground = desk.sample.ground
    people = [desk.person(f"C{number}") for number in range(ANSWERS // 3)]
    now, unit = ground.now(), desk.sample.units["O1"]
    with ground.writing() as session:
        alerting.ensure_default(session, now)  # in force by the test's clock and by the workers', which is later
        for number in range(ANSWERS):
            one = people[number % len(people)]
            session.add(Response(
                version_id=desk.version_id, person_id=one.person_id, customer_id=one.id, unit_id=unit, touchpoint=f"t{number % 2}",
                channel="sms", answers={"call_me": True}, started_at=now, submitted_at=now,
            ))  # fmt: skip
    save_keys(tmp_path / "keys.json", ground.keys)
    env = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDINGS_")} | {
        "SOUNDINGS_DATA_DIR": str(tmp_path),
        "SOUNDINGS_DATABASE_URL": ground.db.url,
        "PYTHONPATH": str(ROOT),
    }
    killed = 0
    for turn in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", WORKER], env=env, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline().strip() == "ready"
            for _ in range(2 + turn):
                worker.stdout.readline()
            worker.kill()  # -9, somewhere between two lines: before, in or after a commit
            killed += 1
    left = [one for one in desk.all(Response) if one.followed_up_at is None]
    assert killed == KILLS
    assert left, "the killed ones left nothing to do: the test shows nothing"
    while True:
        with ground.writing() as session:
            if not followup.follow_up(session, ground.now(), "Asia/Shanghai", 500):
                break
    triggers = Counter(row.response_id for row in desk.all(CaseTrigger))
    assert (len(triggers), set(triggers.values())) == (ANSWERS, {1})
    cases = desk.all(Case)
    assert len(cases) == len({one.number for one in cases}) == len(people)
    opened = Counter(step.case_id for step in desk.all(CaseStep, lambda step: step.act == "opened"))
    assert (len(opened), set(opened.values())) == (len(cases), {1})
    assert len(desk.all(ContactHold)) == len(cases)
    assert [row.open_cases for row in desk.all(UnitLoad)] == [len(cases)]
    assert check_cases(ground).violations == []
