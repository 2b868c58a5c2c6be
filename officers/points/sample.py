"""Points of the sample bank's officers: a year of awards written in sets, four benefits, some of them redeemed."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import sample as people
from officers.points import catalogue, corrections, redeeming, rulebooks
from officers.points.catalogue import NewBenefit
from officers.points.lines import NotEnough
from officers.points.models import PointAccount, PointAward, PointEntry, PointLot
from officers.points.redeeming import RedeemRefused
from officers.points.rulebooks import InForce
from officers.points.rules.lots import lives
from officers.points.store import reading
from officers.points.store.officers import living
from portal.audit.trail import Actor
from portal.foundation.bulk import bulk_insert
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id, new_ids

HISTORY: tuple[tuple[int, str, int, int, dict[str, Any]], ...] = (
    (345, "training", 10, 0, {"base": 10}),
    (338, "submission", 30, 30, {"base": 20, "quality": "1.5", "first": "0.5", "severity": 2}),
    (250, "activity", 10, 0, {"base": 10}),
    (170, "submission", 40, 40, {"base": 40, "quality": "2", "first": "0.5", "severity": 1}),
    (96, "contest", 120, 0, {"base": 120}),
    (40, "idea", 20, 20, {"base": 40, "first": "0.5", "grade": "B"}),
    (12, "submission", 15, 15, {"base": 20, "quality": "1.5", "first": "0.5", "severity": 2}),
    (3, "submission", 20, 20, {"base": 40, "quality": "1", "first": "0.5", "severity": 1}),
)
"""Days ago, rule, what was paid at once, what was promised, and the factors it came from."""
KEPT = (250, 12, 3)
"""Of these the second part is still to come; of the others it was paid three weeks later."""


def load(ground: Ground, now: datetime) -> None:
    """Write it; nothing where there are benefits already."""
    with ground.writing() as session:
        if reading.counts(session)[1]:
            return
        force = rulebooks.in_force(session, now, ground.settings.zone)
        officers = living(session)
        _history(session, officers, force, now)
        manager = people.manager(session)
        desk = Actor("user", str(manager)) if manager else Actor.system("sample")
        made = [_benefit(session, ground, one, desk, now) for one in _words()["benefits"]]
    with ground.writing() as session:
        for place, (officer_id, _joined) in enumerate(officers):
            _redeem(session, ground, officer_id, made[place % len(made)], place, desk, now)
        if manager and officers:
            ask = _words()["correction"]
            corrections.ask(session, officers[0][0], 15, ask["reason"], ask["evidence"], desk, now - timedelta(hours=5))


def _words() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("officers.points").joinpath("content/sample.json").read_text(encoding="utf-8"))
    return found


def _history(session: Session, officers: list[tuple[UUID, datetime]], force: InForce, now: datetime) -> None:
    """Awards, entries, lots and accounts in four statements; what is over has expired before anybody looks."""
    awards, entries, lots, sums = [], [], [], dict.fromkeys((one for one, _joined in officers), 0)
    for officer_id, joined in officers:
        for award, paid in _awards(officer_id, joined, force, now):
            awards.append(award)
            for kind, amount, at in paid:
                key, life = new_id(), lives(at, force.book)
                entries.append(_entry(key, award, kind, amount, at))
                lots.append(
                    {"id": new_id(), "officer_id": officer_id, "entry_id": key, "award_id": award["id"], "amount": amount,
                     "remaining": amount, "usable_from": life[0], "expires_at": life[1], "closed_at": None,
                     "told_at": life[0] if life[0] <= now else None, "warned": 0}
                )  # fmt: skip
                sums[officer_id] += amount
    bulk_insert(session, PointAward, awards)
    bulk_insert(session, PointEntry, entries)
    bulk_insert(session, PointLot, lots)
    bulk_insert(session, PointAccount, [{"officer_id": one, "balance": total, "held": 0, "owed": 0} for one, total in sums.items()])


def _awards(
    officer_id: UUID, joined: datetime, force: InForce, now: datetime
) -> Iterator[tuple[dict[str, Any], list[tuple[str, int, datetime]]]]:
    """Each award since the officer joined, with what was paid of it: kind, amount, moment."""
    spread = officer_id.int % 5
    for key, (days, rule, first, second, factors) in zip(new_ids(len(HISTORY)), HISTORY, strict=True):
        at = now - timedelta(days=days + (spread if days > 20 else 0), hours=spread)
        if at < joined:
            continue
        verified = at + timedelta(days=21) if second and days not in KEPT else None
        source = f"sample:{key}"
        award = {
            "id": key, "key": f"{source}:first", "source": source, "officer_id": officer_id, "rule": rule, "part": "first",
            "version_id": force.id, "facts": {}, "payload_hash": "0" * 64, "state": "paid", "code": "", "first": first, "second": second,
            "growth_first": 0, "growth_second": 0, "factors": {**factors, "version": force.number}, "budgets": [], "at": at,
            "second_at": verified, "revoked_at": None,
        }  # fmt: skip
        yield award, [("award", first, at), *([("second", second, verified)] if verified else [])]


def _entry(key: UUID, award: dict[str, Any], kind: str, amount: int, at: datetime) -> dict[str, Any]:
    return {
        "id": key, "officer_id": award["officer_id"], "kind": kind, "amount": amount, "owed": 0, "key": f"{kind}:{award['key']}",
        "payload_hash": "0" * 64, "reverses": None, "award_id": award["id"], "redemption_id": None, "rule": award["rule"],
        "version_id": award["version_id"], "factors": award["factors"], "actor_kind": "system", "actor_id": "points", "at": at,
    }  # fmt: skip


def _benefit(session: Session, ground: Ground, one: dict[str, Any], desk: Actor, now: datetime) -> UUID:
    new = NewBenefit(
        one["name_zh"], one["name_en"], one["about_zh"], one["about_en"], one["kind"], one["cost"], one["value_cents"], one["limit_each"],
        one.get("tier", ""),
    )  # fmt: skip
    begun = now - timedelta(days=60)
    row = catalogue.make(session, new, desk, begun)
    if one["kind"] == "code":
        lines = "\n".join(f"SAMPLE-{number:04}" for number in range(one["stock"]))
        catalogue.upload_codes(session, ground.keys, row.id, f"code\n{lines}\n".encode(), desk, begun)
    else:
        catalogue.restock(session, row.id, one["stock"], desk, begun)
    catalogue.move(session, row.id, "on_sale", desk, begun)
    return row.id


def _redeem(session: Session, ground: Ground, officer_id: UUID, benefit_id: UUID, place: int, desk: Actor, now: datetime) -> None:
    """Every officer took something some days ago; what becomes of it differs."""
    at, officer = now - timedelta(days=2 + place % 5), Actor("officer", str(officer_id))
    try:
        with session.begin_nested():
            made = redeeming.redeem(session, officer_id, benefit_id, f"sample {place}", officer, at)
    except (NotEnough, RedeemRefused):
        return
    if made.state == "reserved":
        redeeming.give_address(session, ground.keys, made.id, officer_id, _words()["address"], at)
    if made.state != "delivered" and place % 3 == 0:
        redeeming.deliver(session, made.id, desk, at + timedelta(days=1), "SF1024000")
