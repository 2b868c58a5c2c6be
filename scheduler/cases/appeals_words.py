"""The words of score appeals."""

from portal.foundation.i18n import _, _l
from scheduler.cases.entries import title_of

REASONS = {
    "wrong_unit": _l("Not our unit"),
    "outside_control": _l("Outside our control"),
    "abuse": _l("Abuse"),
}
HINTS = {
    "wrong_unit": _l("The customer was served by another unit."),
    "outside_control": _l("The cause lies with a system, a rule or another department."),
    "abuse": _l("Insults, extortion, or a score given by mistake."),
}
STATES = {
    "submitted": _l("Waits for a decision"),
    "upheld": _l("Upheld"),
    "rejected": _l("Not upheld"),
    "withdrawn": _l("Withdrawn"),
}
TONES = {"submitted": "info", "upheld": "good", "rejected": "warn", "withdrawn": ""}


def reasons() -> list[tuple[str, str, str]]:
    """The choice of reasons, each with a hint."""
    return [(code, str(label), str(HINTS[code])) for code, label in REASONS.items()]


title_of("appealed", lambda _told: str(_("The unit appealed against the score")))
title_of("appeal_upheld", lambda _told: str(_("Appeal upheld: left out of the adjusted score")), tone="good")
title_of("appeal_rejected", lambda _told: str(_("Appeal not upheld")))
title_of("appeal_withdrawn", lambda _told: str(_("Appeal withdrawn")))
