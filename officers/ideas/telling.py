"""Tell people: officers in their zone, other colleagues in the portal, customers by message as the contact policy lets notices out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlmodel import Session

from officers.ideas.models import Idea
from officers.ideas.store import people as people_store
from officers.ideas.store.news import Reader
from officers.people import notices
from portal.foundation.crypto import Keys
from portal.foundation.settings import Settings
from portal.people.store import lock_persons
from scheduler.cases.telling import Word, tell_staff
from scheduler.contacts.notices import notify

NOTICE, PATH = "notice_improvement", "i/s"
ABOUT = {"name_zh": "服务体验改进", "name_en": "our service"}


@dataclass(frozen=True)
class Means:
    """What telling needs besides the session."""

    settings: Settings
    keys: Keys
    now: datetime


@dataclass(frozen=True)
class News:
    """What people are told, in the words of each shell. `key` makes colleagues hear it once; `note` names the words for customers."""

    key: str
    officer_code: str
    staff_what: str
    facts: Mapping[str, Any]
    officer_url: str
    staff_url: str
    note: str


@cache
def _notes() -> dict[str, dict[str, str]]:
    """What a message says of each step, in both languages: messages are written by jobs, each in its reader's language."""
    found: dict[str, dict[str, str]] = json.loads(files("officers.ideas").joinpath("content/notes.json").read_text(encoding="utf-8"))
    return found


def tell(session: Session, readers: Sequence[Reader], news: News, means: Means) -> None:
    """Tell people in the transaction that notes that they were told: officers, colleagues and customers, each by their own way."""
    officers = [one.officer_id for one in readers if one.officer_id]
    if officers:
        notices.tell(session, officers, news.officer_code, news.facts, means.now, url=news.officer_url)
    facts = {**news.facts, "url": news.staff_url}
    staff = [one.user_id for one in readers if one.user_id and not one.officer_id]
    tell_staff(session, [Word(one, news.staff_what, None, news.key, facts) for one in staff], means.now)
    customers = {one.customer_id: one.page for one in readers if one.customer_id and not one.officer_id}
    persons = people_store.persons_of(session, customers)
    lock_persons(session, persons.values())
    note = _notes()[news.note]
    about = {**ABOUT, "note_zh": note["zh-Hans"], "note_en": note["en"], "occurred_at": means.now.isoformat()}
    for customer_id, page in customers.items():
        notify(session, means.settings, customer_id, NOTICE, {**about, **({"page": page} if page else {})}, means.now)


def authors(session: Session, keys: Keys, ideas: Sequence[Idea]) -> list[Reader]:
    """Authors who can be told, with the page of their own; a guest who left a number, where exactly one customer has it."""
    found = []
    for one in ideas:
        who, customer = one.who, one.customer_id
        if one.author_kind == "guest" and one.phone_enc is not None:
            known = people_store.customers_of_phone(session, keys.blind_indexes("phone", keys.decrypt(one.phone_enc)))
            customer = known[0] if len(known) == 1 else None
            person = people_store.persons_of(session, [customer]).get(customer) if customer else None
            who = f"customer:{person.hex}" if person else who  # so that a guest and a customer who are one are told once
        if one.user_id or customer:
            page = {"path": PATH, "id": str(one.id), "key": one.link_key} if one.link_key is not None else None
            found.append(Reader(who, one.user_id, customer, one.officer_id, page))
    return found


def each_once(readers: Sequence[Reader]) -> list[Reader]:
    """Each person once: as the officer they are, else with a page of their own; in the order of their names."""
    best: dict[str, Reader] = {}
    for one in readers:
        there = best.get(one.who)
        if there is None or (one.officer_id and not there.officer_id) or (one.page and not there.page and not there.officer_id):
            best[one.who] = one
    return [best[who] for who in sorted(best)]
