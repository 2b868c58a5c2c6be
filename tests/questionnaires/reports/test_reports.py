"""Reports of a unit: planned, made, mailed once, never of others; frozen figures; alarms; notes and views."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pypdfium2
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, Forbidden, InvalidInput
from portal.foundation.ground import Ground
from portal.people import api_keys
from portal.people.rules.roles import Role
from questionnaires.analysis.reading_words import read_words
from questionnaires.metrics import labels
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.tally import of_values
from questionnaires.reports import alarming, freezing, noting
from questionnaires.reports.content import gather
from questionnaires.reports.models import FrozenFigure, MetricAlarm, ReportMail
from questionnaires.reports.report_jobs import make_reports, order_due, send_mails
from questionnaires.reports.rules.alarms import drop, flood, rate_collapse
from questionnaires.reports.rules.rhythm import days_of, next_due
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.processes import free_port
from tests.questionnaires.reports.answered import answer, publish

pytestmark = pytest.mark.sqlite_only
MAY = NOON - timedelta(days=30)


class Kept(Message):
    """Keeps what comes."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[object] = []

    def handle_message(self, message: object) -> None:
        """One mail."""
        self.mails.append(message)


def text_of(pdf: bytes) -> str:
    """The words of a PDF."""
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_a_report_is_ordered_made_and_shows_only_its_units(ground: Ground, sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    manager, analyst = sign_in(Role.OUTLET_MANAGER, "O1"), sign_in(Role.ANALYST)
    _questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [{"score": 9, "words": "The queue was long today"}] * 40, MAY)
    answer(ground, sample, version, "O2", [{"score": 2, "words": "Elsewhere the app crashes"}] * 40, MAY)
    read_words(ground, ground.now())
    form = {"act": "order", "from": "2026-05-01", "to": "2026-05-31", "language": "en", "unit": "O1"}
    assert manager.post("/portal/reports", data=form | {"unit": "O2"}).status_code == 404
    for wrong in ({"to": "2026-06-15"}, {"to": "2026-04-01"}, {"from": ""}, {"language": "fr"}):
        assert manager.post("/portal/reports", data=form | wrong).status_code == 422, wrong
    assert manager.post("/portal/reports", data=form).status_code == 302
    assert analyst.post("/portal/reports", data=form | {"unit": "HO", "language": "zh"}).status_code == 302
    assert [make_reports(ground, ground.now()) for _ in range(3)] == [1, 1, 0]
    page = manager.get("/portal/reports").text
    address = page.split('href="/portal/reports/')[1].split(".pdf")[0]
    mine = text_of(manager.get(f"/portal/reports/{address}.pdf").data)
    assert "100" in mine
    assert "queue was long" in mine
    assert "crashes" not in mine
    book = openpyxl.load_workbook(io.BytesIO(manager.get(f"/portal/reports/{address}.xlsx").data))
    assert "Key figures" in book.sheetnames
    whole = analyst.get("/portal/reports").text
    other = next(
        one
        for one in (part.split(".pdf")[0] for part in whole.split('href="/portal/reports/')[1:])
        if one[:36] != address[:36] and len(one) == 36
    )
    assert manager.get(f"/portal/reports/{other}.pdf").status_code == 404
    assert "客户体验报告" in text_of(analyst.get(f"/portal/reports/{other}.pdf").data)


