"""The sample bank's endpoint: switched off, so that a demonstration calls nobody; its log shows what a program was told."""

from datetime import datetime, timedelta

from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.webhooks import store
from portal.webhooks.endpoints import new_secret
from portal.webhooks.models import WebhookDelivery, WebhookEndpoint

TOLD = (
    ("response.submitted", 202, 1, None),
    ("case.opened", 202, 1, None),
    ("response.submitted", 202, 2, None),
    ("case.closed", 503, 8, "refused"),
)


def load(ground: Ground, now: datetime) -> None:
    """An endpoint and four deliveries."""
    with ground.writing() as session:
        endpoint = WebhookEndpoint(
            name="客户关系系统 / CRM",
            url="https://crm.bank.example/soundings",
            secret_enc=ground.keys.encrypt(new_secret()),
            events=["response.submitted", "case.opened", "case.closed"],
            active=False,
            created_at=now - timedelta(days=30),
            changed_at=now - timedelta(days=1),
        )
        session.add(endpoint)
        session.flush()
        for hours, (event, status, attempts, reason) in enumerate(TOLD, 25):
            at = now - timedelta(hours=hours)
            row = store.row(endpoint.id, event, new_id(), {"sample": True}, at)
            done = {"state": "dead" if reason else "delivered", "status": status, "attempts": attempts, "reason": reason}
            session.add(WebhookDelivery(**{**row, **done, "tried_at": at, "done_at": at}))
