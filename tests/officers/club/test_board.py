"""The board: what shows, what waits, and that nothing of what is hidden leaks."""

import pytest
from sqlalchemy import select

from officers.club import articles, board, erasing, moderation
from officers.club.models import ArticleReading, Post
from officers.club.moderation import Ruling
from officers.club.store import articles as article_store
from officers.club.store import board as store
from officers.club.store import moderating
from officers.people.models import OfficerNotice
from portal.audit.models import AuditEntry
from portal.foundation.errors import InvalidInput, NotFound
from portal.people.rules.roles import Role
from tests.conftest import NOON
from tests.officers.club.world import HOUR, TOPIC, World


@pytest.fixture
def trusted(world: World):
    """A board with two writers whose first posts were looked at."""
    world.topic()
    people = world.officers(4)
    with world.ground.writing() as session:
        for one in people[:2]:
            post = board.write(session, one.id, TOPIC, "First", "Hello", NOON)
            assert (post.state, post.held_for) == ("waiting", "first")
            moderation.decide(session, post.id, Ruling("approve", "waiting"), world.actor, NOON)
    return people


def told(session, code):
    rows = session.scalars(select(OfficerNotice).where(OfficerNotice.code == code))
    return [one.officer_id for one in rows]


def test_what_somebody_writes_waits_shows_and_tells_once(world: World, trusted) -> None:
    ann, bob, cid, dot = trusted
    with world.ground.writing() as session:
        moderation.add_words(session, "lottery\n", world.actor, NOON)
        post = board.write(session, ann.id, TOPIC, "Queue", f"Ask @{bob.alias} or @nobody, @{ann.alias}", NOON + HOUR)
        assert post.state == "shown"
        held = board.write(session, ann.id, TOPIC, "Win", "l o t t e r y", NOON + HOUR)
        assert (held.state, held.held_for) == ("waiting", "word")
        said = board.comment(session, cid.id, post.id, f"Yes @{dot.alias}", NOON + HOUR)
        assert said.state == "waiting"
        assert told(session, "board_comment") == []
        moderation.decide(session, said.id, Ruling("approve", "waiting"), world.actor, NOON + HOUR)
        assert store.by_id(session, post.id).comments == 1
        assert (told(session, "board_comment"), told(session, "board_mention")) == ([ann.id], [bob.id, dot.id])
        with pytest.raises(moderation.Decided):
            moderation.decide(session, said.id, Ruling("approve", "waiting"), world.actor, NOON)


def test_a_sentence_may_go_on_right_behind_an_alias(world: World, trusted) -> None:
    ann, bob = trusted[:2]
    with world.ground.writing() as session:
        bob.alias = "青竹"
        session.merge(bob)
        session.flush()
        board.write(session, ann.id, TOPIC, "Hi", "请@青竹看一下", NOON + HOUR)
        assert told(session, "board_mention") == [bob.id]


def test_likes_and_reports_count_once_a_person_and_three_reports_hide(world: World, trusted) -> None:
    ann, bob, cid, dot = trusted
    with world.ground.writing() as session:
        post = board.write(session, ann.id, TOPIC, "Queue", "Text", NOON + HOUR)
        for _twice in range(2):
            board.like(session, bob.id, post.id, True, NOON)
        assert store.by_id(session, post.id).likes == 1
        for _twice in range(2):
            board.like(session, bob.id, post.id, False, NOON)
        assert store.by_id(session, post.id).likes == 0
        for who in (bob, bob, cid):
            board.report(session, who.id, post.id, "rude", NOON)
        assert store.by_id(session, post.id).state == "shown"
        board.report(session, dot.id, post.id, "rude", NOON)
        found = store.by_id(session, post.id)
        assert (found.state, found.held_for, found.reports) == ("waiting", "report", 3)
        assert moderating.reports(session, [post.id]) == {post.id: ["rude"] * 3}
        moderation.decide(session, post.id, Ruling("approve", "waiting"), world.actor, NOON)
        assert store.by_id(session, post.id).reports == 0
        assert moderating.reports(session, [post.id]) == {}


def test_hiding_needs_a_reason_and_a_ban_keeps_from_writing(world: World, trusted) -> None:
    ann = trusted[0]
    with world.ground.writing() as session:
        post = board.write(session, ann.id, TOPIC, "Queue", "Text", NOON + HOUR)
        for ruling in (Ruling("hide", "shown"), Ruling("ban", "shown", "rude"), Ruling("ban", "shown", "rude", 366), Ruling("x", "shown")):
            with pytest.raises(InvalidInput):
                moderation.decide(session, post.id, ruling, world.actor, NOON)
        moderation.decide(session, post.id, Ruling("ban", "shown", "rude", 7), world.actor, NOON)
        with pytest.raises(board.MayNotWrite):
            board.write(session, ann.id, TOPIC, "Again", "Text", NOON + 2 * HOUR)
        assert board.write(session, ann.id, TOPIC, "Later", "Text", NOON + 8 * 24 * HOUR).state == "shown"
        moderation.decide(session, board.write(session, ann.id, TOPIC, "A", "b", NOON + 8 * 24 * HOUR).id, Ruling("ban", "shown", "r", 9),
                          world.actor, NOON + 8 * 24 * HOUR)  # fmt: skip
        moderation.lift(session, ann.id, world.actor, NOON)
        assert moderating.bans(session, NOON) == []
        acts = {one.act for one in session.scalars(select(AuditEntry))}
        assert {"post.ban", "board.lift_ban"} <= acts


SECRET = "zebracorn"


