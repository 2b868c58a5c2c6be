"""`soundings audit ideas`: counters equal their rows, nobody votes for their own, nothing merged keeps votes."""

from officers.ideas.store import checking as store
from portal.foundation.ground import Ground
from portal.shell.features import CheckResult


def check_votes(ground: Ground) -> CheckResult:
    """Votes and comments of all ideas, counted anew."""
    with ground.reading() as session:
        checked, wrong = store.counted(session), store.wrong_counters(session)
        violations = [{"idea": number, "votes": kept, "rows": rows} for number, kept, rows in wrong]
        violations += [{"idea": number, "comments": kept, "rows": rows} for number, kept, rows in store.wrong_comments(session)]
        violations += [{"idea": number, "own_vote": who} for number, who in store.own_votes(session)]
    return CheckResult(checked, violations)
