"""Benefits as rewards of promoters: an item leaves the stock for a customer who is no officer and has no points to spend."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.points.catalogue import OBJECT
from officers.points.store import benefits as store
from portal.audit.trail import Actor, record
from scheduler.promoters.hooks import Offer


class BenefitStock:
    """The catalogue's stock. Codes stay with those who redeem them: they are shown to an officer alone."""

    def offers(self, session: Session, now: datetime) -> Sequence[Offer]:
        """Benefits on sale that are in stock, codes left out."""
        return [
            Offer(one.id, (one.name_zh, one.name_en), one.stock)
            for one in store.catalogue(session, ["on_sale"])
            if one.stock > 0
            and one.kind != "code"
            and (one.sale_from is None or one.sale_from <= now)
            and (one.sale_until is None or now < one.sale_until)
        ]

    def take(self, session: Session, benefit_id: UUID, reward_id: UUID, actor: Actor, now: datetime) -> bool:
        """One item out of the stock, and out of what was ever placed for points: the books of points stay even."""
        benefit = store.benefit(session, benefit_id)
        if benefit is None or benefit.kind == "code" or not store.take_item(session, benefit_id, now):
            return False
        store.return_item(session, benefit_id, whole=False)
        record(session, actor, "benefit.reward", OBJECT, benefit_id, now, {"reward": str(reward_id)})
        return True

    def names(self, session: Session, benefit_ids: Iterable[UUID]) -> Mapping[UUID, tuple[str, str]]:
        """Names of benefits in any state."""
        return {key: (one.name_zh, one.name_en) for key, one in store.names(session, benefit_ids).items()}
