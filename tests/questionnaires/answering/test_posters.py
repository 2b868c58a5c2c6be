"""Codes on posters: made within one's units, read back from the picture, answered, flagged, re-pointed, retired."""

import io
from collections.abc import Callable
from random import Random
from uuid import UUID

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import select

from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from questionnaires.answering import links_sample
from questionnaires.answering.links_models import PosterDay
from questionnaires.answering.models import PosterCode, Response
from questionnaires.answering.posters import Place
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.answering.conftest import FIVE, PAGES, Asked

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]


def questionnaire_of(ground: Ground, version_id: UUID) -> UUID:
    with ground.reading() as session:
        row = session.get(QuestionnaireVersion, version_id)
    assert row is not None
    return row.questionnaire_id


@pytest.fixture
def code(ground: Ground, asked: Asked, sample: Sample, sign_in: SignIn) -> str:
    """A code at counter 3 of the first outlet, made by its manager."""
    form = {
        "unit": str(sample.units["O1"]),
        "questionnaire": str(questionnaire_of(ground, asked.version(FIVE))),
        "counter": "3",
        "staff": "E7",
    }
    answer = sign_in(Role.OUTLET_MANAGER, "O1").post("/portal/posters/new", data=form)
    assert answer.status_code == 302
    again = sign_in(Role.OUTLET_MANAGER, "O1").post("/portal/posters/new", data=form)
    assert again.location == answer.location
    return str(answer.location).rsplit("/", 1)[1]


def responses(ground: Ground) -> list[Response]:
    with ground.reading() as session:
        return list(session.scalars(select(Response).order_by("started_at", "submitted_at")))


def test_the_picture_says_the_address(code: str, sign_in: SignIn) -> None:
    manager = sign_in(Role.OUTLET_MANAGER, "O1")
    png = manager.get(f"/portal/posters/{code}.png")
    assert zxingcpp.read_barcodes(Image.open(io.BytesIO(png.data)))[0].text == f"http://bank.test/q/{code}"
    svg = manager.get(f"/portal/posters/{code}.svg?download=1")
    assert (svg.mimetype, b"<path" in svg.data) == ("image/svg+xml", True)
    assert "attachment" in svg.headers["Content-Disposition"]


def test_an_answer_carries_where_it_was_given(client: FlaskClient, ground: Ground, code: str, sample: Sample) -> None:
    page = client.get(f"/q/{code}")
    assert (page.status_code, "do=decline" in page.text) == (200, False)
    assert client.post(f"/q/{code}", data={"_page": "0", "nps": "2"}).status_code == 200
    response = responses(ground)[0]
    assert (response.unit_id, response.counter, response.staff, response.source, response.poster_code) == (
        sample.units["O1"],
        "3",
        "E7",
        "self_chosen",
        code,
    )
    assert (response.person_id, response.invitation_id, response.flags) == (None, None, [])


def test_a_second_answer_of_one_device_is_flagged_not_refused(client: FlaskClient, ground: Ground, code: str) -> None:
    for _ in range(2):
        page = client.get(f"/q/{code}?lang=en")
        assert "checked" not in page.text.split("<main>")[1]
        client.post(f"/q/{code}", data={"_page": "0", "nps": "2"})
    assert sorted(tuple(response.flags) for response in responses(ground)) == [(), ("same_device",)]


def test_later_pages_find_their_answers_without_cookies(app: object, ground: Ground, asked: Asked, code: str) -> None:
    several_pages = questionnaire_of(ground, asked.version(PAGES))
    with ground.writing() as session:
        row = session.get(PosterCode, code)
        assert row is not None
        row.questionnaire_id = several_pages
    client = app.test_client(use_cookies=False)  # type: ignore[attr-defined]
    second = client.post(f"/q/{code}?lang=en", data={"_page": "0", "nps": "10"})
    key = second.text.split('name="_key" value="')[1].split('"')[0]
    forged = client.post(f"/q/{code}?lang=en", data={"_page": "2", "words": "x", "_key": "0" * 32 + key[32:]})
    assert forged.status_code == 422
    assert client.post(f"/q/{code}?lang=en", data={"_page": "2", "words": "good", "_key": key}).status_code == 200
    assert [response.answers for response in responses(ground) if response.submitted_at] == [{"nps": 10, "words": "good"}]


def test_a_retired_code_asks_no_more(client: FlaskClient, ground: Ground, code: str, sign_in: SignIn) -> None:
    assert sign_in(Role.OUTLET_MANAGER, "O1").post(f"/portal/posters/{code}/retire").status_code == 302
    assert client.get(f"/q/{code}").status_code == 410
    assert client.post(f"/q/{code}", data={"nps": "9"}).status_code == 410
    assert client.get("/q/nothing1").status_code == 404
    assert responses(ground) == []


def test_a_printed_code_can_ask_something_else(client: FlaskClient, ground: Ground, asked: Asked, code: str, sign_in: SignIn) -> None:
    other = questionnaire_of(ground, asked.version(PAGES))
    assert sign_in(Role.DESIGNER).post(f"/portal/posters/{code}/point", data={"questionnaire": str(other)}).status_code == 302
    assert "Three pages" in client.get(f"/q/{code}?lang=en").text


def test_codes_of_other_units_are_not_there(code: str, sign_in: SignIn, sample: Sample, ground: Ground, asked: Asked) -> None:
    other = sign_in(Role.OUTLET_MANAGER, "O3")
    assert code not in other.get("/portal/posters").text
    assert other.get(f"/portal/posters/{code}").status_code == 404
    assert other.post(f"/portal/posters/{code}/retire").status_code == 404
    form = {"unit": str(sample.units["O1"]), "questionnaire": str(questionnaire_of(ground, asked.version(FIVE)))}
    assert other.post("/portal/posters/new", data=form).status_code == 404
    assert sign_in(Role.CASE_HANDLER, "O1").get("/portal/posters").status_code == 403
    assert sign_in(Role.AUDITOR).post(f"/portal/posters/{code}/retire").status_code == 403


def test_staff_see_the_pages(code: str, sign_in: SignIn) -> None:
    manager = sign_in(Role.OUTLET_MANAGER, "O1")
    assert code in manager.get("/portal/posters").text
    assert manager.get("/portal/posters/new").status_code == 200
    assert "Change what it asks" in manager.get(f"/portal/posters/{code}").text
    assert manager.post("/portal/posters/new", data={"counter": "x" * 99}).status_code == 422


def test_the_month_of_the_sample_bank_can_be_made_by_night(ground: Ground, asked: Asked, sample: Sample) -> None:
    version = asked.version(FIVE)
    places = [(f"code{number}", Place(sample.units["O1"], counter=str(number))) for number in range(12)]
    night = NOON.replace(hour=17)  # one in the morning, in Shanghai: some of a day's scans are of the day before
    with ground.writing() as session:
        row = session.get(QuestionnaireVersion, version)
        assert row is not None
        asked_one = session.get(Questionnaire, row.questionnaire_id)
        assert asked_one is not None
        asked_one.current_version_id = version
        made = links_sample._month(session, ground.settings.zone, places, asked_one, Random(1), night)
        assert made > 50
        assert len(session.scalars(select(PosterDay)).all()) > 150
