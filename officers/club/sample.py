"""The sample bank's club: made-up words through the real use cases."""

import json
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.club import activities, articles, badges, board, jobs, moderation, places, topics
from officers.club.activities import Editor
from officers.club.models import Activity
from officers.club.rules.signing_up import Plan
from officers.club.store import board as board_store
from officers.club.store import sampling as store
from officers.people.models import Officer
from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people.rules.roles import EVERYTHING

MOST_OFFICERS = 8


def make_sample(ground: Ground, now: datetime) -> None:
    """Three activities, ten posts with comments, two articles, badges, leaderboards; nothing where the bank has no officers."""
    words = json.loads(files("officers.club").joinpath("content/sample.json").read_text(encoding="utf-8"))
    with ground.writing() as session:
        officers, user_id, units = store.officers(session, MOST_OFFICERS), store.manager(session), store.units(session)
        if user_id is None:
            return
        actor = Actor("user", str(user_id))
        _rules(session, words, actor, now)
        _articles(session, words, actor, now)
        if not officers:
            return
        _board(session, words, officers, actor, now)
        for one in words["activities"]:
            _activity(session, one, officers, units, Editor(actor, EVERYTHING), now)
    jobs.settle_activities(ground, now)
    jobs.award_badges(ground, now)
    jobs.make_standings(ground, now)


def _rules(session: Session, words: dict[str, Any], actor: Actor, now: datetime) -> None:
    for code, zh, en in words["topics"]:
        topics.add(session, topics.Written(code, zh, en), actor, now)
    moderation.add_words(session, "\n".join(words["words"]), actor, now)
    for code, zh, en, measure, least, icon in words["badges"]:
        badges.save(session, None, badges.Written(code, zh, en, measure, least, icon), actor, now)


def _articles(session: Session, words: dict[str, Any], actor: Actor, now: datetime) -> None:
    for one in words["articles"]:
        written = articles.Written(
            one["kind"], one["title"], one["summary"], one["text"], one.get("must_read", False), one.get("pinned", False)
        )
        at = now - timedelta(days=3)
        article = articles.save(session, None, written, None, actor, at)
        articles.publish(session, article.id, actor, at)


def _board(session: Session, words: dict[str, Any], officers: list[Officer], actor: Actor, now: datetime) -> None:
    """Ten posts; first ones are approved by a moderator, the last is left in the queue."""
    count = len(words["posts"])
    for number, (topic, title, text) in enumerate(words["posts"]):
        author, at = officers[number % len(officers)], now - timedelta(days=count - number, hours=3)
        post = board.write(session, author.id, topic, title, text, at)
        if post.state == "waiting" and number < count - 1:
            moderation.decide(session, post.id, moderation.Ruling("approve", "waiting"), actor, at + timedelta(hours=1))
        for other in officers[: number % 4]:
            if other.id != author.id and board_store.visible(session, post.id) is not None:
                board.like(session, other.id, post.id, True, at + timedelta(hours=2))
    shown = [one.post for one in board_store.posts(session, None, "", None)]
    for post, text in zip(shown, words["comments"], strict=False):
        board.comment(session, officers[0].id, post.id, text, now - timedelta(hours=2))


def _activity(
    session: Session, one: dict[str, Any], officers: list[Officer], units: dict[str, UUID], editor: Editor, now: datetime
) -> None:  # fmt: skip
    starts = (now + timedelta(days=one["day"])).replace(minute=0, second=0, microsecond=0)
    made_at = min(now, starts) - timedelta(days=10)
    plan = Plan(
        one["title"], one["text"], one["way"], one.get("address", ""), one.get("link", ""), starts, starts + timedelta(hours=one["hours"]),
        starts - timedelta(hours=2), one["capacity"], one["waiting"], 30, 60,
    )  # fmt: skip
    unit_id = units.get(one["unit"]) or next(iter(units.values()))
    activity = activities.make(session, activities.Written(plan, unit_id), editor, made_at)
    activities.publish(session, activity.id, editor, made_at)
    came = officers[: one["sign_ups"]]
    for officer in came:
        places.sign_up(session, activity.id, officer, made_at + timedelta(days=1))
    _come(session, activity, came[:-1], editor, now)


def _come(session: Session, activity: Activity, came: list[Officer], editor: Editor, now: datetime) -> None:
    """To one that is over all came but the last."""
    if activity.ends_at < now:
        for officer in came:
            places.check_in_by_hand(session, activity, officer.id, editor.actor, activity.starts_at)
