"""The words of campaigns, and how an uploaded list is read."""

import csv
import io

from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _l

STATES = {
    "draft": (_l("Draft"), "", "edit"),
    "submitted": (_l("Submitted"), "info", "clock"),
    "approved": (_l("Running"), "good", "play"),
    "paused": (_l("Paused"), "warn", "pause"),
    "stopped": (_l("Stopped"), "", "x"),
}
WAVE_STATES = {
    "waiting": (_l("Waiting"), "", "clock"),
    "drawing": (_l("Drawing"), "info", "users"),
    "asking": (_l("Handing over"), "info", "send"),
    "done": (_l("All handed over"), "good", "check"),
    "stopped": (_l("Stopped"), "", "x"),
}
STEPS = {
    "submit": _l("Submitted. A second person must approve it."),
    "send_back": _l("Sent back."),
    "approve": _l("Approved. The waves begin at their times."),
    "pause": _l("Paused. Nothing more is sent until it is resumed."),
    "resume": _l("Resumed."),
    "stop": _l("Stopped. Nothing more is sent."),
}
STEP_NAMES = {
    "members": _l("Members"),
    "invited": _l("Invited"),
    "delivered": _l("Delivered"),
    "started": _l("Started"),
    "completed": _l("Completed"),
}
FIELDS = {
    "segment": _l("Segment"),
    "unit": _l("Code of the unit that keeps the account"),
    "language": _l("Language"),
    "age": _l("Age"),
    "tenure_days": _l("Days as a customer"),
    "large_text": _l("Large-text mode"),
    "tags": _l("Tags"),
    "company": _l("Speaks for a company"),
}
HEADS = frozenset({"ref", "customer_ref", "customer", "客户号", "客户编号"})
MOST_ROWS = 200_000


def list_refs(text: str) -> list[str]:
    """The references of a list: the first cell of each row, a head left out.

    Raises  InvalidInput for `file`: empty_file, malformed_file, too_many_rows
    """
    try:
        cells = [row[0].strip() for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row and row[0].strip()]
    except csv.Error:
        raise InvalidInput({"file": "malformed_file"}, line=1) from None
    if cells and cells[0].lower() in HEADS:
        cells = cells[1:]
    if len(cells) > MOST_ROWS:
        raise InvalidInput({"file": "too_many_rows"})
    if not cells:
        raise InvalidInput({"file": "empty_file"})
    return [one for one in cells if len(one) <= 100]
