"""What rooms of other packages add to a customer: a panel of the page, their share of an erasure and of a copy of all data.

A feature lists its parts in `feature.py`; this room asks all of them and knows none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from flask import current_app
from flask_babel import LazyString
from sqlmodel import Session

from portal.foundation.crypto import Keys
from portal.people.models import Customer

REGISTER = "soundings.customer_parts"


@dataclass(frozen=True)
class Held:
    """Records that a law makes the bank keep when the person is erased elsewhere.

    basis   a code of why, with words in `portal.privacy.words.BASES`
    kind    the kind of data whose period says how long, from what `since` tells: the moment the period begins, None where
            this customer has nothing of the kind
    subject under which id the records lie on when nothing leads from the customer to them any more; told when they are held
    release empties the records of such subjects when the period is over; without it `erase` of the part runs then
    """

    basis: str
    kind: str
    since: Callable[[Session, UUID], datetime | None]
    subject: Callable[[Session, UUID], UUID | None] | None = None
    release: Callable[[Session, Sequence[UUID], datetime], int] | None = None


@dataclass(frozen=True)
class CustomerPart:
    """One room's part.

    permission, template, load  the panel: `load(session, customer, now)` reads what the template shows; None leaves it out
    endpoint                    a page about this customer, linked from the head of theirs; takes `customer_id`
    erase                       removes the person from the room's rows, in the same transaction; returns how many rows changed
    export                      the room's rows about the person, as JSON; `open` does the same where keys are needed for it
    held                        what of it is kept, shut to all but two roles, until its period is over; `erase` runs then
    """

    name: str
    title: LazyString | str
    permission: str = ""
    template: str = ""
    load: Callable[[Session, Customer, datetime], dict[str, Any] | None] | None = None
    endpoint: str = ""
    icon: str = "list"
    erase: Callable[[Session, Sequence[UUID], datetime], int] | None = None
    export: Callable[[Session, UUID], list[dict[str, Any]]] | None = None
    held: Held | None = None
    open: Callable[[Session, Keys, UUID], list[dict[str, Any]]] | None = None


_announced: list[CustomerPart] = []


def announce(found: Sequence[CustomerPart]) -> None:
    """Make the parts of all features known to jobs and commands, which have no app."""
    _announced[:] = found


def registered() -> tuple[CustomerPart, ...]:
    """The parts of the running app, or of the running command."""
    return cast(tuple[CustomerPart, ...], current_app.extensions.get(REGISTER, ())) if current_app else tuple(_announced)
