"""The sample bank's own indicators, made-up figures for them and a target: the index and the dashboards are alive at once."""

from datetime import date, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.shell.features import Sampling
from questionnaires.metrics import own_indicators, targets
from questionnaires.metrics.rules.periods import day_of, month_of, months_after
from questionnaires.metrics.store import indexes as store
from questionnaires.metrics.store import reading
from questionnaires.metrics.store.reading import Unit

BY_SAMPLE = Actor.system("sample")
ORIGIN = "made up"
MONTHS = 4
OWN = (
    ("waiting_minutes", "排队时长", "Waiting time", "min", 4.0, 14.0),
    ("complaints_10k", "每万客户投诉", "Complaints per 10,000 customers", "", 0.5, 4.5),
)
TARGET = 35.0


def load(ground: Ground, sampling: Sampling) -> None:
    """Write them."""
    today = day_of(sampling.now, ZoneInfo(ground.settings.zone))
    with ground.writing() as session:
        units = reading.units(session, today)
        for code, zh, en, measure, _low, _high in OWN:
            names = {"code": code, "name_zh": zh, "name_en": en, "measure": measure}
            own_indicators.add(session, {**names, "origin": "imported", "better": "lower", "decimals": 1}, BY_SAMPLE, sampling.now)
        _figures(session, units, today, sampling)
        head = next((unit for unit in units if unit.kind == "head"), None)
        if head:
            year = (today.replace(month=1, day=1), today.replace(month=12, day=31))
            targets.set_target(session, head.id, "nps", year, TARGET, BY_SAMPLE, sampling.now)


def _figures(session: Session, units: list[Unit], today: date, sampling: Sampling) -> None:
    rows = []
    for back in range(MONTHS):
        month = month_of(months_after(today.replace(day=1), -back))
        for unit in units:
            for code, _zh, _en, _measure, low, high in OWN:
                value = round(low + (high - low) * _chance(unit.code, code, month.first), 1)
                rows.append({
                    "id": new_id(), "indicator": code, "unit_id": unit.id, "first": month.first, "last": month.last, "value": value,
                    "n": None, "origin": ORIGIN, "imported_by": None, "imported_at": sampling.now - timedelta(days=back),
                })  # fmt: skip
    if rows:
        store.put_figures(session, rows)


def _chance(*parts: object) -> float:
    """Always the same number from 0 to 1 for the same words."""
    return blake2b("|".join(map(str, parts)).encode(), digest_size=1).digest()[0] / 255
