"""Question bank: three axes of categories, tags, likeness, uses, figures, imports.

Revision ID: 0003
Revises: 0002
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.foundation.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("bank_import", "bank_figure_day", "bank_figure", "bank_kept", "bank_use", "bank_gram", "bank_tag", "bank_category")
COLUMNS = ("kind", "type", "touchpoint", "dimension", "languages", "complete_in", "heading")
JOURNEYS = {
    "overall": ("整体关系", "Overall"),
    "outlet": ("网点服务", "Outlet"),
    "mobile": ("手机银行", "Mobile bank"),
    "remote": ("电话与在线客服", "Telephone and chat"),
    "loans": ("贷款", "Loans"),
    "cards": ("信用卡", "Cards"),
    "wealth": ("理财", "Wealth"),
    "complaints": ("投诉处理", "Complaints"),
    "corporate": ("企业客户", "Corporate clients"),
    "internal": ("员工", "Staff"),
}
"""What the only axis of before becomes."""


def upgrade() -> None:
    """Go forward; the columns are altered in place, since a rebuilt table would lose what refers to it."""
    json_type = "JSONB" if op.get_bind().dialect.name == "postgresql" else "JSON"
    op.drop_index("ix_bank_question_category", "bank_question")
    op.execute("ALTER TABLE bank_question RENAME COLUMN category TO journey")
    op.create_index("ix_bank_question_journey", "bank_question", ["journey"])
    for column in (
        "kind VARCHAR(10) DEFAULT 'question' NOT NULL CONSTRAINT ck_bank_question_kind CHECK (kind IN ('question', 'section'))",
        "type VARCHAR(20) DEFAULT '' NOT NULL",
        "touchpoint VARCHAR(40) DEFAULT '' NOT NULL",
        "dimension VARCHAR(40) DEFAULT '' NOT NULL",
        f"languages {json_type} DEFAULT '{{}}' NOT NULL",
        "complete_in TEXT DEFAULT '' NOT NULL",
        "heading TEXT DEFAULT '' NOT NULL",
    ):
        op.execute(f"ALTER TABLE bank_question ADD COLUMN {column}")
    op.execute(f"ALTER TABLE bank_revision ADD COLUMN changes {json_type} DEFAULT '[]' NOT NULL")
    _make_tables()
    _fill_questions()
    _fill_uses()


def downgrade() -> None:
    """Go back; sections have no place there."""
    op.execute("DELETE FROM bank_kept")
    for table in TABLES:
        op.drop_table(table)
    op.execute("ALTER TABLE bank_revision DROP COLUMN changes")
    op.drop_index("ix_bank_question_journey", "bank_question")
    for column in COLUMNS:
        op.execute(f"ALTER TABLE bank_question DROP COLUMN {column}")
    op.execute("ALTER TABLE bank_question RENAME COLUMN journey TO category")
    op.create_index("ix_bank_question_category", "bank_question", ["category"])


def _make_tables() -> None:
    question = ("bank_question.id",)
    op.create_table(
        "bank_category",
        sa.Column("axis", sa.String(12), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name_zh", sa.String(40), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("axis IN ('journey', 'touchpoint', 'dimension')", name=op.f("ck_bank_category_axis")),
        sa.PrimaryKeyConstraint("axis", "code", name=op.f("pk_bank_category")),
    )
    for name, column, size in (("bank_tag", "tag", 30), ("bank_gram", "gram", 40)):
        op.create_table(
            name,
            sa.Column("question_id", sa.Uuid(), nullable=False),
            sa.Column(column, sa.String(size), nullable=False),
            sa.ForeignKeyConstraint(["question_id"], question, name=op.f(f"fk_{name}_question_id_bank_question")),
            sa.PrimaryKeyConstraint("question_id", column, name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])
    op.create_table(
        "bank_use",
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question_code", sa.String(60), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.PrimaryKeyConstraint("questionnaire_id", "version", "question_code", name=op.f("pk_bank_use")),
    )
    op.create_index(op.f("ix_bank_use_question_id"), "bank_use", ["question_id"])
    op.create_table(
        "bank_kept",
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=True),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], question, name=op.f("fk_bank_kept_question_id_bank_question")),
        sa.ForeignKeyConstraint(["kept_by"], ["app_user.id"], name=op.f("fk_bank_kept_kept_by_app_user")),
        sa.PrimaryKeyConstraint("questionnaire_id", "question_id", name=op.f("pk_bank_kept")),
    )
    op.create_table(
        "bank_figure",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("asked", "answered", "dropped", "numbers")),
        sa.Column("total", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], question, name=op.f("fk_bank_figure_question_id_bank_question")),
        sa.PrimaryKeyConstraint("question_id", "revision", name=op.f("pk_bank_figure")),
    )
    op.create_table(
        "bank_figure_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_bank_figure_day")),
    )
    op.create_table(
        "bank_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("encoding", sa.String(20), nullable=False),
        sa.Column("rows", JSON, nullable=False),
        sa.Column("rejected", JSON, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_bank_import_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_import")),
    )


def _table(name: str, **columns: Any) -> sa.TableClause:
    return sa.table(name, *(sa.column(key, kind) for key, kind in columns.items()))


def _fill_questions() -> None:
    """Type, languages, tags and what a search reads, from the newest revisions."""
    bank = op.get_bind()
    questions = _table(
        "bank_question", id=sa.Uuid(), journey=sa.String(), tags=JSON, revision=sa.Integer(), type=sa.String(),
        languages=JSON, complete_in=sa.Text(), heading=sa.Text(), retired_at=UtcDateTime(),
    )  # fmt: skip
    revisions = _table("bank_revision", question_id=sa.Uuid(), number=sa.Integer(), content=JSON)
    rows = bank.execute(
        sa.select(questions.c.id, questions.c.journey, questions.c.tags, questions.c.retired_at, revisions.c.content).where(
            revisions.c.question_id == questions.c.id, revisions.c.number == questions.c.revision
        )
    ).all()
    tags, grams = [], []
    for row in rows:
        texts = {language: words for language, words in row.content.get("text", {}).items() if words}
        heading = "\n".join(_folded(words) for words in texts.values())
        bank.execute(
            sa.update(questions).where(questions.c.id == row.id).values(
                type=row.content["type"], languages=dict.fromkeys(texts, 100), complete_in="".join(f"|{tag}" for tag in sorted(texts)) + "|",
                heading=heading,
            )
        )  # fmt: skip
        tags += [{"question_id": row.id, "tag": tag[:30]} for tag in dict.fromkeys(row.tags or [])]
        if row.retired_at is None:
            grams += [{"question_id": row.id, "gram": gram} for gram in sorted(set(_grams(heading)))]
    for name, column, found in (("bank_tag", "tag", tags), ("bank_gram", "gram", grams)):
        if found:
            bank.execute(sa.insert(_table(name, question_id=sa.Uuid(), **{column: sa.String()})), found)
    codes = list(dict.fromkeys(row.journey for row in rows))
    names = [(code, *JOURNEYS.get(code, (code, code))) for code in codes]
    categories = _table(
        "bank_category", axis=sa.String(), code=sa.String(), name_zh=sa.String(), name_en=sa.String(), position=sa.Integer()
    )
    for place, (code, zh, en) in enumerate(names):
        bank.execute(sa.insert(categories).values(axis="journey", code=code, name_zh=zh, name_en=en, position=place))


def _fill_uses() -> None:
    """Which drafts and versions ask which question."""
    bank = op.get_bind()
    drafts = _table("questionnaire", id=sa.Uuid(), draft=JSON)
    versions = _table("questionnaire_version", questionnaire_id=sa.Uuid(), number=sa.Integer(), definition=JSON)
    found = [(row.id, 0, row.draft) for row in bank.execute(sa.select(drafts.c.id, drafts.c.draft))]
    found += [tuple(row) for row in bank.execute(sa.select(versions.c.questionnaire_id, versions.c.number, versions.c.definition))]
    uses = _table(
        "bank_use", questionnaire_id=sa.Uuid(), version=sa.Integer(), question_code=sa.String(), question_id=sa.Uuid(),
        revision=sa.Integer(), title=JSON,
    )  # fmt: skip
    for questionnaire, number, definition in found:
        asked = {one["code"]: one["bank"] for page in definition.get("pages", []) for one in page.get("questions", []) if one.get("bank")}
        for code, source in asked.items():
            bank.execute(
                sa.insert(uses).values(
                    questionnaire_id=questionnaire, version=number, question_code=code, question_id=_uuid(source["question"]),
                    revision=source["revision"], title=json.loads(json.dumps(definition.get("title", {}))),
                )
            )  # fmt: skip


def _uuid(text: str) -> Any:
    return sa.Uuid().python_type(text)


def _folded(text: str) -> str:
    return re.sub(r"(?<=[\u4e00-\u9fff])[\s·.*_-]+(?=[\u4e00-\u9fff])", "", unicodedata.normalize("NFKC", text)).lower()


def _grams(text: str) -> Iterator[str]:
    """As the bank's rule makes them at this revision; a question that is revised gets them anew."""
    for run in re.findall(r"[\u3400-\u9fff]+", text):
        yield from (run[at : at + 2] for at in range(max(len(run) - 1, 1)))
    for word in re.findall(r"[a-z0-9]+", text):
        yield word[:-1][:40] if len(word) > 3 and word.endswith("s") else word[:40]
