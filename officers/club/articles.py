"""News, articles and best practice: written and published by staff, read and confirmed by officers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.club.models import Article
from officers.club.store import articles as store
from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound

PINNED_FOR = timedelta(days=14)
LIMITS = {"title": 120, "summary": 300, "text": 40_000}
KINDS = ("news", "article", "practice")


class ArticleChanged(Conflict):
    """Somebody changed it meanwhile, or its state does not allow this."""

    code = "article_changed"


@dataclass(frozen=True)
class Written:
    """An article as it was filled in; `text` is rich and cleaned whenever it is shown."""

    kind: str
    title: str
    summary: str
    text: str
    must_read: bool = False
    pinned: bool = False


def save(session: Session, article_id: UUID | None, written: Written, revision: int | None, actor: Actor, now: datetime) -> Article:
    """Write an article, or change one.

    Raises  NotFound, InvalidInput, ArticleChanged
    """
    wrong = {name: "too_long" for name, most in LIMITS.items() if len(getattr(written, name)) > most}
    wrong |= {name: "missing" for name in ("title", "text") if not getattr(written, name).strip()}
    if written.kind not in KINDS:
        wrong["kind"] = "missing"
    if wrong:
        raise InvalidInput(wrong)
    article = Article(kind=written.kind, title="", text="", created_by=actor.user_id, created_at=now) if article_id is None else None
    if article is None:
        assert article_id is not None  # one of the two
        article = get(session, article_id)
        if article.state == "retired" or (revision is not None and revision != article.revision):
            raise ArticleChanged
        article.revision += 1
    article.kind, article.title, article.summary, article.text = written.kind, written.title, written.summary, written.text
    article.must_read = written.must_read
    if not written.pinned:
        article.pinned_until = None
    elif article.pinned_until is None or article.pinned_until <= now:
        article.pinned_until = now + PINNED_FOR
    session.add(article)
    session.flush()
    record(session, actor, "article.save", "article", article.id, now)
    return article


def publish(session: Session, article_id: UUID, actor: Actor, now: datetime) -> Article:
    """Let officers read it.

    Raises  NotFound, ArticleChanged
    """
    article = get(session, article_id)
    if article.state != "draft":
        raise ArticleChanged
    article.state, article.published_at = "published", now
    session.add(article)
    record(session, actor, "article.publish", "article", article.id, now)
    return article


def retire(session: Session, article_id: UUID, actor: Actor, now: datetime) -> Article:
    """Officers no longer see it.

    Raises  NotFound, ArticleChanged
    """
    article = get(session, article_id)
    if article.state != "published":
        raise ArticleChanged
    article.state = "retired"
    session.add(article)
    record(session, actor, "article.retire", "article", article.id, now)
    return article


def confirm(session: Session, article_id: UUID, officer_id: UUID, now: datetime) -> bool:
    """An officer confirms that they have read an article; once.

    Raises  NotFound
    """
    readable(session, article_id)
    return store.confirm(session, article_id, officer_id, now)


def readable(session: Session, article_id: UUID) -> Article:
    """An article that officers can read now.

    Raises  NotFound
    """
    article = get(session, article_id)
    if article.state != "published":
        raise NotFound
    return article


def get(session: Session, article_id: UUID) -> Article:
    """An article in whatever state.

    Raises  NotFound
    """
    article = store.by_id(session, article_id)
    if article is None:
        raise NotFound
    return article
