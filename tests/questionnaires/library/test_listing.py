"""The library's list: filters, folders, pages by cursor, and as many statements for forty questionnaires as for one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people.rules.roles import Role
from questionnaires.library import folders, library, listing
from questionnaires.library.library import NewQuestionnaire
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.library.world import definition

SignIn = Callable[..., FlaskClient]
HOME = "/portal/questionnaires"


def fill(sample: Sample, count: int, folder: str = "outlets") -> Actor:
    """Questionnaires of one owner, a minute apart."""
    actor = Actor("user", str(sample.user(Role.DESIGNER)))
    with sample.ground.writing() as session:
        for number in range(count):
            made = definition(title={"zh-Hans": f"问卷{number}号", "en": f"Survey {number}"})
            library.create(session, NewQuestionnaire(f"q{number}", made, folder), actor, NOON + timedelta(minutes=number))
    return actor


def _statements(sample: Sample, args: dict[str, str]) -> tuple[int, int]:
    said: list[str] = []
    engine = sample.ground.db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        with sample.ground.reading() as session:
            lines = len(listing.page(session, args)["lines"])
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return lines, len([one for one in said if one.lstrip().upper().startswith("SELECT")])


def test_a_page_costs_the_same_statements_whatever_its_length(sample: Sample, app: object) -> None:
    assert app is not None
    fill(sample, 1)
    from flask import Flask

    assert isinstance(app, Flask)
    with app.test_request_context():
        lines, few = _statements(sample, {})
        assert lines == 1
        with sample.ground.writing() as session:
            actor = Actor("user", str(sample.user(Role.DESIGNER)))
            for number in range(1, 40):
                library.create(session, NewQuestionnaire(f"q{number}", definition(), "outlets"), actor, NOON)
        lines, many = _statements(sample, {})
    assert (lines, many) == (listing.PAGE, few)
    assert many <= 6


def test_pages_by_cursor_show_each_questionnaire_once(sample: Sample, app: object) -> None:
    fill(sample, 30)
    from flask import Flask

    assert isinstance(app, Flask)
    with app.test_request_context(), sample.ground.reading() as session:
        first = listing.page(session, {})
        second = listing.page(session, {"cursor": first["next"]})
        nonsense = listing.page(session, {"cursor": "nonsense", "owner": "nobody"})
    codes = [line.row.code for page in (first, second) for line in page["lines"]]
    assert codes == [f"q{number}" for number in reversed(range(30))]
    assert second["next"] is None
    assert len(nonsense["lines"]) == listing.PAGE


@pytest.mark.sqlite_only
def test_filters_stand_in_the_address_and_find_both_languages(sample: Sample, sign_in: SignIn) -> None:
    fill(sample, 12)
    reader = sign_in(Role.AUDITOR)
    for query, found in (("search=问卷7", "Survey 7"), ("search=survey+7", "Survey 7"), ("folder=outlets&search=q7", "Survey 7")):
        page = reader.get(f"{HOME}?{query}").text
        assert found in page, query
        assert "Survey 3" not in page, query
    assert "No questionnaire fits" in reader.get(f"{HOME}?status=retired").text
    assert "Choose" not in page


@pytest.mark.sqlite_only
def test_folders_are_made_renamed_and_moved_and_questionnaires_go_into_them(sample: Sample, sign_in: SignIn) -> None:
    fill(sample, 2)
    designer = sign_in(Role.DESIGNER)
    folder = {"name_zh": "二零二六", "name_en": "Year 2026", "parent": ""}
    assert designer.post(f"{HOME}/folders", data=folder).status_code == 302
    assert designer.post(f"{HOME}/folders", data={**folder, "name_en": "Spring", "parent": "year_2026"}).status_code == 302
    with sample.ground.reading() as session:
        key = str(library.by_code(session, "q1").id)
    assert designer.post(f"{HOME}/move", data={"id": key, "folder": "spring"}).status_code == 302
    page = designer.get(f"{HOME}?folder=year_2026").text
    assert "Survey 1" in page
    assert "Survey 0" not in page
    for data, said in (
        ({"name_zh": " ", "name_en": ""}, "folder_needs_name"),
        ({"code": "year_2026", "name_en": "Y", "parent": "spring"}, "folder_in_itself"),
    ):
        refused = designer.post(f"{HOME}/folders", data=data)
        assert refused.status_code == 422, said
    assert designer.post(f"{HOME}/move", data={"id": key, "folder": "nowhere"}).status_code == 404
    assert sign_in(Role.AUDITOR).post(f"{HOME}/folders", data=folder).status_code == 403


def test_folders_are_three_deep_at_most(sample: Sample) -> None:
    actor = Actor("user", str(sample.user(Role.DESIGNER)))
    from wsgi import create_app

    with create_app(sample.ground).test_request_context(), sample.ground.writing() as session:
        code = ""
        for number in range(3):
            code = folders.make(session, "", f"Level {number}", code, actor, NOON)
            session.flush()
        with pytest.raises(InvalidInput):
            folders.make(session, "", "Too deep", code, actor, NOON)
