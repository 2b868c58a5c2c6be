"""The club's pages in Chromium at both sizes and in both languages: nothing beyond the edge, nothing that axe finds."""

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Route

from officers.club import articles, board, moderation, places
from officers.club.moderation import Ruling
from portal.people.models import User
from portal.people.rules.roles import Role
from tests.browser import DESKTOP, PHONE, violations
from tests.conftest import NOON
from tests.officers.club.world import HOUR, TOPIC, World

pytestmark = [pytest.mark.browser, pytest.mark.deep, pytest.mark.sqlite_only, pytest.mark.timeout(600)]


def test_the_pages_are_sound(world: World, enter, sign_in, browser: Browser) -> None:
    world.topic()
    ann, bob = world.officers(2)
    activity = world.activity(starts=NOON + HOUR / 4)
    with world.ground.writing() as session:
        places.sign_up(session, activity.id, ann, NOON - HOUR)
        post = board.write(session, ann.id, TOPIC, "等候区", "椅子不够。", NOON)
        moderation.decide(session, post.id, Ruling("approve", "waiting"), world.actor, NOON)
        board.comment(session, ann.id, post.id, "补充一句。", NOON)
        board.write(session, bob.id, TOPIC, "Waits", "A first post", NOON)
        written = articles.Written("practice", "怎样写", "要点", "<p>So</p><ul><li>a</li></ul>", must_read=True, pinned=True)
        article = articles.save(session, None, written, None, world.actor, NOON)
        articles.publish(session, article.id, world.actor, NOON)
    zone = [
        "club", f"club/posts/{post.id}", f"club/posts/{post.id}/report", "club/new", "club/mine", "club/articles",
        f"club/articles/{article.id}", "club/badges", "club/leaderboard", "activities", f"activities/{activity.id}", "activities/calendar",
    ]  # fmt: skip
    desk = [
        "board", "board?state=all", "board/words", "board/bans", "board/topics", f"activities/{activity.id}", "activities/new",
        f"activities/{activity.id}/door", f"articles/{article.id}", "articles/new", "badges/new", "dashboard",
    ]  # fmt: skip
    manager = world.sample.user(Role.ADMINISTRATOR)
    for language, size in (("zh-Hans", PHONE), ("en", DESKTOP)):
        with world.ground.writing() as session:
            for key in (ann.user_id, manager):
                user = session.get(User, key)
                assert user is not None
                user.language = language
        _look(browser, enter(ann), [f"/officers/{path}" for path in zone], size)
        _look(browser, sign_in(Role.ADMINISTRATOR), [f"/portal/officers/{path}" for path in desk], size)


def _look(browser: Browser, client: FlaskClient, paths: list[str], size: dict[str, int]) -> None:
    def answer(route: Route) -> None:
        response = client.get(route.request.url.removeprefix("http://bank.test"))
        body = response.data
        response.close()
        route.fulfill(status=response.status_code, headers={"Content-Type": response.headers["Content-Type"]}, body=body)

    page, troubles = browser.new_page(viewport=size), []  # type: ignore[arg-type]
    page.route("**/*", answer)
    for path in paths:
        found = page.goto(f"http://bank.test{path}")
        assert found is not None
        assert found.status == 200, path
        width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if width[0] > width[1]:
            troubles.append(f"{path}: {width[0] - width[1]} px beyond the edge")
        troubles += [f"{path}: {one}" for one in violations(page)]
    page.close()
    assert troubles == []
