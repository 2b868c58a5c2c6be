"""Reading many rows where every microsecond is paid ten thousand times: SQL made once, answers in the driver's own values.

On PostgreSQL several questions go out together and the server works on the next while we read the last answer; ids and
times come in binary. On SQLite, which keeps both as text, whole columns are turned at once.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Boolean, Connection, Date, Select, SelectBase, Uuid, select
from sqlmodel import Session

from portal.foundation.bulk import id_array, sqlite_moment
from portal.foundation.db import Json, UtcDateTime, dialect_of
from portal.foundation.ids import id_of

Decoder = Callable[[Any], Any]
Row = TypeVar("Row", bound=tuple[Any, ...])
Answer = Callable[[], list[Row]]
"""Gives the rows of a question that was asked before; call it once."""


@lru_cache(maxsize=100_000)
def uuid_of(text: str) -> UUID:
    """An id from SQLite's 32 digits; one person's stands in five tables of a batch."""
    return id_of(int(text, 16))


_parsed = datetime.fromisoformat
_TRUTHS = {0: False, 1: True}


def moments(texts: Iterable[str | None]) -> list[datetime | None]:
    """A column of times as SQLite keeps them."""
    return [None if one is None else _parsed(one + "+00:00") for one in texts]


def ids(texts: Iterable[str | None]) -> list[UUID | None]:
    """A column of ids as SQLite keeps them."""
    return [None if one is None else uuid_of(one) for one in texts]


def maker(kind: type[Row]) -> Callable[[Iterable[Any]], Row]:
    """Makes a named tuple of its fields' values in order, as `_make` does, without a call of Python's for each."""
    return partial(tuple.__new__, kind)


class Query(Generic[Row]):
    """A SELECT written once for each kind of database; what it is asked with is bound by name.

    Shape   `kind`: the named tuple that each row becomes, its fields in the order of the columns; `postgresql`: its own way to them
    """

    def __init__(
        self, kind: type[Row], columns: Sequence[Any], build: Callable[[Select[Any]], SelectBase], postgresql: SelectBase | None = None
    ) -> None:
        self._statement, self._made = build(select(*columns)), maker(kind)
        self._postgresql = self._statement if postgresql is None else postgresql
        self._decoders = [_decoder(column.type) for column in columns]
        self._written: dict[str, tuple[str, Any, dict[str, Any]]] = {}

    def ask(self, session: Session, **values: object) -> Answer[Row]:
        """Send the question; the rows are read when the answer is called.

        Shape   values: ids as an iterable of UUID, keys as one of str, times as datetime, else single texts and numbers
        """
        if session.autoflush:
            session.flush()
        connection = session.connection()
        text, places, given = self._text(connection)
        if dialect_of(session) == "postgresql":
            cursor = connection.connection.driver_connection.cursor(binary=True)  # type: ignore[union-attr]  # psycopg's own
            bound = {**given, **{name: _for_postgresql(value) for name, value in values.items()}}
            _tell(connection, cursor, text, bound)
            cursor.execute(text, bound)
            _flush(cursor)
            return lambda: list(map(self._made, cursor.fetchall()))
        bound = {**given, **{name: _for_sqlite(value) for name, value in values.items()}}
        cursor = connection.exec_driver_sql(text, tuple(bound[name] for name in places)).cursor
        return lambda: list(map(self._made, self._turned(cursor.fetchall())))

    def rows(self, session: Session, **values: object) -> list[Row]:
        """Ask and read at once."""
        return self.ask(session, **values)()

    def _text(self, connection: Connection) -> tuple[str, Any, dict[str, Any]]:
        name = connection.dialect.name
        if name not in self._written:
            statement = self._postgresql if name == "postgresql" else self._statement
            compiled = statement.compile(dialect=connection.dialect)
            given = {key: value for key, value in compiled.params.items() if value is not None}
            self._written[name] = (str(compiled), getattr(compiled, "positiontup", None), given)
        return self._written[name]

    def _turned(self, rows: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
        if not rows:
            return ()
        columns = zip(self._decoders, zip(*rows, strict=True), strict=True)
        return zip(*(decode(values) if decode else values for decode, values in columns), strict=True)


@contextmanager
def together(session: Session) -> Iterator[Callable[[], None]]:
    """Questions asked within are all sent before the first answer is waited for (PostgreSQL; elsewhere nothing changes).

    Shape   gives what waits until all answers so far are there: whoever then asks more reads those while the server works;
            to read one answer without it is to wait for all that was asked till then
    """
    if dialect_of(session) != "postgresql":
        yield lambda: None
        return
    driver: Any = session.connection().connection.driver_connection
    with driver.pipeline() as pipeline:
        yield pipeline.sync


def later(session: Session, statement: str, values: dict[str, Any]) -> None:
    """Send a statement of PostgreSQL's whose result nobody reads; inside `together` it runs while we go on."""
    connection = session.connection()
    cursor: Any = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]  # psycopg's own
    _tell(connection, cursor, statement, values)
    cursor.execute(statement, values)


def _tell(connection: Connection, cursor: Any, statement: str, values: object) -> None:
    """Statements that pass SQLAlchemy by are told to whoever counts them all the same."""
    if connection._has_events or connection.engine._has_events:
        connection.dispatch.before_cursor_execute(connection, cursor, statement, values, None, False)


def _flush(cursor: Any) -> None:
    """Ask the server not to keep this answer back until the questions after it are answered too."""
    driver = cursor.connection
    if driver.pgconn.pipeline_status:
        driver.pgconn.send_flush_request()
        driver.pgconn.flush()


def _for_postgresql(value: Any) -> object:
    if value is None or isinstance(value, datetime | str | int):
        return value
    several = list(value)
    return several if several and isinstance(several[0], str) else id_array(several)


def _for_sqlite(value: Any) -> object:
    if isinstance(value, datetime):
        return sqlite_moment(value)
    if value is None or isinstance(value, str | int):
        return value
    return json.dumps([one.hex if isinstance(one, UUID) else one for one in value])


def _each(convert: Callable[[Any], Any]) -> Decoder:
    return lambda values: [None if one is None else convert(one) for one in values]


def _decoder(kind: Any) -> Decoder | None:
    """How a column of SQLite's becomes what the models would give."""
    if isinstance(kind, UtcDateTime):
        return moments
    if isinstance(kind, Uuid):
        return ids
    if isinstance(kind, Boolean):
        return lambda values: list(map(_TRUTHS.get, values))
    if isinstance(kind, Date):
        return _each(date.fromisoformat)
    return _each(json.loads) if isinstance(kind, type(Json)) else None
