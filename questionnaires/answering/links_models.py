"""What belongs to links and codes: scans, re-pointing, print sheets, uploads, pictures, themes, answers entered by staff."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

UPLOAD_STATES = ("waiting", "ready", "broken")
"""A picture waits until the job has made it anew; other files are ready at once."""
PARTS = ("original", "picture", "thumb")
SHEET_STATES = ("waiting", "making", "ready", "failed")
LAYOUTS = ("grid", "card")
WAITING = text("state = 'waiting'")
UNBOUND = text("response_id IS NULL")
UNFINISHED = text("state IN ('waiting', 'making')")


class PosterPointing(SQLModel, table=True):
    """What a code asked from a moment on; its past stays readable when it is re-pointed."""

    __tablename__ = "poster_pointing"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(foreign_key="poster_code.code", max_length=20, index=True)
    questionnaire_id: UUID = Field(foreign_key="questionnaire.id")
    pointed_at: datetime = Field(sa_type=UtcDateTime)
    pointed_by: UUID | None = None


class PosterDay(SQLModel, table=True):
    """How often a code was scanned on one day of the bank; told by the page's script, so that robots don't count."""

    __tablename__ = "poster_day"
    code: str = Field(primary_key=True, max_length=20)
    day: date = Field(primary_key=True)
    scans: int = 0


class Upload(SQLModel, table=True):
    """A photo, file or signature that somebody sent with an answer.

    `owner` is the link while answering (`s:<invitation>`, `q:<response>`); with the submission the response takes its
    place, so that an anonymous answer leads back to nobody.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("photo", "file", "signature")), name="kind"),
        CheckConstraint(one_of("state", UPLOAD_STATES), name="state"),
        Index("ix_upload_of_owner", "owner"),
        Index("ix_upload_of_response", "response_id"),
        Index("ix_upload_to_make", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_upload_to_clean_up", "created_at", sqlite_where=UNBOUND, postgresql_where=UNBOUND),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner: str = Field(default="", max_length=40)
    response_id: UUID | None = None
    question: str = Field(max_length=40)
    kind: str = Field(max_length=10)
    state: str = Field(default="waiting", max_length=10)
    media: str = Field(max_length=60)
    name_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    size: int
    width: int = 0
    height: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)


class UploadContent(SQLModel, table=True):
    """The bytes of an upload, sealed with the key for personal data, apart from the row that lists read."""

    __tablename__ = "upload_content"
    __table_args__ = (CheckConstraint(one_of("part", PARTS), name="part"),)
    upload_id: UUID = Field(foreign_key="upload.id", primary_key=True)
    part: str = Field(primary_key=True, max_length=10)
    sealed: bytes = Field(sa_type=LargeBinary)


class Media(SQLModel, table=True):
    """A picture of the bank's own: of an option, or a logo. Its content never changes, so browsers keep it."""

    __tablename__ = "media"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=80)
    sha256: str = Field(max_length=64, index=True)
    media: str = Field(max_length=20)
    width: int
    height: int
    content: bytes = Field(sa_type=LargeBinary)
    made_by: UUID | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Theme(SQLModel, table=True):
    """How customers' pages look; `number` is the revision in force, exactly one theme is the default."""

    __tablename__ = "theme"
    code: str = Field(primary_key=True, max_length=40)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    is_default: bool = False
    number: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)


class ThemeRevision(SQLModel, table=True):
    """One state of a theme; earlier ones can be taken back."""

    __tablename__ = "theme_revision"
    theme_code: str = Field(foreign_key="theme.code", primary_key=True, max_length=40)
    number: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=Json)
    made_by: UUID | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)


class PosterSheet(SQLModel, table=True):
    """A PDF of codes to be printed, made by a job; `options` holds captions and what is printed."""

    __tablename__ = "poster_sheet"
    __table_args__ = (
        CheckConstraint(one_of("layout", LAYOUTS), name="layout"),
        CheckConstraint(one_of("state", SHEET_STATES), name="state"),
        Index("ix_poster_sheet_to_make", "created_at", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("ix_poster_sheet_of_maker", "made_by", "created_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    made_by: UUID
    unit_id: UUID = Field(foreign_key="org_unit.id")
    layout: str = Field(max_length=10)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    state: str = Field(default="waiting", max_length=10)
    done: int = 0
    total: int = 0
    pdf: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AssistedEntry(SQLModel, table=True):
    """Who entered answers for a customer: of an invitation, or at a code where no link is known."""

    __tablename__ = "assisted_entry"
    __table_args__ = (Index("ix_assisted_entry_of_user", "user_id", "at"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    invitation_id: UUID | None = Field(default=None, index=True)
    poster_code: str | None = Field(default=None, max_length=20)
    user_id: UUID
    at: datetime = Field(sa_type=UtcDateTime)
