"""Every detail of an entry of the trail has a name, and every code of the product in one has words: a new one without them fails here."""

import ast
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Flask

from officers.club.board_models import POST_STATES
from officers.club.models import MEASURES
from officers.ideas import words as ideas
from officers.work import words as work
from officers.work.rules.reviewing import Round, Verdict
from officers.work.rules.states import TaskState
from portal.audit import words
from portal.people import trail_words
from portal.people.linking_store import FIELDS as KNOWN_BY
from portal.people.models import RELATIONS
from portal.people.words import VERDICTS as EMERGENCIES
from portal.privacy import words as privacy
from portal.privacy.models import REQUEST_KINDS, REQUEST_ORIGINS
from portal.webhooks.telling import EVENTS
from questionnaires.bank.models import AXES
from questionnaires.metrics.index_models import ORIGINS as INDICATOR_ORIGINS
from questionnaires.reports.anonymity import COLUMNS
from questionnaires.reports.models import SUBJECTS
from questionnaires.reports.report_views import RHYTHMS
from scheduler.cases.appeals_models import APPEAL_REASONS
from scheduler.cases.rules.states import Outcome as CaseOutcome
from scheduler.cases.work_models import BULK_ACTS
from scheduler.complaints import words as complaints
from scheduler.complaints.rules.limits import DayKind
from scheduler.contacts.models import LIST_KINDS
from scheduler.contacts.precision_models import LEVELS, PERIODS
from scheduler.delivery.channel_models import USES
from scheduler.delivery.models import STAFF_CHANNELS
from scheduler.improvement.models import KINDS as ISSUE_KINDS
from scheduler.improvement.rules.states import State as IssueState
from scheduler.touchpoints.pilot_models import KINDS as PILOT_KINDS
from tests.portal.audit.calls import PACKAGES, ROOT, calls, given, values

CODES: list[tuple[str, Iterable[str]]] = [
    ("act", BULK_ACTS), ("axis", AXES), ("basis", privacy.BASES_OF_PURPOSE), ("by", KNOWN_BY), ("channel", STAFF_CHANNELS),
    ("day_kind", DayKind), ("events", EVENTS), ("for", work.REASONS_FOR), ("from", POST_STATES), ("how", privacy.CHECKS),
    *(("kind", kinds) for kinds in (REQUEST_KINDS, LIST_KINDS, PILOT_KINDS, complaints.EXTENSIONS, ISSUE_KINDS, work.KINDS)),
    *(("kind", kinds) for kinds in (ideas.KINDS, ideas.AWARD_KINDS, ideas.AUTHORS, ("hand", "conditions"))),
    ("level", LEVELS), ("measure", MEASURES), ("method", ("password", "sso")),
    *(("origin", origins) for origins in (REQUEST_ORIGINS, complaints.ORIGINS, INDICATOR_ORIGINS)),
    *(("outcome", outcomes) for outcomes in (CaseOutcome, complaints.OUTCOMES, ("sent", "refused", "unknown"))),
    ("period", PERIODS), ("reason", APPEAL_REASONS), ("reason", privacy.HOLD_REASONS), ("relation", RELATIONS), ("rhythm", RHYTHMS),
    ("round", Round), ("source", ("recorded", "file")), *(("state", states) for states in (ideas.STATES, TaskState, IssueState)),
    ("state", ideas.AWARD_STATES), ("state", ("contacted", "customer", "declined", "done", "handed_out", "void")),
    ("subject", SUBJECTS), ("use", USES), ("verdict", Verdict), ("verdict", EMERGENCIES), ("without", COLUMNS),
]  # fmt: skip
"""The product's own codes that stand in details, by field."""


def test_every_detail_has_a_name_and_every_name_a_detail() -> None:
    """Details that are put together while running are caught by the suite itself: see `named_acts` of tests/kept.py."""
    facts = [one for _path, node in calls() if isinstance(one := given(node, 6, "facts"), ast.Dict)]
    names = {value for one in facts for key in one.keys if isinstance(key, ast.Constant) for value in values(key) or []}
    assert sorted(names - set(words.FIELDS)) == [], "details without words in portal/audit/acts/details.py"
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.parent.name != "acts"]
    written = {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    assert sorted(set(words.FIELDS) - written) == [], "names of details that no code writes"
    assert {name for act in words.FIELDS_OF for name in words.FIELDS_OF[act]} <= set(words.FIELDS)
    assert set(words.FIELDS_OF) <= set(words.ACTS)


def test_every_code_of_the_product_in_a_detail_has_words() -> None:
    without = {(name, str(code)) for name, codes in CODES for code in codes if str(code) not in words.VALUES[name]}
    assert sorted(without) == []


def test_details_are_said_in_words_and_what_is_the_banks_own_stays(app: Flask) -> None:
    facts = {
        "method": "password", "told": True, "unit": None, "roles": ["case_handler@01a203b7"], "to": "2026-12-10T16:00:00+00:00",
        "code": "needs-1", "targets": [{"level": "all", "margin": 8.0}], "of_an_older_version": "x", "reason": "NO_CONSENT", "why": "fraud",
    }  # fmt: skip
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = dict(trail_words.details("user.log_in", facts))
        assert said["Way of logging in"] == "Password"
        assert (said["Customer told"], said["Unit"], said["Roles"]) == ("Yes", "–", "Case handler · 01a203b7")
        assert said["New date"] == datetime(2026, 12, 10, 16, tzinfo=UTC)
        assert (said["Code"], said["of_an_older_version"]) == ("needs-1", "x")
        assert said["Targets"] == "Counted for As a whole · Margin of error 8.0"
        assert (said["Reason"], said["Why"]) == ("no consent", "Suspicion of fraud")
        erased = dict(trail_words.details("customer.erase", {"rows": {"contacts": 3}, "held": ["points_ledger"]}))
        assert erased == {"Rows": "Why asked, why not 3", "Records held": "Corrections of experience points"}
        assert dict(trail_words.details("complaint.classified", {"reason": "waiting"})) == {"Reason": "waiting"}, "the bank's own code"
        assert dict(trail_words.details("access.refused", {"method": "GET"})) == {"HTTP method": "GET"}
