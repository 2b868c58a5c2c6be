"""What the room adds to the product; the package's feature file hands it on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job, Shards
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem
from scheduler.delivery import channel_views, provider_api, receipts, tallying, text_views, views
from scheduler.delivery.sending import BATCH, Recheck, nothing_changed, send_due
from scheduler.delivery.store import inbound, pages, queue

READERS = frozenset({Role.ADMINISTRATOR, Role.DESIGNER, Role.ANALYST, Role.COMPLIANCE_OFFICER, Role.COMPLAINT_CENTRE})

# channel_views adds its pages to the blueprint of views
BLUEPRINTS = (views.blueprint, text_views.blueprint, provider_api.blueprint)
PERMISSIONS = (
    Permission(views.READ, READERS),
    Permission(views.RESEND, frozenset({Role.ADMINISTRATOR})),
    Permission(text_views.READ, READERS | {Role.APPROVER, Role.EXECUTIVE}),
    Permission(text_views.EDIT, frozenset({Role.ADMINISTRATOR, Role.DESIGNER})),
    Permission(text_views.APPROVE, frozenset({Role.APPROVER, Role.COMPLIANCE_OFFICER, Role.EXECUTIVE})),
    Permission(channel_views.EDIT, frozenset({Role.ADMINISTRATOR})),
    Permission(views.SWITCH, frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER})),
)
MENU = (
    MenuItem("ask", _l("Message texts"), "message_texts.index", "message", text_views.READ, order=50),
    MenuItem("ask", _l("Sent messages"), "messages.index", "send", views.READ, order=60, count=views.menu_count),
)


def make_jobs(recheck: Recheck = nothing_changed) -> tuple[Job, ...]:
    """The jobs of delivery, with the last check before sending that a higher room gives."""

    def send(ground: Ground, now: datetime, shards: Shards | None = None) -> int:
        return send_due(ground, now, recheck, shards=shards)

    return (
        Job("delivery.send_due", timedelta(seconds=2), send, _l("Send messages that are due"), batch=BATCH, by_shard=send),
        Job("delivery.match_receipts", timedelta(minutes=5), receipts.match, _l("Find the messages of receipts that came early")),
        Job("delivery.tally", timedelta(minutes=15), tallying.tally, _l("Count what went out by each channel a day")),
        Job("delivery.forget_receipts", timedelta(hours=6), receipts.forget, _l("Delete old receipts"), batch=1_000),
    )


def stats(session: Session) -> dict[str, int]:
    """How many messages there are."""
    return pages.counts(session)


def erase(session: Session, customer_ids: Sequence[UUID], now: datetime) -> int:
    """Nothing that still waits goes out to somebody who was erased; their texts are no longer tied to a number."""
    return queue.withdraw_of_customers(session, customer_ids, "ERASED", now) + inbound.forget_numbers(session, customer_ids)


CUSTOMER_PARTS = (CustomerPart("messages", _l("Messages"), erase=erase),)
