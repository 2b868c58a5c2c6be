"""The quick lane: the driver's own connection, one kept by each thread, for the few statements that every customer waits for.

Opening a session and a transaction, and wrapping each result, costs several times what the database takes to find one
row. Everything else goes through `Database.writing` and `Database.reading`.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from weakref import WeakSet

from sqlalchemy import Engine
from sqlalchemy.pool import PoolProxiedConnection

Values = Mapping[str, Any]
Found = TypeVar("Found")


class Lane:
    """One thread's connection: statements in the driver's own SQL.

    On PostgreSQL whatever needs no answer waits and travels with the next statement that does, or with the COMMIT: each
    way there and back costs as much as finding a row.
    """

    def __init__(self, connecting: Engine, heard_by: Engine) -> None:
        self.dialect = "sqlite" if connecting.dialect.name == "sqlite" else "postgresql"
        self._connecting, self._heard_by = connecting, heard_by
        self._waiting: list[tuple[str, Values | None]] = []
        self._begun = False
        self._connect()

    def _connect(self) -> None:
        self._kept: PoolProxiedConnection = self._connecting.raw_connection()
        driver: Any = self._kept.driver_connection
        self._driver = driver
        if self.dialect == "postgresql":
            driver.autocommit = True

    def rows(self, statement: str, values: Values) -> list[Any]:
        """The rows of a SELECT."""
        self._tell(statement, values)
        found: list[Any] = self._execute(statement, values).fetchall()
        return found

    def run(self, statement: str, values: Values) -> int:
        """How many rows a statement changed."""
        self._tell(statement, values)
        return int(self._execute(statement, values).rowcount)

    def alone(self, statement: str, values: Values) -> list[Any]:
        """On PostgreSQL: the rows of a statement that is a transaction of its own, before this one has begun.

        A connection that was lost is made anew, so that the statement may come twice: it must be one that sees this.
        """
        self._tell(statement, values)
        try:
            found: list[Any] = self._driver.execute(statement, values).fetchall()
        except Exception as error:
            if self._begun or not self.broken_by(error):
                raise
            self.close()
            self._connect()
            found = self._driver.execute(statement, values).fetchall()
        return found

    def last(self, statement: str, values: Values) -> None:
        """A write that is certain to fit, of which nothing needs to be known: it travels with whatever comes next."""
        self._tell(statement, values)
        if self.dialect == "sqlite":
            self._driver.execute(statement, values)
        else:
            self._waiting.append((statement, values))

    def _execute(self, statement: str, values: Values | None = None) -> Any:
        """Execute a statement behind all that waits. A connection that was lost before the transaction began is made anew."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return self._driver.execute(statement, values or {})
        try:
            found = self._together(waiting, statement, values)
        except Exception as error:
            if self._begun or not self.broken_by(error):
                raise
            self.close()
            self._connect()
            found = self._together(waiting, statement, values)
        self._begun = True
        return found

    def _together(self, waiting: list[tuple[str, Values | None]], statement: str, values: Values | None) -> Any:
        with self._driver.pipeline():
            for earlier, its_values in waiting:
                self._driver.execute(earlier, its_values)
            return self._driver.execute(statement, values or {})

    def _tell(self, statement: str, values: object) -> None:
        """Whoever listens to the engine's statements hears these too."""
        for listener in self._heard_by.dispatch.before_cursor_execute:
            listener(None, None, statement, values, None, False)

    def begin(self) -> "Lane":
        """Begin a transaction; on SQLite it holds the writer's place from the start."""
        if self.dialect == "sqlite":
            self._driver.execute("BEGIN IMMEDIATE")
        else:
            self._waiting, self._begun = [("BEGIN", None)], False
        return self

    def commit(self) -> None:
        """Keep it all."""
        if self.dialect == "postgresql" and not self._begun and len(self._waiting) == 1:
            self._waiting.clear()  # nothing was asked for
            return
        self._execute("COMMIT")

    def roll_back(self) -> None:
        """Keep nothing."""
        self._waiting.clear()
        if self.dialect == "sqlite" or self._driver.info.transaction_status:  # 0 is idle: nothing had begun
            self._driver.execute("ROLLBACK")

    def broken_by(self, error: Exception) -> bool:
        """Whether an error means that the server went away."""
        dialect = self._heard_by.dialect
        return isinstance(error, dialect.loaded_dbapi.Error) and bool(dialect.is_disconnect(error, self._driver, None))

    def close(self) -> None:
        """End the connection."""
        with suppress(Exception):
            self._kept.close()


class Lanes:
    """The lanes of all threads. `connecting` opens connections that no pool keeps, so that a lane ends with its thread."""

    def __init__(self, connecting: Engine, heard_by: Engine) -> None:
        self._connecting, self._heard_by = connecting, heard_by
        self._own = threading.local()
        self._all: WeakSet[Lane] = WeakSet()

    def glance(self, statement: str, values: Values) -> list[Any]:
        """Rows of one SELECT outside any transaction; tried again on a fresh connection where the old one was lost."""
        return self._trying(lambda lane: lane.rows(statement, values))

    @contextmanager
    def quick(self) -> Iterator[Lane]:
        """One transaction on this thread's lane, all or nothing."""
        lane = self._trying(Lane.begin)
        try:
            yield lane
            lane.commit()
        except BaseException as error:
            try:
                lane.roll_back()
            except Exception:
                self._drop(lane)  # a lost connection can't roll back, and need not
            if isinstance(error, Exception) and lane.broken_by(error):
                self._drop(lane)
            raise

    def _trying(self, act: Callable[[Lane], Found]) -> Found:
        lane = self._lane()
        try:
            return act(lane)
        except Exception as error:
            if not lane.broken_by(error):
                raise
            self._drop(lane)
        return act(self._lane())

    def _lane(self) -> Lane:
        lane: Lane | None = getattr(self._own, "lane", None)
        if lane is None:
            lane = self._own.lane = Lane(self._connecting, self._heard_by)
            self._all.add(lane)
        return lane

    def _drop(self, lane: Lane) -> None:
        lane.close()
        self._own.lane = None
        self._all.discard(lane)

    def close(self) -> None:
        """End the lanes of all threads."""
        for lane in list(self._all):
            lane.close()
        self._own = threading.local()
        self._connecting.dispose()
