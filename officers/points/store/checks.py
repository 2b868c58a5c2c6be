"""What the audit reads: sums over entries, lots and redemptions, made anew and apart from the code that writes them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

LIMIT = 200
"""So many violations of a law are named; one is too many already."""
LAWS: tuple[tuple[str, str], ...] = (
    ("I1", """SELECT a.officer_id AS officer, a.balance AS account, COALESCE(e.total, 0) AS entries, COALESCE(l.total, 0) AS lots
        FROM point_account a
        LEFT JOIN (SELECT officer_id, SUM(amount) AS total FROM point_entry GROUP BY officer_id) e ON e.officer_id = a.officer_id
        LEFT JOIN (SELECT officer_id, SUM(remaining) AS total FROM point_lot GROUP BY officer_id) l ON l.officer_id = a.officer_id
        WHERE a.balance < 0 OR a.balance <> COALESCE(e.total, 0) OR a.balance <> COALESCE(l.total, 0)"""),
    ("I1", """SELECT e.officer_id AS officer, COUNT(*) AS entries FROM point_entry e
        WHERE NOT EXISTS (SELECT 1 FROM point_account a WHERE a.officer_id = e.officer_id) GROUP BY e.officer_id"""),
    ("I2", """SELECT e.id AS entry, e.amount AS amount, COALESCE(t.total, 0) AS allocated, COALESCE(m.total, 0) AS made FROM point_entry e
        LEFT JOIN (SELECT entry_id, SUM(amount) AS total FROM point_allocation GROUP BY entry_id) t ON t.entry_id = e.id
        LEFT JOIN (SELECT entry_id, SUM(amount) AS total FROM point_lot GROUP BY entry_id) m ON m.entry_id = e.id
        WHERE e.amount <> COALESCE(m.total, 0) - COALESCE(t.total, 0)"""),
    ("I2", """SELECT l.id AS lot, l.amount - l.remaining AS gone, COALESCE(t.total, 0) AS allocated FROM point_lot l
        LEFT JOIN (SELECT lot_id, SUM(amount) AS total FROM point_allocation GROUP BY lot_id) t ON t.lot_id = l.id
        WHERE l.amount - l.remaining <> COALESCE(t.total, 0)"""),
    ("I2", """SELECT e.id AS entry, l.id AS lot FROM point_allocation t JOIN point_entry e ON e.id = t.entry_id
        JOIN point_lot l ON l.id = t.lot_id WHERE e.officer_id <> l.officer_id"""),
    ("I3", """SELECT a.id AS award, a.first AS promised, COALESCE(e.total, 0) AS paid FROM point_award a
        LEFT JOIN (SELECT award_id, SUM(amount) AS total FROM point_entry WHERE kind IN ('award', 'second') GROUP BY award_id) e
        ON e.award_id = a.id
        WHERE COALESCE(e.total, 0) <> CASE WHEN a.state = 'refused' THEN 0 WHEN a.second_at IS NULL THEN a.first
          ELSE a.first + a.second END"""),
    ("I4", """SELECT t.lot_id AS lot, COUNT(*) AS times FROM point_allocation t JOIN point_entry e ON e.id = t.entry_id
        WHERE e.kind = 'expiry' GROUP BY t.lot_id HAVING COUNT(*) > 1"""),
    ("I4", """SELECT e.id AS entry, l.id AS lot FROM point_allocation t JOIN point_entry e ON e.id = t.entry_id
        JOIN point_lot l ON l.id = t.lot_id
        WHERE (e.kind = 'expiry' AND (e.at < l.expires_at OR l.remaining <> 0))
           OR (e.kind IN ('redeem', 'settle', 'claw_back', 'correction') AND t.amount > 0 AND e.at >= l.expires_at)
           OR (e.kind = 'redeem' AND e.at < l.usable_from)
           OR (t.amount < 0 AND (e.kind <> 'refund' OR e.at >= l.expires_at))"""),
    ("I5", """SELECT b.id AS benefit, b.stock AS stock, b.placed AS placed, COALESCE(r.live, 0) AS live FROM benefit b
        LEFT JOIN (SELECT benefit_id, COUNT(*) AS live FROM redemption
          WHERE state IN ('reserved', 'fulfilling', 'delivered', 'disputed') GROUP BY benefit_id) r ON r.benefit_id = b.id
        WHERE b.stock < 0 OR b.stock + COALESCE(r.live, 0) <> b.placed"""),
    ("I5", """SELECT b.id AS benefit, b.stock AS stock, COUNT(c.id) AS codes FROM benefit b
        LEFT JOIN benefit_code c ON c.benefit_id = b.id AND c.redemption_id IS NULL
        WHERE b.kind = 'code' GROUP BY b.id, b.stock HAVING b.stock <> COUNT(c.id)"""),
    ("I6", """SELECT r.id AS redemption, r.state AS state, r.cost AS cost, COALESCE(e.out, 0) AS taken, COALESCE(e.back, 0) AS back,
          COALESCE(e.times, 0) AS times FROM redemption r
        LEFT JOIN (SELECT redemption_id, SUM(CASE WHEN kind = 'redeem' THEN -amount ELSE 0 END) AS out,
          SUM(CASE WHEN kind = 'refund' THEN amount ELSE 0 END) AS back, SUM(CASE WHEN kind = 'refund' THEN 1 ELSE 0 END) AS times
          FROM point_entry WHERE redemption_id IS NOT NULL GROUP BY redemption_id) e ON e.redemption_id = r.id
        WHERE COALESCE(e.out, 0) <> r.cost OR COALESCE(e.times, 0) > 1
           OR COALESCE(e.back, 0) <> CASE WHEN r.state IN ('cancelled', 'failed') THEN r.cost ELSE 0 END"""),
    ("I7", """SELECT a.id AS award, c.times AS times, c.taken AS taken, c.owed AS owed, COALESCE(x.gone, 0) AS expired, p.paid AS paid
        FROM point_award a JOIN (SELECT award_id, COUNT(*) AS times, SUM(-amount) AS taken, SUM(owed) AS owed FROM point_entry
          WHERE kind = 'claw_back' GROUP BY award_id) c ON c.award_id = a.id
        JOIN (SELECT award_id, SUM(amount) AS paid FROM point_entry WHERE kind IN ('award', 'second') GROUP BY award_id) p
          ON p.award_id = a.id
        LEFT JOIN (SELECT l.award_id AS award_id, SUM(t.amount) AS gone FROM point_allocation t JOIN point_lot l ON l.id = t.lot_id
          JOIN point_entry e ON e.id = t.entry_id WHERE e.kind = 'expiry' GROUP BY l.award_id) x ON x.award_id = a.id
        WHERE c.times > 1 OR c.taken + c.owed + COALESCE(x.gone, 0) > p.paid OR a.state <> 'revoked'"""),
    ("I7", """SELECT a.officer_id AS officer, a.owed AS owed, SUM(l.remaining) AS there FROM point_account a
        JOIN point_lot l ON l.officer_id = a.officer_id WHERE a.owed > 0 AND l.remaining > 0 AND l.expires_at > :now
        GROUP BY a.officer_id, a.owed"""),
    ("I7", "SELECT id AS lot, remaining AS remaining FROM point_lot WHERE closed_at IS NOT NULL AND remaining > 0"),
    ("I9", """SELECT g.id AS growth, g.source AS source FROM growth_entry g
        WHERE g.source LIKE 'redeem:%' OR g.source LIKE 'expiry:%' OR g.source LIKE 'refund:%'"""),
    ("I10", """SELECT a.officer_id AS officer, a.owed AS owed, COALESCE(e.total, 0) AS entries FROM point_account a
        LEFT JOIN (SELECT officer_id, SUM(owed) AS total FROM point_entry GROUP BY officer_id) e ON e.officer_id = a.officer_id
        WHERE a.owed < 0 OR a.owed <> COALESCE(e.total, 0)"""),
    ("I10", """SELECT a.officer_id AS officer, a.held AS held, COALESCE(r.total, 0) AS redemptions FROM point_account a
        LEFT JOIN (SELECT officer_id, SUM(cost) AS total FROM redemption WHERE state IN ('reserved', 'fulfilling') GROUP BY officer_id) r
          ON r.officer_id = a.officer_id WHERE a.held < 0 OR a.held <> COALESCE(r.total, 0)"""),
)  # fmt: skip
"""Each law in SQL that both databases know; the rows it gives break it."""


def broken(session: Session, now: datetime) -> Iterator[dict[str, Any]]:
    """Rows that break a law, each with the law's name."""
    moment = now.strftime("%Y-%m-%d %H:%M:%S.%f") if session.get_bind().dialect.name == "sqlite" else now
    for law, statement in LAWS:
        rows = session.execute(text(f"{statement} LIMIT {LIMIT}"), {"now": moment} if ":now" in statement else {})
        yield from ({"law": law, **{name: _plain(value) for name, value in row._mapping.items()}} for row in rows)


