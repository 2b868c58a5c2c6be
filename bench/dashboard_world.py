"""A bank with any number of answers for `bench.dashboard`: 30 branches, 300 outlets, 8 touchpoints, a year; filled by the database itself.

Outlets and touchpoints differ much in size, so that of the combinations of day, outlet and touchpoint some are known from a few
answers on and others only from very many. The daily rows are what the roll-up and the weights make of such answers (`--check` counts
anew).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people.models import FOREVER, OrgUnit, UnitAncestor, UnitParent
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.metrics.closing import close_days

BRANCHES, OUTLETS, DAYS = 30, 10, 365
TOUCHPOINTS = ("transfer", "counter", "call", "card", "account", "wealth", "loan", "complaint")
NOW = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
TODAY, ALWAYS = date(2026, 6, 15), date(2000, 1, 1)
HALVES = ("n", "sum", "sum2", "low", "mid", "high")
WEIGHTS = ("w", "w2", "w_sum", "w_sum2", "w_low", "w_mid", "w_high")
ADJUSTED = tuple(f"adj_{name}" for name in HALVES)
BY_UNIT: dict[str, tuple[str, ...]] = {
    "unit": (),
    "touchpoint": ("touchpoint",),
    "channel": ("channel",),
    "segment": ("segment",),
    "product": ("product",),
    "crossed": ("touchpoint", "channel"),
}
"""Tables of a unit's day, and what else they are summed by."""
KEPT = ("ix_response_to_count", "ix_response_latest", "ix_response_of_unit")
"""Indexes of answers that the pages and the count use; the others would only make filling slow."""


