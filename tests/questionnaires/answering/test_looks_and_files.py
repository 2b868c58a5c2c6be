"""Themes, pictures, files on the page, staff's page of a response, answers entered by telephone."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from questionnaires.answering import erasing, uploads_jobs
from questionnaires.answering.links_models import AssistedEntry, Media, Upload, UploadContent
from questionnaires.answering.models import Invitation, PosterCode
from questionnaires.answering.rules.contrast import palette
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.answering.conftest import FIVE, PAGES, Asked, Asking, both
from tests.questionnaires.answering.test_posters import questionnaire_of, responses
from tests.questionnaires.answering.test_uploads import jpeg, png

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]
LOOK = {"code": "river", "name_zh": "江州", "name_en": "River", "brand": "#ffcc00", "corners": "round", "density": "roomy"}
DARKER = palette("#ffcc00").light
FILES = {
    "title": both("材料", "Papers"),
    "pages": [
        {
            "id": "one",
            "questions": [
                {"code": "nps", "type": "nps", "text": both("推荐吗？", "Recommend?")},
                {"code": "pic", "type": "photo", "max": 2, "text": both("照片", "A photo")},
                {"code": "doc", "type": "file", "text": both("文件", "A file")},
                {"code": "sign", "type": "signature", "text": both("签名", "Your signature")},
            ],
        }
    ],
}


def one(ground: Ground, table: Any) -> Any:
    with ground.reading() as session:
        return session.scalars(select(table)).one()


def test_a_theme_shows_on_customers_pages_with_its_darker_step(client: FlaskClient, asked: Asked, sign_in: SignIn) -> None:
    designer, link = sign_in(Role.DESIGNER), asked.link(FIVE)
    before = client.get(link.path)
    assert designer.post("/portal/themes/new", data=LOOK | {"footer.en": "Member of the deposit scheme"}).status_code == 302
    after = client.get(f"{link.path}?lang=en")
    assert (f"--b:{DARKER}" in after.text, "Member of the deposit scheme" in after.text) == (True, True)
    assert before.headers["Content-Security-Policy"] != after.headers["Content-Security-Policy"]
    page = designer.get("/portal/themes/river").text
    assert (DARKER in page, "darker step" in page) == (True, True)


def test_a_questionnaire_may_name_another_theme_than_the_default(client: FlaskClient, asked: Asked, sign_in: SignIn) -> None:
    designer = sign_in(Role.DESIGNER)
    designer.post("/portal/themes/new", data=LOOK)
    designer.post("/portal/themes/new", data=LOOK | {"code": "red", "brand": "#c8102e"})
    assert "--b:#c8102e" in client.get(asked.link({**FIVE, "theme": "red"}).path).text
    assert f"--b:{DARKER}" in client.get(asked.link({**FIVE, "theme": "not_there"}).path).text
    designer.post("/portal/themes/red/default")
    assert "--b:#c8102e" in client.get(asked.link(FIVE).path).text


def test_two_editors_of_a_theme_overwrite_nothing_and_old_revisions_come_back(sign_in: SignIn) -> None:
    designer = sign_in(Role.DESIGNER)
    designer.post("/portal/themes/new", data=LOOK)
    change = {**LOOK, "brand": "#c8102e", "based_on": "1"}
    assert designer.post("/portal/themes/river", data=change).status_code == 302
    late = designer.post("/portal/themes/river", data=change | {"brand": "#123456"})
    assert (late.status_code, "#123456" in late.text) == (409, True)
    assert designer.post("/portal/themes/river/back/1").status_code == 302
    assert designer.post("/portal/themes/river/back/9").status_code == 404
    assert 'value="#ffcc00"' in designer.get("/portal/themes/river").text
    assert designer.post("/portal/themes/river", data=change | {"based_on": "1"}).status_code == 302
    assert ">3<" in designer.get("/portal/themes/river").text


@pytest.mark.parametrize(
    "odd",
    [
        {"brand": "red"},
        {"brand": "#12345"},
        {"code": "A b"},
        {"code": ""},
        {"name_zh": ""},
        {"name_en": "x" * 100_000},
        {"corners": "x"},
        {"logo": "00000000-0000-7000-8000-000000000000"},
        {"logo": "x"},
        {"footer.en": "x" * 1000},
        {"footer.en": "a\0b"},
    ],
)
def test_a_theme_that_can_not_be_is_given_back(sign_in: SignIn, odd: dict[str, str]) -> None:
    answer = sign_in(Role.DESIGNER).post("/portal/themes/new", data=LOOK | odd)
    assert answer.status_code == 422
    assert sign_in(Role.OUTLET_MANAGER, "O1").post("/portal/themes/new", data=LOOK).status_code == 403


def test_the_preview_is_the_real_page_in_either_light(sign_in: SignIn) -> None:
    designer = sign_in(Role.DESIGNER)
    for scheme, wanted, other in (("light", "@media not all", "@media all"), ("dark", "@media all", "@media not all")):
        page = designer.get("/portal/themes/preview", query_string={"scheme": scheme, "brand": "#c8102e", "footer.en": "x"})
        assert (wanted in page.text, other in page.text, "prefers-color-scheme" in page.text) == (True, False, False)
        assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert designer.get("/portal/themes/preview?brand=nonsense&logo=x").status_code == 200


def add_picture(client: FlaskClient, content: bytes, name: str = "Logo") -> TestResponse:
    return client.post("/portal/media", data={"name": name, "file": (io.BytesIO(content), "logo.svg")})


def test_a_picture_of_the_bank_is_made_anew_and_kept_by_browsers(client: FlaskClient, ground: Ground, sign_in: SignIn) -> None:
    designer = sign_in(Role.DESIGNER)
    for _ in range(2):
        assert add_picture(designer, png(2000, 500) + b"<script>").status_code == 302
    key = one(ground, Media).id
    answer = client.get(f"/media/{key}")
    assert (answer.mimetype, Image.open(io.BytesIO(answer.data)).size, b"script" in answer.data) == ("image/png", (800, 200), False)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(f"/media/{key}", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    designer.post("/portal/themes/new", data=LOOK | {"logo": str(key)})
    assert designer.post(f"/portal/media/{key}/retire").status_code == 302
    assert str(key) not in designer.get("/portal/media").text
    assert client.get(f"/media/{key}").status_code == 200
    assert client.get("/media/00000000-0000-7000-8000-000000000000").status_code == 404


@pytest.mark.parametrize("content", [b"", b"<svg><script/></svg>", b"\0\0\0\x18ftypheic" + b"\0" * 20, jpeg()[:40]])
def test_a_picture_that_can_not_be_taken_is_told_beside_its_field(ground: Ground, sign_in: SignIn, content: bytes) -> None:
    answer = add_picture(sign_in(Role.DESIGNER), content)
    assert (answer.status_code, 'aria-invalid="true"' in answer.text) == (422, True)
    with ground.reading() as session:
        assert session.scalars(select(Media)).first() is None


def test_files_of_an_answer_are_kept_and_only_the_right_staff_see_them(
    client: FlaskClient, ground: Ground, asked: Asked, sample: Sample, sign_in: SignIn
) -> None:
    customer = sample.customer("C1")
    link = asked.link(FILES, customer_id=customer.id, person_id=customer.person_id)
    page = client.get(f"{link.path}?lang=en").text
    assert ("multipart/form-data" in page, "/js/signature." in page) == (True, True)
    form: dict[str, Any] = {"_page": "0", "nps": "3", "sign__name": "Wang"}
    form |= {"pic": (io.BytesIO(jpeg()), "me.jpg"), "doc": (io.BytesIO(b"%PDF-1.7 <script>"), "cv.html")}
    assert client.post(f"{link.path}?lang=en", data=form).status_code == 200
    uploads_jobs.make_pictures(ground, NOON)
    response = responses(ground)[0]
    with ground.reading() as session:
        rows = {row.kind: row for row in session.scalars(select(Upload))}
    assert {row.response_id for row in rows.values()} == {response.id}
    assert {row.owner for row in rows.values()} == {""}
    manager, stranger = sign_in(Role.OUTLET_MANAGER, "O1"), sign_in(Role.OUTLET_MANAGER, "O3")
    shown = manager.get(f"/portal/answers/{response.id}")
    assert (shown.status_code, "cv.html" in shown.text, "upload-thumb" in shown.text) == (200, True, True)
    for kind, part in (("photo", "picture"), ("photo", "thumb"), ("file", "original"), ("signature", "original")):
        path = f"/portal/answers/files/{rows[kind].id}/{part}"
        answer = manager.get(path)
        assert answer.status_code == 200, path
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("inline" if kind == "photo" else "attachment")
        assert (stranger.get(path).status_code, client.get(path).status_code) == (404, 302)
    assert manager.get(f"/portal/answers/files/{rows['photo'].id}/original").status_code == 404
    assert stranger.get(f"/portal/answers/{response.id}").status_code == 404
    assert sign_in(Role.DESIGNER).get(f"/portal/answers/{response.id}").status_code == 403
    with ground.writing() as session:
        assert erasing.erase(session, [customer.id], NOON) == 1
        assert (session.scalars(select(UploadContent)).first(), session.scalars(select(Upload)).first()) == (None, None)
    assert responses(ground)[0].answers == {"nps": 3}


def test_files_that_can_not_be_taken_are_told_and_the_rest_is_kept(client: FlaskClient, ground: Ground, asked: Asked) -> None:
    theirs, link = asked.link(FILES), asked.link(FILES)
    client.post(theirs.path, data={"_page": "0", "doc": (io.BytesIO(b"%PDF-1.7"), "a.pdf")})
    taken = one(ground, Upload).id
    form = {"_page": "0", "nps": "3", "pic": (io.BytesIO(b"<svg><script>alert(1)</script></svg>"), "a.jpg")}
    answer = client.post(f"{link.path}?lang=en", data=form)
    assert (answer.status_code, "kind of file" in answer.text) == (422, True)
    stolen = client.post(f"{link.path}?lang=en", data={"_page": "0", "nps": "3", "doc": taken.hex})
    assert stolen.status_code == 422 or taken.hex not in str([row.answers for row in responses(ground)][-1])
    with ground.reading() as session:
        row = session.get(Upload, taken)
    assert row is not None
    assert [response.id for response in responses(ground) if taken.hex in str(response.answers)] == [row.response_id]


def test_an_anonymous_answer_keeps_its_files_but_not_whose_they_are(
    client: FlaskClient, ground: Ground, asked: Asked, sample: Sample
) -> None:
    link = asked.link({**FILES, "anonymous": True}, customer_id=sample.customer("C1").id)
    client.post(link.path, data={"_page": "0", "nps": "3", "doc": (io.BytesIO(b"%PDF-1.7"), "a.pdf")})
    row = one(ground, Upload)
    assert (row.owner, row.response_id) == ("", responses(ground)[0].id)
    assert link.id.hex not in str(vars(row))


@pytest.fixture
def asking(asked: Asked, sample: Sample) -> Asking:
    """A link of a customer to three pages about a staff member of the first outlet."""
    customer = sample.customer("C1")
    return asked.link(PAGES, customer_id=customer.id, person_id=customer.person_id, staff="E7")


def key_of(page: TestResponse) -> str:
    return page.text.split('name="_key" value="')[1].split('"')[0]


def test_the_telephone_bank_enters_answers_marked_as_theirs(ground: Ground, asking: Asking, sample: Sample, sign_in: SignIn) -> None:
    clerk = sign_in(Role.COMPLAINT_CENTRE)
    assert str(asking.id) in clerk.get("/portal/assisted?ref=C1").text
    path = f"/portal/assisted/link/{asking.id}"
    page = clerk.get(f"{path}?lang=en")
    assert ("for a customer" in page.text, "do=decline" in page.text) == (True, False)
    second = clerk.post(f"{path}?lang=en", data={"_page": "0", "nps": "9", "_key": key_of(page)})
    done = clerk.post(f"{path}?lang=en", data={"_page": "2", "words": "said so", "_key": key_of(second)})
    assert (done.status_code, done.location) == (302, "/portal/assisted")
    found = responses(ground)[0]
    assert (found.source, found.answers["words"], found.submitted_at is not None) == ("assisted", "said so", True)
    assert one(ground, AssistedEntry).user_id == sample.user(Role.COMPLAINT_CENTRE)
    with ground.reading() as session:
        assert len(list(session.scalars(select(AuditEntry).where(AuditEntry.act == "assisted.enter")))) == 1  # type: ignore[arg-type]
    assert clerk.get(path).status_code == 302


def test_nobody_enters_answers_about_themselves_or_without_their_own_ticket(
    app: Any, ground: Ground, asking: Asking, sample: Sample, sign_in: SignIn
) -> None:
    path = f"/portal/assisted/link/{asking.id}"
    clerk, other = sign_in(Role.COMPLAINT_CENTRE), sign_in(Role.CASE_HANDLER)
    key = key_of(clerk.get(path))
    for forged in ("", "x", key_of(other.get(path)), f"{'0' * 32}{key[32:]}"):
        assert clerk.post(path, data={"_page": "0", "nps": "9", "_key": forged}).status_code == 400
    with ground.writing() as session:
        row = session.get(Invitation, asking.id)
        assert row is not None
        row.staff = "Complaint_Centre.HO"
    assert (clerk.get(path).status_code, clerk.post(path, data={"_page": "0", "nps": "9", "_key": key}).status_code) == (403, 403)
    assert other.get(path).status_code == 200
    assert sign_in(Role.CASE_HANDLER, "O1").get(path).status_code == 403
    assert sign_in(Role.CASE_HANDLER, "O3").get(path).status_code == 404
    assert responses(ground) == []


def test_the_telephone_bank_uses_a_code_where_there_is_no_link(ground: Ground, asked: Asked, sample: Sample, sign_in: SignIn) -> None:
    with ground.writing() as session:
        asks = questionnaire_of(ground, asked.version(FIVE))
        session.add(PosterCode(code="abcd2345", questionnaire_id=asks, unit_id=sample.units["O1"], staff="E7", created_at=NOON))
    clerk = sign_in(Role.COMPLAINT_CENTRE)
    assert clerk.get("/portal/assisted?code=ABCD2345").location == "/portal/assisted/code/abcd2345"
    assert clerk.get("/portal/assisted?code=nothing").status_code == 200
    page = clerk.get("/portal/assisted/code/abcd2345")
    assert "Set-Cookie" not in page.headers or "answered" not in page.headers["Set-Cookie"]
    form = {"_page": "0", "nps": "9", "_key": key_of(page)}
    for _ in range(2):
        assert clerk.post("/portal/assisted/code/abcd2345", data=form).status_code == 302
    found = responses(ground)
    assert [(response.source, response.staff, response.poster_code) for response in found] == [("assisted", "E7", "abcd2345")]


def test_marks_are_told_in_words_where_a_response_is_shown(client: FlaskClient, ground: Ground, asked: Asked, sign_in: SignIn) -> None:
    link = asked.link(FIVE)
    client.post(link.path, data={"_page": "0", "nps": "9", "_url": "http://spam", "_t": "1"})
    found = responses(ground)[0]
    assert set(found.flags) == {"honeypot", "too_fast", "speeder"}
    page = sign_in(Role.OUTLET_MANAGER, "O1").get(f"/portal/answers/{found.id}").text
    assert all(words in page for words in ("Perhaps a program", "Speeder", "less than 2 seconds"))
