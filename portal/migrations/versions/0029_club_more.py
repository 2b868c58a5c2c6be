"""Counters for lists of any length, comments that wait for the desk, news told some people at a time, ideas' photos blurred too.

Revision ID: 0029
Revises: 0028
"""

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import UtcDateTime

revision: str = "0029"
down_revision: str = "0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TO_LOOK_AT = sa.text("shown_at IS NULL AND hidden_at IS NULL")
TO_READ = sa.text("state = 'published' AND must_read")
PINNED = sa.text("state = 'published' AND pinned_until IS NOT NULL")
PUBLISHED = sa.text("state = 'published'")
ADDED = (
    ("idea", "comments", sa.Integer()),
    ("idea_comment", "shown_at", UtcDateTime()),
    ("idea_step", "told_to", sa.String(length=60)),
    ("issue_news", "kind", sa.String(length=12)),
    ("issue_news", "object_id", sa.Uuid()),
    ("issue_news", "told_to", sa.String(length=60)),
    ("board_topic", "posts", sa.Integer()),
)
COUNTERS = ("comments", "posts")
INDEXES = (
    ("ix_idea_comment_to_look_at", "idea_comment", ["at", "id"], TO_LOOK_AT),
    ("ix_post_in_state", "post", ["state", "id"], None),
    ("ix_article_of_kind", "article", ["kind", "published_at", "id"], PUBLISHED),
    ("ix_article_to_read", "article", ["published_at", "id"], TO_READ),
    ("ix_article_pinned", "article", ["pinned_until"], PINNED),
)


def upgrade() -> None:
    """Go forward; what is there shows as before, and photos of ideas are hidden until the job has blurred them."""
    for table, name, kind in ADDED:
        counts = name in COUNTERS
        op.add_column(table, sa.Column(name, kind, nullable=not counts, server_default=sa.text("0") if counts else None))
    for name, table, columns, where in INDEXES:
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
    op.execute(sa.text("UPDATE idea_comment SET shown_at = at"))
    op.execute(
        sa.text(
            "UPDATE idea SET comments = (SELECT count(*) FROM idea_comment"
            " WHERE idea_comment.idea_id = idea.id AND idea_comment.hidden_at IS NULL)"
        )
    )
    op.execute(
        sa.text(
            "UPDATE board_topic SET posts = (SELECT count(*) FROM post"
            " WHERE post.topic_id = board_topic.id AND post.state = 'shown' AND post.parent_id IS NULL)"
        )
    )
    _move_photos()


def _move_photos() -> None:
    """Photos of ideas go to where pictures are blurred; the same keys seal both."""
    bind, key, time = op.get_bind(), sa.Uuid(), UtcDateTime()
    file = sa.table("evidence_file", *(sa.column(n, t) for n, t in (("id", key), ("owner", sa.String()), ("state", sa.String()),
                    ("size", sa.Integer()), ("created_at", time))))  # fmt: skip
    content = sa.table("evidence_content", sa.column("file_id", key), sa.column("sealed", sa.LargeBinary()))
    photo = sa.table("officer_photo", *(sa.column(n, t) for n, t in (("id", key), ("owner", sa.String()), ("state", sa.String()),
                     ("size", sa.Integer()), ("width", sa.Integer()), ("height", sa.Integer()), ("faces", sa.Integer()),
                     ("numbers", sa.Integer()), ("sha256", sa.LargeBinary()), ("created_at", time))))  # fmt: skip
    kept = sa.table(
        "officer_photo_content", sa.column("photo_id", key), sa.column("kind", sa.String()), sa.column("sealed", sa.LargeBinary())
    )
    of_ideas = file.c.owner.like("idea:%")
    rows = bind.execute(sa.select(file.c.id, file.c.owner, file.c.state, file.c.size, file.c.created_at).where(of_ideas)).all()
    for file_id, owner, state, size, created_at in rows:
        sealed = bind.execute(sa.select(content.c.sealed).where(content.c.file_id == file_id)).scalar()
        bind.execute(sa.delete(content).where(content.c.file_id == file_id))
        bind.execute(sa.delete(file).where(file.c.id == file_id))
        if sealed and state != "broken":
            digest = hashlib.sha256(sealed).digest()  # of what is kept, not of the picture: keys are not known here
            values = {"id": file_id, "owner": owner, "state": "waiting", "size": size, "sha256": digest, "created_at": created_at}
            bind.execute(sa.insert(photo).values(**values, width=0, height=0, faces=0, numbers=0))
            bind.execute(sa.insert(kept).values(photo_id=file_id, kind="original", sealed=sealed))


def downgrade() -> None:
    """Go back; photos of ideas stay where they are blurred, and comments that waited are hidden."""
    op.execute(sa.text("UPDATE idea_comment SET hidden_at = at, hidden_reason = 'waited' WHERE shown_at IS NULL AND hidden_at IS NULL"))
    for name, table, _columns, _where in INDEXES:
        op.drop_index(name, table_name=table)
    for table, name, _kind in ADDED:
        op.drop_column(table, name)
