"""The people of the made-up sample bank: units, a user of every role, customers who exist nowhere."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.db import insert_rows
from portal.foundation.ids import new_ids
from portal.people import customer_kinds, units, users
from portal.people.customers import stub_rows
from portal.people.models import Consent, Customer, CustomerTag
from portal.people.rules.attributes import SEGMENT
from portal.people.rules.roles import Role

CUSTOMERS = 1500
SEED = 20260115
ACTOR = Actor.system("sample")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹"
GIVEN = "明华芳敏静丽强磊军洋勇艳杰娟涛超霞平刚桂兰玉萍鹏辉梅建波云飞雪晨宇欣怡子涵浩然诗雨"
SEGMENTS = (
    ("everyday", 62, "大众客户", "Everyday banking"),
    ("affluent", 22, "财富客户", "Affluent"),
    ("private", 4, "私人银行客户", "Private banking"),
    ("small_business", 12, "小微企业主", "Small business"),
)


@dataclass(frozen=True)
class LogIn:
    """A log-in of the sample bank, told once when it is made."""

    login: str
    password: str
    about_zh: str
    about_en: str


def content(name: str) -> list[dict[str, Any]]:
    """A list of the sample bank's content."""
    text = (resources.files("portal.people") / "content" / name).read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def load(session: Session, keys: Keys, now: datetime) -> list[LogIn]:
    """Write the sample bank's people; the log-ins with their random passwords."""
    found = _units(session, now)
    log_ins = []
    for one in content("sample_users.json"):
        password = secrets.token_urlsafe(9)
        roles = [(Role(role), found[unit]) for role, unit in one["roles"]]
        users.create(session, one["login"], one["name"], password, roles, now, unit_id=found[one["unit"]], actor=ACTOR)
        log_ins.append(LogIn(one["login"], password, one["about_zh"], one["about_en"]))
    outlets = [found[one["code"]] for one in content("sample_units.json") if one["kind"] == "outlet"]
    _segments(session, now)
    _customers(session, keys, outlets, now)
    return log_ins


def _units(session: Session, now: datetime) -> dict[str, UUID]:
    since = (now - timedelta(days=3650)).date()
    found: dict[str, UUID] = {}
    for one in content("sample_units.json"):
        parent = found[one["parent"]] if one["parent"] else None
        facts = units.UnitFacts(one["code"], one["zh"], one["en"], one["kind"])
        found[one["code"]] = units.add(session, facts, parent, since, Actor.system("sample"), now).id
    return found


def _segments(session: Session, now: datetime) -> None:
    names = [f"{code} = {zh} = {en}" for code, _share, zh, en in SEGMENTS]
    customer_kinds.declare(session, SEGMENT, "客群", "Segment", "choice", names, Actor.system("sample"), now)


def _customers(session: Session, keys: Keys, outlets: list[UUID], now: datetime) -> None:
    chance = Random(SEED)  # noqa: S311  # made-up people need no secrecy, and are the same every time
    refs = [f"SAMPLE-{number:05d}" for number in range(1, CUSTOMERS + 1)]
    rows = [{**row, **_person(chance, keys, number, outlets, now)} for number, row in enumerate(stub_rows(refs, now, "sample"))]
    insert_rows(session, Customer, rows)
    insert_rows(session, Consent, list(_consents(chance, rows, now)))
    older = [row for row in rows if row["birth_date"].year <= now.year - 65]
    tags = [
        {"id": key, "customer_id": row["id"], "tag": "large-text", "source": "rule", "set_at": now, "owner_id": None, "expires_at": None}
        for key, row in zip(new_ids(len(older)), older, strict=True)
    ]
    insert_rows(session, CustomerTag, tags)


def _person(chance: Random, keys: Keys, number: int, outlets: list[UUID], now: datetime) -> dict[str, Any]:
    name = chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2))))
    phone, email = f"+861990000{number:04d}", f"customer{number}@example.com"
    birth = date(now.year - chance.choices((20, 32, 45, 58, 70), (16, 34, 26, 14, 10))[0] - chance.randrange(10), chance.randint(1, 12), 15)
    return {
        "unit_id": chance.choice(outlets),
        "customer_since": (now - timedelta(days=chance.choice((45, 120, 400, 900, 1500, 2000, 2800, 3500)))).date(),
        "birth_date": birth,
        "segment": chance.choices([one[0] for one in SEGMENTS], [one[1] for one in SEGMENTS])[0],
        "language": "en" if chance.random() < 0.06 else "zh-Hans",
        "large_text": True if birth.year <= now.year - 65 else None,
        "name_enc": keys.encrypt(name),
        "phone_enc": keys.encrypt(phone),
        "phone_index": keys.blind_index("phone", phone),
        "email_enc": keys.encrypt(email) if number % 3 == 0 else None,
        "email_index": keys.blind_index("email", email) if number % 3 == 0 else None,
    }


def _consents(chance: Random, rows: list[dict[str, Any]], now: datetime) -> Iterator[dict[str, Any]]:
    """Most agreed when they became customers; some never did, a few took it back."""
    for row, key in zip(rows, new_ids(len(rows)), strict=True):
        lot = chance.random()
        if lot < 0.94:
            at = now - timedelta(days=60)
            taken_back = lot < 0.02
            yield {
                "id": key,
                "customer_id": row["id"],
                "purpose": "survey",
                "channel": "",
                "at": at,
                "given_at": None if taken_back else at,
                "withdrawn_at": at if taken_back else None,
                "notice_version": "1",
            }
