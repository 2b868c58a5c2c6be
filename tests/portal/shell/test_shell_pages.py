"""The frame around every staff page, the home page of a fresh bank, the page of all parts, and the pages of errors."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.people.rules.roles import Role

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_the_page_of_all_parts_shows_in_both_languages(sign_in: SignIn, language: str) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.set_cookie("lang", language)
    page = administrator.get("/portal/_parts")
    assert page.status_code == 200
    assert page.text.count('class="card') > 15


def test_the_page_of_all_parts_is_the_administrators_alone(sign_in: SignIn) -> None:
    assert sign_in(Role.OUTLET_MANAGER, "O1").get("/portal/_parts").status_code == 403


def test_a_figure_of_seven_answers_is_not_shown(sign_in: SignIn) -> None:
    page = sign_in(Role.ADMINISTRATOR).get("/portal/_parts").text
    assert "Too few answers" in page
    assert "-28 to 52" not in page


def test_every_chart_has_a_table_of_the_same_figures(sign_in: SignIn) -> None:
    page = sign_in(Role.ADMINISTRATOR).get("/portal/_parts").text
    assert page.count("data-chart=") == page.count("Show as a table") == 2


def test_every_form_that_posts_carries_the_token(sign_in: SignIn) -> None:
    answer = sign_in(Role.ADMINISTRATOR).get("/portal/")
    page = answer.text
    assert answer.status_code == 200
    assert page.count('method="post"') == page.count('name="csrf_token"')


def test_a_page_that_is_not_there_says_what_to_do(client: FlaskClient) -> None:
    page = client.get("/portal/nowhere", headers={"Accept-Language": "en"})
    assert page.status_code == 404
    assert "The address may be old" in page.text
    assert "To the home page" in page.text


def test_the_language_of_a_signed_in_person_is_kept_with_the_person(sign_in: SignIn) -> None:
    manager = sign_in(Role.OUTLET_MANAGER, "O1")
    answer = manager.post("/portal/language", data={"language": "zh-Hans", "next": "/portal/cases"})
    assert answer.location == "/portal/cases"
    manager.delete_cookie("lang")
    assert '<html lang="zh-Hans">' in manager.get("/portal/").text


def test_the_language_switch_leads_to_no_other_site(client: FlaskClient) -> None:
    assert client.post("/portal/language", data={"language": "en", "next": "//evil.example"}).location == "/portal/"
    answered = "/portal/customers/00000000-0000-0000-0000-000000000000"
    for place, back in (
        (f"{answered}/tags/remove", answered),
        ("/portal/customers/find", "/portal/customers"),
        ("/portal/cases?q=a", None),
    ):
        assert client.post("/portal/language", data={"language": "en", "next": place}).location == (back or place)
