"""A file on the pages: put in, looked at with its report, made a draft; large ones in the background; bad ones refused."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from portal.people.rules.roles import Role
from questionnaires.interchange import files_store, formats
from questionnaires.interchange.files_jobs import clean_up, read_files
from questionnaires.interchange.models import FileTaken
from questionnaires.library import library, store
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.interchange import made

HOME = "/portal/questionnaires/from-file"
SignIn = Callable[..., FlaskClient]


def put(client: FlaskClient, data: bytes, name: str, **more: str):
    return client.post(HOME, data={"file": (BytesIO(data), name), **more}, content_type="multipart/form-data")


@pytest.mark.sqlite_only
def test_a_small_file_is_looked_at_and_becomes_a_draft(sample: Sample, sign_in: SignIn) -> None:
    designer = sign_in(Role.DESIGNER)
    seen = put(designer, made.full_qsf(), "Counter visit.qsf").location
    page = designer.get(seen).text
    for words in (
        "What did not come over",
        "Timing PageTimer",
        "We have no such type",
        "Nothing: the draft can be submitted as it is",
        "of 14",
    ):
        assert words in page
    preview = designer.get(f"{seen}/preview?lang=en")
    assert preview.status_code == 200
    assert "QID1?" in preview.text
    assert designer.post(f"{seen}/preview?lang=en", data={"_page": "0", "qid1": "1"}).status_code == 200
    assert sign_in(Role.AUDITOR).get(seen).status_code == 403
    made_one = designer.post(seen, data={"code": "visit", "folder": ""})
    assert made_one.status_code == 302
    assert designer.post(seen, data={"code": "visit", "folder": ""}).location == made_one.location
    with sample.ground.reading() as session:
        assert store.count(session) == 1
        assert library.draft_of(library.by_code(session, "visit")).by_code["qid11"].type == "nps"
    assert designer.get(f"{made_one.location}/file?format=surveyjs").data.startswith(b"{")
    assert designer.get(f"{made_one.location}/file?format=qsf").status_code == 422


@pytest.mark.sqlite_only
def test_a_spreadsheet_is_read_in_the_background(sample: Sample, sign_in: SignIn) -> None:
    designer = sign_in(Role.DESIGNER)
    good, bad = put(designer, made.full_xlsform(), "form.xlsx").location, put(designer, made.full_xlsform()[:3000], "cut.xlsx").location
    assert "The file is being read" in designer.get(good).text
    assert designer.post(good, data={}).status_code == 409
    assert designer.get(f"{good}/preview").status_code == 404
    assert [read_files(sample.ground, NOON) for _ in range(3)] == [1, 1, 0]
    assert "begin repeat" in designer.get(good).text
    page = designer.get(bad).text
    assert "The file cannot be read, so there is no draft." in page
    assert designer.post(f"{good}/discard").status_code == 302
    with sample.ground.reading() as session:
        assert store.count(session) == 0
    assert "cut.xlsx" in designer.get(HOME).text
    assert clean_up(sample.ground, NOON) == 0


@pytest.mark.sqlite_only
def test_a_file_that_cannot_be_read_at_once_says_why(sign_in: SignIn, sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    for data, name in ((b"<a/>", "x.lss"), (b"", "x.json"), (b"hello", "x.qsf"), (made.lss([], extra="<!DOCTYPE a>"), "x.lss")):
        answer = put(designer, data, name)
        assert answer.status_code == 422, name
        assert "Nothing was taken over" in answer.text
    with sample.ground.reading() as session:
        assert not files_store.anything(session)


def test_the_queue_of_files_on_both_databases(sample: Sample, sign_in: SignIn) -> None:
    ground = sample.ground
    sign_in(Role.DESIGNER)
    with ground.writing() as session:
        owner = next(iter(sample.users.values()))
        session.add(
            FileTaken(owner_id=owner, name="a.lss", format=formats.AUTO, sealed=ground.keys.seal(made.every_letter()), created_at=NOON)
        )
    assert read_files(ground, NOON) == 1
    with ground.reading() as session:
        row = files_store.listed(session, owner)[0]
        found = files_store.of_owner(session, row.id, owner)
        assert found is not None
        assert (found.state, found.sealed, found.report["questions"], found.definition is not None) == ("ready", None, 28, True)
