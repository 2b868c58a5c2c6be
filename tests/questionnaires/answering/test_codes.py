"""Codes beyond the poster: in channels with a signed customer, on tablets, resting; history, scans, filters, print sheets."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from questionnaires.answering import poster_signing, sheets_jobs
from questionnaires.answering.links_models import PosterPointing, PosterSheet
from questionnaires.answering.models import PosterCode
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.questionnaires.answering.conftest import FIVE, PAGES, Asked
from tests.questionnaires.answering.test_posters import questionnaire_of, responses

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def make(ground: Ground, asked: Asked, sample: Sample) -> Callable[..., str]:
    """Makes a code at the first outlet."""

    def code(document: dict[str, Any] = FIVE, code: str = "abcd2345", **columns: Any) -> str:
        questionnaire_id = columns.pop("questionnaire_id", None) or questionnaire_of(ground, asked.version(document))
        columns = {"unit_id": sample.units["O1"], "created_at": NOON, **columns}
        with ground.writing() as session:
            session.add(PosterCode(code=code, questionnaire_id=questionnaire_id, **columns))
        return code

    return code


def test_a_channel_that_knows_its_customer_says_so_for_ten_minutes(
    client: FlaskClient, ground: Ground, sample: Sample, make: Callable[..., str], clock: FixedClock
) -> None:
    customer = sample.customer("C1")
    code = make(channel="app", place="首页横幅")
    query = poster_signing.sign(poster_signing.key_of_channel(ground.keys, code), "C1", NOON)
    page = client.get(f"/q/{code}", query_string=query)
    key = page.text.split('name="_key" value="')[1].split('"')[0]
    clock.forward(timedelta(hours=1))  # whoever opened the page in time may take their time
    assert client.post(f"/q/{code}", query_string=query, data={"_page": "0", "nps": "9", "_key": key}).status_code == 200
    late = client.get(f"/q/{code}", query_string=query)
    assert '"_key"' not in late.text
    found = responses(ground)[0]
    assert (found.customer_id, found.person_id, found.channel, found.source) == (customer.id, customer.person_id, "app", "self_chosen")


@pytest.mark.parametrize(
    "change", [{"ref": "C2"}, {"sig": "0" * 64}, {"t": "1"}, {"t": "99999999999"}, {"sig": "é"}, {"t": "x"}, {"ref": "C" * 99}]
)
def test_what_the_channel_did_not_sign_is_ignored(
    client: FlaskClient, ground: Ground, sample: Sample, make: Callable[..., str], change: dict[str, str]
) -> None:
    sample.customer("C1")
    sample.customer("C2")
    code = make(channel="wechat")
    good = poster_signing.sign(poster_signing.key_of_channel(ground.keys, code), "C1", NOON)
    key = client.get(f"/q/{code}", query_string=good).text.split('name="_key" value="')[1].split('"')[0]
    forged = client.get(f"/q/{code}", query_string=good | change)
    assert (forged.status_code, '"_key"' in forged.text) == (200, False)
    client.post(f"/q/{code}", query_string=good | {"ref": "C2"}, data={"_page": "0", "nps": "9", "_key": key})
    client.post(f"/q/{code}", query_string={"ref": "C1"}, data={"_page": "0", "nps": "9"})
    assert {response.customer_id for response in responses(ground)} == {None}


def test_a_tablet_keeps_nothing_begins_again_and_marks_nobody(client: FlaskClient, ground: Ground, make: Callable[..., str]) -> None:
    code = make(kiosk=True)
    for _ in range(3):
        page = client.get(f"/q/{code}?lang=en")
        assert "Set-Cookie" not in page.headers
        assert 'class="large kiosk"' in page.text
        assert "/js/kiosk." in page.text
        key = page.text.split('name="_key" value="')[1].split('"')[0]
        form = {"_page": "0", "nps": "2", "_key": key}
        done = client.post(f"/q/{code}?lang=en", data=form)
        again = client.post(f"/q/{code}?lang=en", data=form)
        assert (done.status_code, again.status_code, "Set-Cookie" in done.headers) == (200, 200, False)
        assert done.headers["Refresh"] == f"10; url=/q/{code}?mode=kiosk&lang=en"
    assert [response.flags for response in responses(ground)] == [[], [], []]


def test_a_code_opened_as_on_a_tablet_has_its_look_but_not_its_freedom(
    client: FlaskClient, ground: Ground, make: Callable[..., str]
) -> None:
    code = make()
    client.get(f"/q/{code}")
    client.post(f"/q/{code}", data={"_page": "0", "nps": "2"})
    page = client.get(f"/q/{code}?mode=kiosk")
    assert ("Set-Cookie" in page.headers, "/js/kiosk." in page.text) == (False, True)
    key = page.text.split('name="_key" value="')[1].split('"')[0]
    client.post(f"/q/{code}?mode=kiosk", data={"_page": "0", "nps": "2", "_key": key})
    assert sorted(tuple(response.flags) for response in responses(ground)) == [(), ("same_device",)]


def test_a_device_that_goes_on_answering_is_a_burst(client: FlaskClient, ground: Ground, make: Callable[..., str]) -> None:
    code = make()
    for _ in range(5):
        client.get(f"/q/{code}")
        assert client.post(f"/q/{code}", data={"_page": "0", "nps": "2"}).status_code == 200
    flags = sorted(tuple(response.flags) for response in responses(ground))
    assert flags == [(), ("same_device",), ("same_device",), ("same_device", "burst_device"), ("same_device", "burst_device")]


def test_many_answers_from_one_address_are_marked_not_refused(app: Any, ground: Ground, make: Callable[..., str]) -> None:
    code = make()
    for _ in range(17):
        browser = app.test_client()
        browser.get(f"/q/{code}")
        assert browser.post(f"/q/{code}", data={"_page": "0", "nps": "2"}).status_code == 200
    assert sorted(len(response.flags) for response in responses(ground)) == [0] * 15 + [1] * 2


def test_only_what_a_page_tells_counts_as_a_scan(client: FlaskClient, ground: Ground, make: Callable[..., str], sign_in: SignIn) -> None:
    code = make()
    for _ in range(3):
        client.get(f"/q/{code}")
    for _ in range(2):
        assert client.post(f"/q/{code}/opened").status_code == 204
    assert client.post("/q/nothing1/opened").status_code == 404
    client.post(f"/q/{code}", data={"_page": "0", "nps": "2"})
    listed = sign_in(Role.OUTLET_MANAGER, "O1").get("/portal/posters").text
    row = listed.split(code)[-1].split("</tr>")[0]
    assert [part.split("<")[0] for part in row.split('class="num">')[1:]] == ["2", "1", "1"]


def test_a_code_rests_and_is_taken_up_again(client: FlaskClient, make: Callable[..., str], sign_in: SignIn) -> None:
    code, manager = make(), sign_in(Role.OUTLET_MANAGER, "O1")
    assert manager.post(f"/portal/posters/{code}/pause").status_code == 302
    resting = client.get(f"/q/{code}?lang=en")
    assert (resting.status_code, "resting" in resting.text) == (410, True)
    assert client.post(f"/q/{code}", data={"nps": "9"}).status_code == 410
    manager.post(f"/portal/posters/{code}/resume")
    assert client.get(f"/q/{code}").status_code == 200
    manager.post(f"/portal/posters/{code}/retire")
    for act in ("pause", "resume"):
        assert manager.post(f"/portal/posters/{code}/{act}", follow_redirects=True).status_code == 200
    assert client.get(f"/q/{code}").status_code == 410


def test_what_a_code_asked_before_stays_readable(ground: Ground, asked: Asked, make: Callable[..., str], sign_in: SignIn) -> None:
    code, other = make(), questionnaire_of(ground, asked.version(PAGES))
    designer = sign_in(Role.DESIGNER)
    for _ in range(2):
        assert designer.post(f"/portal/posters/{code}/point", data={"questionnaire": str(other)}).status_code == 302
    with ground.reading() as session:
        rows = list(session.scalars(select(PosterPointing).order_by(PosterPointing.pointed_at)))  # type: ignore[arg-type]
    assert [row.pointed_by is not None for row in rows] == [True, True]
    assert rows[-1].questionnaire_id == other
    assert designer.post(f"/portal/posters/{code}/point", data={"questionnaire": "x"}).status_code == 422


def test_the_list_is_narrowed_and_paged_with_as_many_statements_whatever_its_length(
    ground: Ground, asked: Asked, sample: Sample, make: Callable[..., str], sign_in: SignIn, count_statements: Callable[[], Any]
) -> None:
    questionnaire_id, designer = questionnaire_of(ground, asked.version(FIVE)), sign_in(Role.DESIGNER)
    make(questionnaire_id=questionnaire_id, code="aaaa0000", unit_id=sample.units["O3"], counter="7")

    def statements() -> int:
        designer.get("/portal/posters")
        with count_statements() as seen:
            assert designer.get("/portal/posters").status_code == 200
        return len(seen)

    few = statements()
    for number in range(60):
        make(questionnaire_id=questionnaire_id, code=f"code{number:04}", counter=str(number))
    assert statements() == few
    first = designer.get("/portal/posters").text
    assert ("code0049" in first, "code0050" in first) == (True, False)
    assert "code0050" in designer.get("/portal/posters?cursor=O1|code0049").text
    narrowed = designer.get(f"/portal/posters?unit={sample.units['B2']}").text
    assert ("aaaa0000" in narrowed, "code0001" in narrowed) == (True, False)
    assert "code0007" in designer.get("/portal/posters?q=CODE0007").text
    for odd in ("unit=x", "cursor=|", "cursor=x", "state=x", "q=%25_%5C", "questionnaire=x", "q=" + "x" * 200):
        assert designer.get(f"/portal/posters?{odd}").status_code == 200, odd


def test_the_signing_key_is_shown_to_administrators_and_noted(ground: Ground, make: Callable[..., str], sign_in: SignIn) -> None:
    code = make(channel="netbank")
    shown = sign_in(Role.ADMINISTRATOR).post(f"/portal/posters/{code}/key")
    assert poster_signing.key_of_channel(ground.keys, code) in shown.text
    assert sign_in(Role.DESIGNER).post(f"/portal/posters/{code}/key").status_code == 403
    with ground.reading() as session:
        assert session.scalar(select(AuditEntry.act).where(AuditEntry.act == "poster.show_key")) is not None  # type: ignore[call-overload, arg-type]


@pytest.mark.parametrize("odd", [{"channel": "fax"}, {"place": "x" * 99}, {"counter": "a\0b"}, {"unit": "x"}, {"staff": "x" * 100_000}])
def test_a_form_that_can_not_be_taken_is_given_back(
    asked: Asked, ground: Ground, sample: Sample, sign_in: SignIn, odd: dict[str, str]
) -> None:
    form = {"unit": str(sample.units["O1"]), "questionnaire": str(questionnaire_of(ground, asked.version(FIVE))), "counter": "3"}
    assert sign_in(Role.OUTLET_MANAGER, "O1").post("/portal/posters/new", data=form | odd).status_code == 422


def sheet(ground: Ground) -> PosterSheet:
    with ground.reading() as session:
        return session.scalars(select(PosterSheet)).one()


CAPTIONS = {"caption_zh": "扫一扫", "caption_en": "Scan me", "layout": "grid"}


def test_a_sheet_for_a_branch_tree_is_made_by_the_job_and_read_back(
    ground: Ground, asked: Asked, sample: Sample, make: Callable[..., str], sign_in: SignIn
) -> None:
    asks = questionnaire_of(ground, asked.version(FIVE))
    make(questionnaire_id=asks, counter="3号柜台")
    make(questionnaire_id=asks, code="appcode2", channel="app")
    make(questionnaire_id=asks, code="gone2345", counter="9", retired_at=NOON)
    manager = sign_in(Role.OUTLET_MANAGER, "B1")
    order = {**CAPTIONS, "unit": str(sample.units["B1"]), "questionnaire": str(asks), "make_missing": "1"}
    assert manager.post("/portal/poster-sheets", data=order).status_code == 302
    assert (sheet(ground).state, sheet(ground).total) == ("waiting", 3)  # the counter's, and one for each of two outlets
    assert "progress" in manager.get("/portal/poster-sheets").text
    assert sheets_jobs.make_sheets(ground, ground.now()) == 1
    assert sheets_jobs.make_sheets(ground, ground.now()) == 0
    pdf = manager.get(f"/portal/poster-sheets/{sheet(ground).id}.pdf")
    assert (pdf.status_code, "attachment" in pdf.headers["Content-Disposition"]) == (200, True)
    document = pypdfium2.PdfDocument(io.BytesIO(pdf.data))
    assert (len(document), [round(side) for side in document[0].get_size()]) == (1, [595, 842])
    read = {one.text for one in zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())}
    with ground.reading() as session:
        codes = set(session.scalars(select(PosterCode.code).where(PosterCode.code.not_in(["appcode2", "gone2345"]))))  # type: ignore[attr-defined, call-overload]
    assert read == {f"http://bank.test/q/{code}" for code in codes}
    text = document[0].get_textpage().get_text_range()
    assert all(words in text for words in ("扫一扫", "Scan me", "O1 机构 · 3号柜台", "我们绝不索要密码或验证码"))
    document.close()
    assert sign_in(Role.OUTLET_MANAGER, "O3").get(f"/portal/poster-sheets/{sheet(ground).id}.pdf").status_code == 404
    again = manager.post("/portal/poster-sheets", data=order)
    assert again.status_code == 302
    with ground.reading() as session:
        assert len(list(session.scalars(select(PosterCode)))) == 5  # ordered twice, made once


def test_a_table_card_has_a_page_of_its_own(ground: Ground, sample: Sample, make: Callable[..., str], sign_in: SignIn) -> None:
    make()
    make(code="two23456", counter="2")
    order = {**CAPTIONS, "layout": "card", "unit": str(sample.units["O1"])}
    sign_in(Role.OUTLET_MANAGER, "O1").post("/portal/poster-sheets", data=order)
    sheets_jobs.make_sheets(ground, ground.now())
    document = pypdfium2.PdfDocument(io.BytesIO(sheet(ground).pdf or b""))
    assert [zxingcpp.read_barcodes(page.render(scale=1).to_pil())[0].text[-8:] for page in document] == ["abcd2345", "two23456"]
    document.close()


@pytest.mark.parametrize("odd", [{"unit": "x"}, {"layout": "x"}, {"caption_zh": ""}, {"caption_en": "x" * 99}, {"make_missing": "1"}, {}])
def test_an_order_that_can_not_be_taken_is_told(sample: Sample, sign_in: SignIn, odd: dict[str, str]) -> None:
    order = {**CAPTIONS, "unit": str(sample.units["O1"])}
    answer = sign_in(Role.OUTLET_MANAGER, "O1").post("/portal/poster-sheets", data=order | odd)
    assert answer.status_code == (422 if odd else 409)


def test_a_sheet_whose_maker_died_is_made_by_the_next(
    ground: Ground, sample: Sample, make: Callable[..., str], clock: FixedClock, sign_in: SignIn
) -> None:
    make()
    sign_in(Role.OUTLET_MANAGER, "O1").post("/portal/poster-sheets", data={**CAPTIONS, "unit": str(sample.units["O1"])})
    with ground.writing() as session:
        row = session.scalars(select(PosterSheet)).one()
        row.state, row.leased_until = "making", NOON + timedelta(minutes=10)
    assert sheets_jobs.make_sheets(ground, NOON) == 0
    assert sheets_jobs.make_sheets(ground, clock.forward(timedelta(minutes=10))) == 1
    assert sheet(ground).state == "ready"
    assert sheets_jobs.clean_up(ground, clock.forward(timedelta(days=31))) == 1