class BenchBank:
    """The bank's frame and its answers, with their daily rows."""

    def __init__(self, ground: Ground, answers: int) -> None:
        self.ground, self.answers, self.sqlite = ground, answers, ground.db.dialect == "sqlite"
        self.version_id, self.head = new_id(), new_id()
        self.branches = [new_id() for _ in range(BRANCHES)]
        self.outlets = [new_id() for _ in range(BRANCHES * OUTLETS)]
        with ground.writing() as session:
            self._frame(session)
        for step in (self._fill, self._daily):
            with ground.writing() as session:
                if not self.sqlite:
                    self._run(session, "SET LOCAL work_mem = '256MB'")  # sums of millions of rows without a file for each
                step(session)
        close_days(ground, NOW)
        with ground.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))

    def _units(self) -> Iterator[tuple[UUID, str, str, list[UUID]]]:
        yield self.head, "HO", "head", []
        for number, branch in enumerate(self.branches):
            yield branch, f"B{number}", "branch", [self.head]
        for number, outlet in enumerate(self.outlets):
            yield outlet, f"O{number}", "outlet", [self.branches[number // OUTLETS], self.head]

    def _frame(self, session: Session) -> None:
        units, days = list(self._units()), {"valid_from": ALWAYS, "valid_to": FOREVER}
        insert_rows(
            session,
            OrgUnit,
            [{"id": one, "code": code, "name_zh": code, "name_en": code, "kind": kind, "calendar": "cn"} for one, code, kind, _ in units],
        )
        insert_rows(
            session,
            UnitParent,
            [{"id": new_id(), "unit_id": one, "parent_id": above[0] if above else None, **days} for one, _, _, above in units],
        )
        lines = [(one, ancestor, depth) for one, _, _, above in units for depth, ancestor in enumerate([one, *above])]
        insert_rows(
            session,
            UnitAncestor,
            [{"id": new_id(), "unit_id": one, "ancestor_id": ancestor, "depth": depth, **days} for one, ancestor, depth in lines],
        )
        made = Questionnaire(code="Q", title_zh="问卷", title_en="Q", status="published", draft={}, created_at=NOW, updated_at=NOW)
        session.add(made)
        session.flush()
        version = {"definition": {"pages": []}, "content_hash": "0" * 64, "published_at": NOW}
        session.add(QuestionnaireVersion(id=self.version_id, questionnaire_id=made.id, number=1, **version))
        session.flush()
        self._run(session, "INSERT INTO counted_placement SELECT unit_id, ancestor_id, valid_from, valid_to FROM unit_ancestor")
        self._run(session, f"CREATE TABLE bench_outlet (n INTEGER PRIMARY KEY, id {'CHAR(32)' if self.sqlite else 'UUID'})")
        self._run(session, "CREATE TABLE bench_list (n INTEGER PRIMARY KEY, code VARCHAR(20))")
        for number, outlet in enumerate(self.outlets):
            self._run(session, f"INSERT INTO bench_outlet VALUES ({number}, '{outlet.hex}')")
        for number, code in enumerate(TOUCHPOINTS):
            self._run(session, f"INSERT INTO bench_list VALUES ({number}, '{code}')")

    def _run(self, session: Session, statement: str) -> None:
        session.execute(text(statement))

    def _fill(self, session: Session) -> None:
        dropped = self._without_indexes(session)
        series, chance = f"generate_series(1, {self.answers}) AS s(n)", "random()"
        new, day = "gen_random_uuid()", f"TIMESTAMPTZ '{NOW:%Y-%m-%d %H:%M:%S}+00' - make_interval(secs => d * {DAYS} * 86400)"
        if self.sqlite:
            series = f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {self.answers}) SELECT n FROM s)"
            chance = "((random() & 9223372036854775807) / 9223372036854775808.0)"
            new, day = (
                "lower(hex(randomblob(16)))",
                f"strftime('%Y-%m-%d %H:%M:%f000', '{NOW:%Y-%m-%d %H:%M:%S}', '-' || (d * {DAYS}) || ' days')",
            )
        draws = ", ".join(f"{chance} AS {name}" for name in "abcdef")
        self._run(session, f"CREATE TABLE bench_draw AS SELECT {new} AS id, {draws} FROM {series}")
        floor = "CAST" if self.sqlite else "FLOOR"
        whole = (lambda some: f"CAST({some} AS INTEGER)") if floor == "CAST" else (lambda some: f"FLOOR({some})::int")
        segment = "CASE WHEN e < 0.6 THEN 'retail' WHEN e < 0.9 THEN 'gold' ELSE 'private' END"
        bought = "CASE WHEN e < 0.4 THEN 'deposit' WHEN e < 0.8 THEN 'loan' ELSE 'card' END"
        self._run(
            session,
            f"""
            INSERT INTO response (id, version_id, touchpoint, stage, unit_id, channel, segment, product, purpose, source, answers, page,
                                  revision, flags,
                                  started_at, submitted_at, counted_at, followed_up_at, test)
            SELECT x.id, '{self.version_id.hex}', t.code, '', o.id, CASE WHEN c < 0.7 THEN 'sms' ELSE 'email' END, {segment}, {bought},
                   'customer', 'invited', '{{}}',
                   0, 0, '[]', x.at, x.at, x.at, x.at, {"0" if self.sqlite else "FALSE"}
            FROM (SELECT *, {day} AS at FROM bench_draw) x
            JOIN bench_outlet o ON o.n = {whole(f"{len(self.outlets)} * a * a")}
            JOIN bench_list t ON t.n = {whole(f"{len(TOUCHPOINTS)} * b * b")}
            ORDER BY x.at
        """,
        )
        self._run(
            session,
            "INSERT INTO score (response_id, indicator, value) "
            "SELECT id, 'nps', CASE WHEN f < 0.2 THEN 3 WHEN f < 0.5 THEN 7 ELSE 10 END FROM bench_draw",
        )
        for statement in dropped:
            self._run(session, statement)

    def _without_indexes(self, session: Session) -> list[str]:
        """Drop the secondary indexes of responses; the statements that make those anew which are needed."""
        if self.sqlite:
            rows = session.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'response' AND sql IS NOT NULL")
            )
        else:
            rows = session.execute(
                text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'response' AND indexdef NOT LIKE '%UNIQUE%'")
            )
        found = dict(rows.all())
        for name in found:
            self._run(session, f"DROP INDEX {name}")
        return [statement for name, statement in found.items() if name in KEPT]

    def _daily(self, session: Session) -> None:
        """In the order of days, as they come into being; by unit first, so that nodes are summed from few rows."""
        day = "date(r.submitted_at, '+8 hours')" if self.sqlite else "(r.submitted_at AT TIME ZONE 'Asia/Shanghai')::date"
        bands = ("s.value < 7", "s.value >= 7 AND s.value < 9", "s.value >= 9")
        sums = ["COUNT(*)", "SUM(s.value)", "SUM(s.value * s.value)", *(f"SUM(CASE WHEN {band} THEN 1 ELSE 0 END)" for band in bands)]
        named = ", ".join(f"{some} AS {name}" for some, name in zip(sums, HALVES, strict=True))
        key = "touchpoint, r.channel, r.segment, r.product"
        self._run(
            session,
            f"CREATE TABLE bench_day AS SELECT {day} AS day, r.unit_id AS unit_id, r.{key}, {named} "
            f"FROM response r JOIN score s ON s.response_id = r.id GROUP BY {day}, r.unit_id, r.{key}",
        )
        for name, columns in BY_UNIT.items():
            grouped = ", ".join(("day", "unit_id", *columns))
            self._run(
                session,
                f"CREATE TABLE bench_{name} AS SELECT {grouped}, {', '.join(f'SUM({one}) AS {one}' for one in HALVES)} "
                f"FROM bench_day GROUP BY {grouped}",
            )
        self._units_rows(session)
        self._node_rows(session)
        self._funnel(session)

    def _units_rows(self, session: Session) -> None:
        names, both = ", ".join([*HALVES, *ADJUSTED]), ", ".join((*HALVES, *HALVES))
        self._run(
            session,
            f"INSERT INTO daily_count (day, unit_id, purpose, source, indicator, touchpoint, channel, version_id, {names}, "
            f"{', '.join(WEIGHTS)}) SELECT day, unit_id, 'customer', 'invited', 'nps', touchpoint, channel, '{self.version_id.hex}', "
            f"{both}, {', '.join(('n', *HALVES))} FROM bench_crossed ORDER BY day",
        )
        for name in ("segment", "product"):
            self._run(
                session,
                f"INSERT INTO daily_part (day, unit_id, indicator, touchpoint, dimension, value, n, {', '.join(WEIGHTS)}) "
                f"SELECT day, unit_id, 'nps', touchpoint, '{name}', {name}, SUM(n), {', '.join(f'SUM({one})' for one in ('n', *HALVES))} "
                f"FROM bench_day GROUP BY day, unit_id, touchpoint, {name} ORDER BY day",
            )

    def _node_rows(self, session: Session) -> None:
        names, weights = ", ".join([*HALVES, *ADJUSTED]), ", ".join(("w_n", *WEIGHTS))
        both = ", ".join(f"SUM({name})" for name in (*HALVES, *HALVES))
        weighed = ", ".join(f"SUM({name})" for name in ("n", "n", *HALVES))
        zero = f"'{'0' * 32}'" if self.sqlite else f"'{'0' * 32}'::uuid"
        nodes = f"(SELECT unit_id, ancestor_id FROM unit_ancestor UNION ALL SELECT id, {zero} FROM bench_outlet) a"

        def summed(name: str) -> str:
            columns = "".join(f", d.{column}" for column in BY_UNIT[name])
            return f"FROM bench_{name} d JOIN {nodes} ON a.unit_id = d.unit_id GROUP BY d.day, a.ancestor_id{columns} ORDER BY d.day"

        start = "d.day, a.ancestor_id, 'customer', 'invited', 'nps'"
        into = "(day, node_id, purpose, source, indicator"
        self._run(session, f"INSERT INTO daily_total {into}, {names}) SELECT {start}, {both} {summed('unit')}")
        values = {name: f"d.{name}" for name in ("touchpoint", "channel", "segment", "product")} | {"version": f"'{self.version_id.hex}'"}
        for name, value in values.items():
            self._run(
                session,
                f"INSERT INTO daily_cut {into}, dimension, value, {names}, {weights}) "
                f"SELECT {start}, '{name}', {value}, {both}, {weighed} {summed('unit' if name == 'version' else name)}",
            )
        self._run(
            session,
            f"INSERT INTO daily_crossed {into}, touchpoint, channel, {names}, {weights}) "
            f"SELECT {start}, d.touchpoint, d.channel, {both}, {weighed} {summed('crossed')}",
        )
        self._run(
            session,
            f"INSERT INTO weighted_day (day, node_id, indicator, n, {', '.join(WEIGHTS)}) "
            f"SELECT d.day, a.ancestor_id, 'nps', {weighed} {summed('unit')}",
        )

    def _funnel(self, session: Session) -> None:
        """Events know no touchpoint yet, candidates no channel."""
        later = {"invited": 5, "delivered": 4, "opened": 2, "started": 1, "completed": 1}
        rows = [
            "SELECT day, unit_id, '', '', 'events', '', 20 * n FROM bench_unit",
            "SELECT day, unit_id, touchpoint, '', 'candidates', '', 16 * n FROM bench_touchpoint",
            *(f"SELECT day, unit_id, touchpoint, channel, '{step}', '', {times} * n FROM bench_crossed" for step, times in later.items()),
        ]
        into = "INSERT INTO funnel_day (day, unit_id, touchpoint, channel, step, code, n)"
        self._run(session, f"{into} {' UNION ALL '.join(rows)} ORDER BY 1")
