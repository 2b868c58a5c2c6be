"""Claim, commit, tell, mark: other programs are never called inside a transaction."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken

from portal.foundation.backoff import BackOff
from portal.foundation.chance import chance
from portal.foundation.ground import Ground
from portal.foundation.posting import Answer, Bounds, NotSent, Post
from portal.foundation.signatures import HEADER, sign
from portal.webhooks import store
from portal.webhooks.addresses import AddressRefused, check
from portal.webhooks.models import WebhookDelivery, WebhookEndpoint

LEASE = timedelta(minutes=10)
BATCH = 50
PATIENCE = BackOff(timedelta(seconds=30), timedelta(hours=6), attempts=8)
AT_ONCE = 8
"""So many programs are told at the same time."""
STRIKES, REST, SILENT = 3, timedelta(minutes=1), ("unreachable", "no_answer")
KEPT = timedelta(days=60)
"""How long the log of what was delivered is kept."""


def send_due(ground: Ground, now: datetime, limit: int = BATCH) -> int:
    """Deliver what is due; returns how many were taken up. Safe to run twice and in two processes."""
    with ground.reading() as session:
        if not store.anything_due(session, now):
            return 0
    with ground.writing() as session:
        held = store.claim(session, now, now + LEASE, limit)
        endpoints = store.endpoints_of(session, (one.endpoint_id for one in held))
    lists = [[one for one in held if one.endpoint_id == key] for key in endpoints]
    with ThreadPoolExecutor(min(len(lists), AT_ONCE)) as pool:
        for done in [pool.submit(_tell_all, ground, endpoints[one[0].endpoint_id], one, now + LEASE / 2) for one in lists]:
            done.result()
    return len(held)


def _tell_all(ground: Ground, endpoint: WebhookEndpoint, held: Sequence[WebhookDelivery], stop_at: datetime) -> None:
    """All of one program, by itself: one that hangs holds up nobody else's; after some strikes its rest waits a while, uncounted."""
    strikes = 0
    for one in held:
        if ground.now() >= stop_at:
            return  # what is left comes back when the lease ends
        if strikes < STRIKES:
            values = _tell(ground, endpoint, one)
            strikes = strikes + 1 if values["reason"] in SILENT else 0
        else:
            values = {"state": "waiting", "due_at": ground.now() + REST, "attempts": one.attempts - 1}
        with ground.writing() as session:
            store.mark(session, one, values)


def body_of(delivery: WebhookDelivery) -> bytes:
    """What a program is sent; the same bytes at every attempt."""
    document = {"id": str(delivery.event_id), "event": delivery.event, "at": delivery.created_at.isoformat(), "data": delivery.data}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _tell(ground: Ground, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> dict[str, Any]:
    """One attempt, and what becomes of the delivery."""
    if not endpoint.active:
        return {"state": "dead", "reason": "switched_off", "done_at": ground.now()}
    status, reason = _post(ground, endpoint, delivery)
    now = ground.now()
    tried = {"status": status, "reason": reason, "tried_at": now}
    if reason is None:
        return tried | {"state": "delivered", "done_at": now}
    wait = PATIENCE.pause(delivery.attempts, chance("webhook", delivery.id.hex, str(delivery.attempts)))
    if wait is None:
        return tried | {"state": "dead", "done_at": now}
    return tried | {"state": "waiting", "due_at": now + wait}


def _post(ground: Ground, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> tuple[int | None, str | None]:
    """The status that came back, and what went wrong."""
    body = body_of(delivery)
    try:
        secret = ground.keys.decrypt(endpoint.secret_enc)
        address = check(endpoint.url, private=ground.settings.webhook_private_addresses, hosts=ground.settings.webhook_hosts)
    except InvalidToken:
        return None, "secret_unreadable"
    except AddressRefused as refused:
        return None, refused.code
    headers = {
        "Content-Type": "application/json",
        "Soundings-Event": delivery.event,
        "Soundings-Delivery": str(delivery.id),
        HEADER: sign(secret, ground.now(), body),
    }
    post = Post(endpoint.url, Bounds(whole=10.0), pinned=address)
    try:
        answer = post.send(body, headers)
    finally:
        post.close()
    if not isinstance(answer, Answer):
        return None, "unreachable" if isinstance(answer, NotSent) else "no_answer"
    return answer.status, None if 200 <= answer.status < 300 else "refused"


def forget(ground: Ground, now: datetime) -> int:
    """Shorten the log."""
    with ground.writing() as session:
        return store.forget(session, now - KEPT, 1_000)
