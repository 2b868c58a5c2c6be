"""What retention removed: the auditor asks no evidence of what was decided before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime


class Removal(SQLModel, table=True):
    """A month of a table whose rows were removed because they had been kept long enough.

    Shape   `month` YYYY-MM of the rows' ids, or `rest`; `before_id`: the first id of the month after; `dropped_at`: when the last
            row was gone for good (on PostgreSQL the month is detached first, and can be archived until then)
    """

    __tablename__ = "removal"
    month: str = Field(primary_key=True, max_length=20)
    table_name: str = Field(primary_key=True, max_length=20)
    before_id: UUID
    rows: int = Field(sa_type=BigInteger)
    began_at: datetime = Field(sa_type=UtcDateTime)
    dropped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
