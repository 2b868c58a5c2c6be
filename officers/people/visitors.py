"""Who came into the zone, officer or not yet."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Visitor:
    """A member of staff or a customer, as the door knows them."""

    user_id: UUID | None = None
    customer_id: UUID | None = None