def entries(session: Session) -> int:
    """How many entries there are."""
    return int(session.execute(text("SELECT COUNT(*) FROM point_entry")).scalar_one())


def guards(session: Session) -> set[str]:
    """The triggers that are there (I8)."""
    if session.get_bind().dialect.name == "sqlite":
        rows: Sequence[Any] = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    else:
        rows = session.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")).all()
    return {row[0] for row in rows}


def growth_of_awards(session: Session) -> Sequence[Any]:
    """Growth that was added for an award and is not what the award says, or not taken back with it (I9)."""
    statement = """SELECT a.id, a.state, SUM(g.amount) AS grown,
          CASE WHEN a.state = 'revoked' THEN 0 WHEN a.second_at IS NULL THEN a.growth_first ELSE a.growth_first + a.growth_second END AS due
        FROM point_award a JOIN growth_entry g ON g.officer_id = a.officer_id AND (g.source IN (a.key || '\\:award', a.key || '\\:second')
          OR g.source IN (a.key || '\\:award\\:back', a.key || '\\:second\\:back'))
        GROUP BY a.id, a.state, a.second_at, a.growth_first, a.growth_second
        HAVING SUM(g.amount) <> CASE WHEN a.state = 'revoked' THEN 0 WHEN a.second_at IS NULL THEN a.growth_first
          ELSE a.growth_first + a.growth_second END"""
    return session.execute(text(statement)).all()


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, str)) or value is None else str(value)
