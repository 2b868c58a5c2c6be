"""Before rows about persons go out as a file: could somebody be told by what others may know of him?"""

from collections.abc import Sequence
from typing import Any

from flask_babel import LazyString
from sqlmodel import Session

from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _l
from portal.people import personal
from portal.privacy.rules import anonymity
from questionnaires.reports.store import exports as store
from questionnaires.reports.store.exports import Wanted

K = 5
"""So many rows at least must share what may be known of a person."""
KNOWN = {"responses": ("counter", "product", "segment", "language", "unit"), "verbatims": ("language", "unit")}
"""What others may know of a person, by kind of rows; what is missed least first."""
COLUMNS: dict[str, LazyString | str] = {
    "counter": _l("Counter"),
    "product": _l("Product"),
    "segment": _l("Segment"),
    "language": _l("Language"),
    "unit": _l("Unit"),
}
BOTH = {"unit": ("unit", "unit_name")}
"""What one word leaves out, where it is more than a column."""


def check(session: Session, subject: str, wanted: Wanted, left_out: Sequence[str], why: str, reference: str) -> dict[str, Any]:
    """Refuse rows by which persons could be told, unless a reason is given; what the trail shall keep of it.

    Raises  InvalidInput for `without`, with `rows` at risk, `k` and `columns` to be left out; for `why` and `reference`
    """
    known = KNOWN[subject]
    left_out = [name for name in known if name in left_out]
    whole = store.groups(session, subject, wanted, known)
    found = anonymity.weigh(anonymity.without(whole, known, left_out), K)
    facts: dict[str, Any] = {"without": left_out} if left_out else {}
    if found.holds(K):
        return facts
    if why:
        return facts | personal.reason(why, reference) | {"at_risk": found.rows_at_risk}
    columns = anonymity.to_leave_out(whole, known, K)
    if columns is None:
        raise InvalidInput({"without": "too_few_to_hide"}, rows=found.rows, k=K)
    raise InvalidInput({"without": "persons_could_be_told"}, rows=found.rows_at_risk, k=K, columns=list(columns))


def columns_of(left_out: Sequence[str]) -> frozenset[str]:
    """The names of the columns that are left out."""
    return frozenset(column for name in left_out for column in BOTH.get(name, (name,)))
