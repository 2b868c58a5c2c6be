"""The words of a decision: outcomes, rules in order, reason codes."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a candidate. `DEFER` is no decision: it moves the due time."""

    SEND = "SEND"
    DROP = "DROP"
    OUTRANKED = "OUTRANKED"
    DEFER = "DEFER"


class Rule(StrEnum):
    """The rules in order of evaluation; a page calls them R1 to R17."""

    NOT_SEEN = "R1"
    LIVE = "R2"
    ELIGIBLE = "R3"
    LAWFUL = "R4"
    HOLDOUT = "R5"
    SAMPLED = "R6"
    QUOTA = "R7"
    WORKLOAD = "R8"
    ONE_OPEN = "R9"
    COOLDOWN = "R10"
    BACKOFF = "R11"
    CAPS = "R12"
    PAIRS = "R13"
    TIME = "R14"
    ARBITRATION = "R15"
    CHANNEL = "R16"
    RESERVE = "R17"


class Reason(StrEnum):
    """Codes that do not depend on the policy's own numbers. Cool-downs and caps make theirs from their names."""

    SEND = "SEND"
    DUPLICATE = "DUPLICATE"
    INACTIVE = "INACTIVE"
    FILTERED = "FILTERED"
    TENURE = "TENURE"
    MINOR = "MINOR"
    STALE = "STALE"
    FUTURE = "FUTURE"
    PILOT = "PILOT"
    CIRCLE = "CIRCLE"
    NO_CONSENT = "NO_CONSENT"
    OPTED_OUT = "OPTED_OUT"
    EXCLUDED = "EXCLUDED"
    OPEN_CASE = "OPEN_CASE"
    HOLDOUT = "HOLDOUT"
    NOT_SAMPLED = "NOT_SAMPLED"
    QUOTA = "QUOTA"
    BUDGET = "BUDGET"
    WORKLOAD = "WORKLOAD"
    PENDING = "PENDING"
    BACKOFF = "BACKOFF"
    PAIR = "PAIR"
    QUIET_HOURS = "QUIET_HOURS"
    EXPIRED = "EXPIRED"
    OUTRANKED = "OUTRANKED"
    NO_CHANNEL = "NO_CHANNEL"
    RELEASED = "RELEASED"