def test_a_planned_report_is_mailed_once(ground: Ground, clock: FixedClock, sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    kept, port = Kept(), free_port()
    settings = ground.settings
    settings.smtp_host, settings.smtp_port, settings.smtp_tls, settings.email_from = "127.0.0.1", port, "none", "cx@bank.test"
    manager = sign_in(Role.OUTLET_MANAGER, "O1")
    plan = {"act": "plan", "rhythm": "weekly", "language": "zh", "unit": "O1", "addresses": "boss@bank.test"}
    for wrong in ({"addresses": "boss@elsewhere.test"}, {"addresses": "no address"}, {"rhythm": "hourly"}):
        assert manager.post("/portal/reports", data=plan | wrong).status_code == 422, wrong
    assert manager.post("/portal/reports", data=plan).status_code == 302
    assert order_due(ground, clock.now()) == 0
    monday = clock.forward(timedelta(days=7))
    assert [order_due(ground, monday), order_due(ground, monday)] == [1, 0]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert send_mails(ground, monday) == 1
        assert kept.mails == []
        make_reports(ground, monday)
        later = clock.forward(timedelta(minutes=10))
        assert [send_mails(ground, later), send_mails(ground, later)] == [1, 0]
    finally:
        controller.stop()
    assert len(kept.mails) == 1
    parts = [part.get_content_type() for part in kept.mails[0].walk()]  # type: ignore[attr-defined]
    assert "application/pdf" in parts
    with ground.reading() as session:
        assert session.scalars(select(ReportMail)).one().state == "sent"
    del sample


def test_frozen_figures_need_a_second_person_and_never_change(ground: Ground, sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    _questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [{"score": 10}] * 30 + [{"score": 0}] * 10, MAY)
    answer(ground, sample, version, "O2", [{"score": 5}] * 4, MAY)
    analyst, signer, manager = sign_in(Role.ANALYST), sign_in(Role.ADMINISTRATOR), sign_in(Role.OUTLET_MANAGER, "O1")
    form = {"from": "2026-05-01", "to": "2026-05-31", "note": "Q2"}
    assert analyst.post("/portal/figures", data=form | {"to": "2026-07-31"}).status_code == 422
    assert analyst.post("/portal/figures", data=form | {"from": "2025-01-01", "to": "2025-01-31"}).status_code == 422
    address = analyst.post("/portal/figures", data=form).location
    assert analyst.post("/portal/figures", data=form).status_code == 409
    assert manager.get(address).status_code == 404
    assert analyst.post(address, data={"outcome": "signed"}).status_code == 403
    assert signer.post(address, data={"outcome": "refused", "note": ""}).status_code == 422
    assert signer.post(address, data={"outcome": "signed"}).status_code == 302
    assert signer.post(address, data={"outcome": "signed"}).status_code == 409
    assert "Unit" not in manager.get(address).text or "O2" not in manager.get(address).text
    sheet = openpyxl.load_workbook(io.BytesIO(manager.get(f"{address}.xlsx").data)).worksheets[0]
    assert {row[0] for row in sheet.iter_rows(min_row=3, values_only=True)} == {"O1"}
    with ground.writing() as session:
        secret = api_keys.make(session, "appraisal", ["figures.read"], ["figures.read"], None, Actor.system("test"), ground.now())[1]
    client = signer.application.test_client()
    headers = {"Authorization": f"Bearer {secret}"}
    found = client.get("/api/v1/figures?from=2026-05-01&to=2026-05-31", headers=headers).get_json()
    rows = {(row["unit"], row["indicator"]): row for row in found["figures"]}
    assert (rows["O1", "nps"]["n"], rows["O2", "nps"]["value"]) == (40, None)
    assert client.get("/api/v1/figures?from=2026-05-01&to=x", headers=headers).status_code == 422
    assert client.get("/api/v1/figures?from=2026-04-01&to=2026-04-30", headers=headers).status_code == 404
    with ground.reading() as session:
        assert session.scalars(select(FrozenFigure)).first() is not None


def test_nobody_decides_on_what_they_proposed(ground: Ground, sample: Sample) -> None:
    _questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [{"score": 10}] * 12, MAY)
    me = Actor("user", str(sample.user(Role.ADMINISTRATOR)))
    with ground.writing() as session:
        row = freezing.propose(session, date(2026, 5, 1), date(2026, 5, 31), "", me, ground.now(), NOON.date())
    with pytest.raises(Forbidden), ground.writing() as session:
        freezing.decide(session, row.id, "signed", "", me, ground.now())
    with pytest.raises(Conflict), ground.writing() as session:
        freezing.propose(session, date(2026, 5, 1), date(2026, 5, 31), "", me, ground.now(), NOON.date())


def test_what_a_branch_has_of_its_own_does_not_follow_from_its_outlets(ground: Ground, sample: Sample) -> None:
    _questionnaire, version = publish(ground)
    for unit, n in (("O1", 40), ("O2", 30), ("B1", 4)):
        answer(ground, sample, version, unit, [{"score": 10}] * n, MAY)
    with ground.writing() as session:
        me = Actor("user", str(sample.user(Role.ADMINISTRATOR)))
        with pytest.raises(InvalidInput):
            freezing.propose(session, date(2026, 5, 1), date(2026, 5, 30), "", me, ground.now(), NOON.date())
        row = freezing.propose(session, date(2026, 5, 1), date(2026, 5, 31), "", me, ground.now(), NOON.date())
        codes = {key: code for code, key in sample.units.items()}
        frozen = session.scalars(select(FrozenFigure).where(FrozenFigure.period_id == row.id, FrozenFigure.indicator == "nps"))
        shown = {codes[one.unit_id]: one.value is not None for one in frozen}
        content = gather(session, sample.units["B1"], row.first, row.last, NOON.date(), ZoneInfo("Asia/Shanghai"))
    assert (shown["O1"], shown["O2"]) == (True, False)
    assert content is not None
    assert {one.unit.code: one.figures["nps"] is not None for one in content.units} == {"O1": True, "O2": False}