@pytest.fixture
def hidden(world: World, trusted):
    """A post that showed with a comment, then was hidden; and one with a hidden comment."""
    ann, bob, cid, _dot = trusted
    with world.ground.writing() as session:
        post = board.write(session, ann.id, TOPIC, f"{SECRET} one", f"{SECRET} text @{cid.alias}", NOON + HOUR)
        board.comment(session, bob.id, post.id, f"{SECRET} comment", NOON + HOUR)
        open_one = board.write(session, ann.id, TOPIC, "Open", "Plain", NOON + HOUR)
        bad = board.comment(session, bob.id, open_one.id, f"{SECRET} bad", NOON + HOUR)
        moderation.decide(session, post.id, Ruling("hide", "shown", "no names"), world.actor, NOON + HOUR)
        moderation.decide(session, bad.id, Ruling("hide", "shown", "no names"), world.actor, NOON + HOUR)
    return post, open_one, bad


@pytest.mark.sqlite_only
def test_nothing_of_a_hidden_post_leaks_through_any_page(world: World, hidden, trusted, enter, sign_in) -> None:
    post, open_one, bad = hidden
    reader = enter(trusted[3])
    for path in ("/officers/club", f"/officers/club?q={SECRET}", "/officers/club?topic=tips", f"/officers/club/posts/{open_one.id}",
                 "/officers", "/officers/notices", "/officers/club/mine", "/officers/club/articles"):  # fmt: skip
        answer = reader.get(path)
        assert answer.status_code == 200, path
        assert SECRET not in answer.text.replace(f'value="{SECRET}"', ""), path
    for path in (f"/officers/club/posts/{post.id}", f"/officers/club/posts/{bad.id}", f"/officers/club/posts/{post.id}/report"):
        assert reader.get(path).status_code == 404, path
    for path, data in ((f"posts/{post.id}/like", {"like": "1"}), (f"posts/{post.id}/comments", {"text": "x"}),
                       (f"posts/{bad.id}/like", {"like": "1"}), (f"posts/{post.id}/report", {"reason": "x"})):  # fmt: skip
        assert reader.post(f"/officers/club/{path}", data=data).status_code == 404, path
    assert "Comments 0" in reader.get("/officers/club").text
    mentioned = enter(trusted[2])
    assert SECRET not in mentioned.get("/officers/notices").text
    desk = sign_in(Role.MODERATOR)
    assert SECRET not in desk.get("/portal/officers/board/board.csv").text
    assert "Open" in desk.get("/portal/officers/board/board.csv").text
    said = [desk.get(f"/portal/search?q={words}").text.count(words) for words in (SECRET, "nobodysaid")]
    assert said[0] == said[1], "the page only repeats what was asked"
    assert SECRET in desk.get("/portal/officers/board?state=hidden").text


def test_counts_and_lists_leave_out_what_is_hidden(world: World, hidden) -> None:
    post, open_one, _bad = hidden
    with world.ground.reading() as session:
        assert {one.id: one.posts for one in store.topics(session)} == {open_one.topic_id: 3}
        assert store.by_id(session, open_one.id).comments == 0
        assert store.comments(session, open_one.id, None) == []
        assert store.posts(session, None, SECRET, None) == []
        assert all(SECRET not in one.post.text for one in store.exported(session, 100))
        for one in session.scalars(select(Post).where(Post.parent_id == post.id)):
            assert store.visible(session, one.id) is None, "a comment shows only where its post does"
        for notice in session.scalars(select(OfficerNotice)):
            assert SECRET not in str(notice.facts)


def test_articles_are_confirmed_once_and_only_while_published(world: World) -> None:
    [ann] = world.officers(1)
    with world.ground.writing() as session:
        article = articles.save(
            session, None, articles.Written("practice", "How", "", "<p>So</p>", must_read=True), None, world.actor, NOON
        )
        with pytest.raises(NotFound):
            articles.confirm(session, article.id, ann.id, NOON)
        articles.publish(session, article.id, world.actor, NOON)
        assert [one.id for one in article_store.to_read(session, ann.id)] == [article.id]
        assert [articles.confirm(session, article.id, ann.id, NOON) for _twice in range(2)] == [True, False]
        session.refresh(article)
        assert article.readings == 1
        assert article_store.to_read(session, ann.id) == []
        with pytest.raises(articles.ArticleChanged):
            articles.save(session, article.id, articles.Written("news", "X", "", "y"), 9, world.actor, NOON)
        articles.retire(session, article.id, world.actor, NOON)
        with pytest.raises(NotFound):
            articles.readable(session, article.id)
        assert len(session.scalars(select(ArticleReading)).all()) == 1


def test_an_erased_officer_leaves_no_words_and_right_counts(world: World) -> None:
    world.topic()
    customer = world.sample.customer("C1")
    [ann] = world.officers(1, kind="customer", customer_id=customer.id, user_id=None)
    [bob] = world.officers(1, unit="O2")
    with world.ground.writing() as session:
        post = board.write(session, ann.id, TOPIC, "Mine", "My words", NOON)
        moderation.decide(session, post.id, Ruling("approve", "waiting"), world.actor, NOON)
        other = board.write(session, bob.id, TOPIC, "His", "Words", NOON)
        moderation.decide(session, other.id, Ruling("approve", "waiting"), world.actor, NOON)
        board.like(session, ann.id, other.id, True, NOON)
        board.comment(session, ann.id, other.id, "My comment", NOON)
        assert {one["text"] for one in erasing.export(session, customer.id)} == {"My words", "My comment"}
        assert erasing.erase(session, [customer.id], NOON) > 0
        found = store.by_id(session, other.id)
        assert (found.likes, found.comments) == (0, 0)
        assert "My" not in " ".join(one.text + one.title for one in session.scalars(select(Post)))
        assert erasing.export(session, customer.id) == []
        assert erasing.erase(session, [customer.id], NOON) == 0
