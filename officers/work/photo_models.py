"""Photos of officers: what is known of each, its sealed contents, and which others it is like."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, false, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

PHOTO_STATES = ("waiting", "ready", "broken")
CONTENTS = ("original", "shown", "thumb")
LIKENESSES = ("same_file", "very_alike", "alike")
WAITING = text("state = 'waiting'")


class Photo(SQLModel, table=True):
    """A photo of what `owner` names, such as `submission:<id>`.

    Shape   `hash64` holds 64 bits as a signed number, `b0` to `b3` its parts; none for a plain surface. `taken_at` as its own data said.
            `faces`, `numbers`: how many of each were blurred; `screened` false where no detector looked
    """

    __tablename__ = "officer_photo"
    __table_args__ = (
        CheckConstraint(one_of("state", PHOTO_STATES), name="state"),
        CheckConstraint("(hash64 IS NULL) = (b0 IS NULL)", name="hash64"),
        Index("ix_officer_photo_of_owner", "owner"),
        Index("ix_officer_photo_of_officer", "officer_id", "created_at"),
        Index("ix_officer_photo_same_file", "sha256"),
        Index("ix_officer_photo_b0", "b0"),
        Index("ix_officer_photo_b1", "b1"),
        Index("ix_officer_photo_b2", "b2"),
        Index("ix_officer_photo_b3", "b3"),
        Index("ix_officer_photo_to_make", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner: str = Field(max_length=50)
    officer_id: UUID | None = Field(default=None, foreign_key="officer.id")
    state: str = Field(default="waiting", max_length=10)
    size: int = 0
    width: int = 0
    height: int = 0
    sha256: bytes = Field(sa_type=LargeBinary)
    hash64: int | None = Field(default=None, sa_type=BigInteger)
    b0: int | None = None
    b1: int | None = None
    b2: int | None = None
    b3: int | None = None
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    faces: int = 0
    numbers: int = 0
    screened: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    created_at: datetime = Field(sa_type=UtcDateTime)


class PhotoContent(SQLModel, table=True):
    """The bytes, sealed. The original is there only until the job has made the blurred picture and the thumbnail."""

    __tablename__ = "officer_photo_content"
    __table_args__ = (CheckConstraint(one_of("kind", CONTENTS), name="kind"),)
    photo_id: UUID = Field(foreign_key="officer_photo.id", primary_key=True)
    kind: str = Field(primary_key=True, max_length=10)
    sealed: bytes = Field(sa_type=LargeBinary)


class PhotoMatch(SQLModel, table=True):
    """Two photos that are alike, the newer one first; a person decides what it means."""

    __tablename__ = "officer_photo_match"
    __table_args__ = (
        CheckConstraint(one_of("likeness", LIKENESSES), name="likeness"),
        CheckConstraint("photo_id <> other_id", name="another"),
        Index("ix_officer_photo_match_other", "other_id"),
    )
    photo_id: UUID = Field(foreign_key="officer_photo.id", primary_key=True)
    other_id: UUID = Field(foreign_key="officer_photo.id", primary_key=True)
    likeness: str = Field(max_length=10)
    bits: int = 0