def test_a_drop_a_collapse_and_a_flood_are_told_apart_from_chance() -> None:
    good, bad = of_values(Kind.NPS, [10.0] * 80 + [8.0] * 20), of_values(Kind.NPS, [10.0] * 20 + [3.0] * 20)
    found = drop(Kind.NPS, bad, good)
    assert found is not None
    assert (found.value, found.before) == (0.0, 80.0)
    assert drop(Kind.NPS, good, bad) is None
    assert drop(Kind.NPS, of_values(Kind.NPS, [0.0] * 29), good) is None
    assert rate_collapse(200, 10, 1000, 200) is not None
    assert rate_collapse(200, 36, 1000, 200) is None
    assert rate_collapse(40, 0, 1000, 200) is None
    assert flood(90, [10] * 28) is not None
    assert flood(25, [1] * 28) is None
    assert flood(90, [10] * 13 + [0] * 15) is None
    assert flood(90, [60, 20] * 14) is None


def test_an_alarm_is_raised_once_and_shown_to_its_unit(
    ground: Ground, clock: FixedClock, sample: Sample, sign_in: Callable[..., FlaskClient]
) -> None:
    manager, other = sign_in(Role.OUTLET_MANAGER, "O1"), sign_in(Role.OUTLET_MANAGER, "O3")
    _questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [{"score": 10}] * 60, MAY)
    answer(ground, sample, version, "O1", [{"score": 1}] * 40, NOON - timedelta(days=2))
    assert alarming.raise_alarms(ground, clock.now()) == 3  # the outlet, its branch and the head office
    assert alarming.raise_alarms(ground, clock.forward(timedelta(days=1))) == 0
    with ground.reading() as session:
        kinds = {(row.kind, row.followed_up_at) for row in session.scalars(select(MetricAlarm))}
    assert kinds == {("drop", None)}
    assert "Drop" in manager.get("/portal/metric-alarms").text
    assert "Drop" not in other.get("/portal/metric-alarms").text


def test_notes_and_views_are_kept_and_refused(sample: Sample, sign_in: Callable[..., FlaskClient], ground: Ground) -> None:
    analyst, manager = sign_in(Role.ANALYST), sign_in(Role.OUTLET_MANAGER, "O1")
    assert analyst.post("/portal/annotations", data={"day": "2026-06-01", "words": "New app", "unit": "O2"}).status_code == 302
    assert analyst.post("/portal/annotations", data={"day": "x", "words": ""}).status_code == 422
    assert manager.post("/portal/annotations", data={"day": "2026-06-01", "words": "x"}).status_code == 403
    assert "New app" in analyst.get("/portal/annotations").text
    assert "New app" not in manager.get("/portal/annotations").text
    assert analyst.post("/portal/annotations", data={"day": "2026-06-02", "words": "Storm everywhere"}).status_code == 302
    with ground.reading() as session:
        shown = [words for _day, words in labels.notes(session, NOON.date() - timedelta(days=20), NOON.date(), [sample.units["O1"]])]
    assert shown == ["Storm everywhere"]
    view = {"name": "May", "address": "/portal/dashboard?period=30", "shared": "1"}
    assert manager.post("/portal/views", data=view).status_code == 302
    assert "May" not in analyst.get("/portal/views").text
    for address in ("https://elsewhere.test/", "//elsewhere.test/portal/", "/portal/../log-out", "/portal\\x"):
        assert manager.post("/portal/views", data=view | {"address": address}).status_code == 422, address
    with pytest.raises(InvalidInput), ground.writing() as session:
        noting.save_view(session, sample.user(Role.ANALYST), "", "/portal/x", False, NOON)


@pytest.mark.parametrize(("rhythm", "today", "due", "first", "last"), [
    ("weekly", date(2026, 6, 15), date(2026, 6, 22), date(2026, 6, 15), date(2026, 6, 21)),
    ("weekly", date(2026, 6, 21), date(2026, 6, 22), date(2026, 6, 15), date(2026, 6, 21)),
    ("monthly", date(2026, 12, 31), date(2027, 1, 1), date(2026, 12, 1), date(2026, 12, 31)),
    ("monthly", date(2026, 1, 1), date(2026, 2, 1), date(2026, 1, 1), date(2026, 1, 31)),
])  # fmt: skip
def test_a_report_speaks_of_the_whole_week_or_month_before_it_is_due(rhythm: str, today: date, due: date, first: date, last: date) -> None:
    assert next_due(rhythm, today) == due
    assert days_of(rhythm, due) == (first, last)
