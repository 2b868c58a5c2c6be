"""`soundings audit points`: the laws of the ledger, verified from the entries alone, apart from the code that writes them."""

from typing import Any

from officers.points.store import checks as store
from portal.foundation.ground import Ground
from portal.shell.features import CheckResult


def check_points(ground: Ground) -> CheckResult:
    """I1 to I10; each violation names its law and the rows. Reads one steady picture."""
    found: list[dict[str, Any]] = []
    with ground.reading() as session:
        number = store.entries(session)
        found += store.broken(session, ground.now())
        there = store.guards(session)
        wanted = {"point_entry_no_update", "point_entry_no_delete", "point_allocation_no_update", "point_allocation_no_delete"}
        if session.get_bind().dialect.name == "postgresql":
            wanted = {"point_entry_append_only", "point_allocation_append_only"}
        found += [{"law": "I8", "missing_guard": name} for name in sorted(wanted - there)]
        found += [{"law": "I9", "award": str(row[0]), "growth": int(row[2]), "due": int(row[3])} for row in store.growth_of_awards(session)]
    return CheckResult(number, found)
