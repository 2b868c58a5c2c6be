"""Texts that would run, in every field of the club, looked at in Chromium without the header that would stop them."""

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Route
from sqlmodel import Session

from officers.club import activities, articles, badges, board, moderation, topics
from officers.club.activities import Written
from officers.club.moderation import Ruling
from officers.club.rules.signing_up import Plan
from officers.people.models import Officer
from portal.people.rules.roles import Role
from tests.conftest import NOON
from tests.officers.club.world import HOUR, TOPIC, World
from tests.payloads import PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.deep, pytest.mark.sqlite_only, pytest.mark.timeout(600)]
ALL = "\n".join(PAYLOADS)
SHOWS = "<script>window.xss=1</script>"


def _board(world: World, session: Session, people: list[Officer]) -> tuple[str, str]:
    """A post for each payload, all of them as comments on one, and one in the queue with a report and a ban."""
    actor, first = world.actor, None
    for number, payload in enumerate(PAYLOADS):
        post = board.write(session, people[0].id, TOPIC, payload[:120].strip() or "x", payload, NOON + number * HOUR)
        if post.state == "waiting":
            moderation.decide(session, post.id, Ruling("approve", "waiting"), actor, NOON)
        first = first or post
    assert first is not None
    for number, payload in enumerate(PAYLOADS):
        board.comment(session, people[0].id, first.id, payload, NOON + (100 + number) * HOUR)
    waits = board.write(session, people[1].id, TOPIC, ALL[:120], ALL[:4000], NOON)
    moderation.decide(session, waits.id, Ruling("hide", "waiting", ALL[:300]), actor, NOON)
    board.report(session, people[1].id, first.id, ALL[:300], NOON)
    moderation.decide(
        session, board.write(session, people[2].id, TOPIC, "x", "y", NOON).id, Ruling("ban", "waiting", ALL[:300], 9), actor, NOON
    )
    moderation.add_words(session, "\n".join(one.replace("\n", " ")[:60] for one in PAYLOADS), actor, NOON)
    topics.add(session, topics.Written("bad", ALL[:40], ALL[:40]), actor, NOON)
    return str(first.id), str(waits.id)


def _rest(world: World, session: Session) -> tuple[str, str, str]:
    """Activities, articles and badges; one activity is called off with a reason."""
    actor, unit_id, starts, found = world.actor, world.sample.units["O1"], NOON + HOUR, []
    for payload in (*PAYLOADS, ALL):
        plan = Plan(
            payload[:120].strip() or "x",
            payload[:4000],
            "branch",
            payload[:200].strip() or "x",
            "",
            starts,
            starts + HOUR,
            starts,
            9,
            9,
            30,
            60,
        )
        made = activities.make(session, Written(plan, unit_id), world.editor, NOON)
        found.append(activities.publish(session, made.id, world.editor, NOON).id)
    activities.call_off(session, found[-2], ALL[:300], world.editor, NOON)
    texts = [
        articles.Written("news", one[:120].strip() or "x", one[:300], one[:40_000] or "x", pinned=True, must_read=True)
        for one in (*PAYLOADS, ALL)
    ]
    read = [articles.save(session, None, one, None, actor, NOON).id for one in texts]
    for key in read:
        articles.publish(session, key, actor, NOON)
    badges.save(session, None, badges.Written("bad", ALL[:40], ALL[:40], "streak", 1, "star"), actor, NOON)
    return str(found[-1]), str(found[-2]), str(read[-1])


def test_nothing_that_an_officer_or_a_colleague_writes_runs(world: World, enter, sign_in, browser: Browser) -> None:
    assert len(PAYLOADS) >= 60
    world.topic()
    people = world.officers(3)
    with world.ground.writing() as session:
        post, _waits = _board(world, session, people)
        activity, off, article = _rest(world, session)
    zone = [
        "", "/notices", "/club", f"/club/posts/{post}", f"/club/posts/{post}/report", "/club/mine", "/club/new", "/club/articles",
        f"/club/articles/{article}", "/club/badges", "/activities", f"/activities/{activity}", f"/activities/{off}",
        "/activities/calendar?month=2026-06",
    ]  # fmt: skip
    desk = [
        "/board", "/board?state=all", "/board?state=hidden", "/board/words", "/board/bans", "/board/topics", "/activities",
        f"/activities/{activity}", f"/activities/{activity}/edit", f"/activities/{activity}/door", f"/activities/{off}", "/articles",
        f"/articles/{article}", f"/articles/{article}/edit", "/badges",
    ]  # fmt: skip
    _look(browser, enter(people[0]), [f"/officers{path}" for path in zone])
    _look(browser, enter(people[1]), ["/officers/notices", "/officers/club/mine"])
    seen = _look(browser, sign_in(Role.ADMINISTRATOR), [f"/portal/officers{path}" for path in desk])
    assert SHOWS in seen, "the words are shown, not run"


def _look(browser: Browser, client: FlaskClient, paths: list[str]) -> str:
    """Each page with all pages behind its first; gives all the text that was read."""

    def answer(route: Route) -> None:
        kind, path = route.request.resource_type, route.request.url.removeprefix("http://bank.test")
        if kind not in ("document", "script"):
            route.abort()
            return
        if kind == "script" and path in kept:
            route.fulfill(status=200, headers={"Content-Type": "text/javascript"}, body=kept[path])
            return
        response = client.get(path)
        body = response.data
        response.close()
        if kind == "script":
            kept[path] = body
        headers = {"Content-Type": response.headers["Content-Type"]}  # no policy: whatever got through would run
        route.fulfill(status=response.status_code, headers=headers, body=body)

    kept: dict[str, bytes] = {}
    page, read = browser.new_page(), []
    page.route("**/*", answer)
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    while paths:
        path = paths.pop(0)
        page.goto(f"http://bank.test{path}", wait_until="domcontentloaded")
        read.append(page.inner_text("main"))
        assert page.evaluate("window.xss") is None, path
        assert page.url.startswith("http://bank.test/"), path
        following = page.query_selector(".pager a[href*=cursor]")
        if following is not None:
            paths.insert(0, str(following.get_attribute("href")))
    page.close()
    assert said == []
    return "\n".join(read)
