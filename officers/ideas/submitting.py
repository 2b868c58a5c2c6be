"""Propose an idea in a minute, and be shown what says the same before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.ideas import pictures
from officers.ideas.campaign_models import IdeaCampaign
from officers.ideas.models import Idea
from officers.ideas.persons import Person
from officers.ideas.rules.states import Refusal
from officers.ideas.store import campaigns as campaign_store
from officers.ideas.store import ideas as store
from officers.ideas.store import people as people_store
from portal.audit.trail import record
from portal.foundation.clock import day_in
from portal.foundation.crypto import Keys, token_hash
from portal.foundation.errors import InvalidInput, SoundingsError
from portal.foundation.ids import new_id
from portal.people import addresses
from questionnaires.bank import likeness

OBJECT = "idea"
MOST_TITLE, MOST_BODY, MOST_A_DAY = 120, 3000, 20
LOOKED_AT, MOST_SHOWN, LEAST_ALIKE, SHORTEST = 25, 3, 0.4, 4


class IdeaRefused(SoundingsError):
    """It is not done; the code says why."""

    status = 409

    def __init__(self, refusal: Refusal) -> None:
        self.code = refusal.value
        super().__init__()


@dataclass(frozen=True)
class NewIdea:
    """What somebody proposes. `phone`: for news of it only."""

    title: str
    body: str = ""
    touchpoint: str = ""
    unit_id: UUID | None = None
    campaign: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Alike:
    """An idea that says nearly the same, and how alike it is (0–1)."""

    idea: Idea
    share: float

    @property
    def percent(self) -> int:
        """For people."""
        return round(100 * self.share)


def alike(session: Session, title: str, body: str = "", but: UUID | None = None, *, outside: bool = False) -> list[Alike]:
    """Visible ideas that say nearly the same, in Chinese, English or both; the most alike first."""
    words = f"{title} {body}".strip()
    if len(words) < SHORTEST:
        return []
    pieces = sorted(likeness.grams(words))
    rows = store.sharing(session, pieces, LOOKED_AT, outside=outside) if pieces else []
    found = [Alike(row, _share(title, words, row)) for row in rows if row.id != but]
    near = [one for one in found if one.share >= LEAST_ALIKE]
    return sorted(near, key=lambda one: (-one.share, one.idea.number))[:MOST_SHOWN]


def _share(title: str, words: str, row: Idea) -> float:
    """How alike: by the titles, by all words, or by how much of what was typed so far stands in the other."""
    typed, other = likeness.grams(words), likeness.grams(f"{row.title} {row.body}")
    inside = len(typed & other) / len(typed) if len(typed) >= 3 else 0.0
    return max(likeness.likeness(title, row.title), likeness.likeness(words, f"{row.title} {row.body}"), 0.9 * inside)


def submit(session: Session, keys: Keys, new: NewIdea, person: Person, now: datetime, zone: str, files: Sequence[bytes] = ()) -> Idea:
    """Take an idea in; the desk looks at it before anybody else does.

    Raises  InvalidInput naming the field, IdeaRefused
    """
    campaign = _campaign(session, new.campaign, person, now, zone)
    phone = _phone(new.phone)
    if fields := _wrong(session, new, phone):
        raise InvalidInput(fields)
    if store.since(session, person.who, now - timedelta(days=1)) >= MOST_A_DAY:
        raise IdeaRefused(Refusal.TOO_MANY)
    day, key = day_in(zone, now), new_id()
    token, link_key = keys.link_token(key)
    idea = Idea(
        id=key, number=f"JDZ-{day:%Y}-{store.take_number(session, day.year):04d}", title=new.title.strip(), body=new.body.strip(),
        touchpoint=new.touchpoint, unit_id=new.unit_id, campaign_id=campaign.id if campaign else None, who=person.who,
        author_kind=person.kind, user_id=person.user_id, customer_id=person.customer_id, officer_id=person.officer_id,
        language=person.language, phone_enc=keys.encrypt(phone) if phone else None,
        phone_index=keys.blind_index("phone", phone) if phone else None, token_hash=token_hash(token), link_key=link_key, submitted_at=now,
    )  # fmt: skip
    session.add(idea)
    session.flush()
    store.put_grams(session, idea.id, likeness.grams(f"{idea.title} {idea.body}"))
    pictures.keep(session, keys, idea.id, files, now, person)
    store.add_step(session, idea.id, "submitted", now, person.user_id)
    record(session, person.actor, "idea.submit", OBJECT, idea.id, now, {"kind": person.kind})
    return idea


def _campaign(session: Session, code: str, person: Person, now: datetime, zone: str) -> IdeaCampaign | None:
    """The campaign that an idea is for, if it takes any today.

    Raises  InvalidInput, IdeaRefused
    """
    if not code:
        return None
    found = campaign_store.by_code(session, code)
    if found is None or (person.kind != "staff" and not found.for_customers and person.officer_id is None):
        raise InvalidInput({"campaign": "not_one_of_the_words"})
    found = campaign_store.lock(session, found.id)
    assert found is not None  # it was there a moment ago, and campaigns stay
    if found.state != "running" or found.kind == "expectation" or not found.starts_on <= day_in(zone, now) <= found.ends_on:
        raise IdeaRefused(Refusal.CAMPAIGN_OVER)
    if person.user_id is not None and found.kind == "contest" and person.user_id in campaign_store.jury(session, found.id):
        raise IdeaRefused(Refusal.ON_THE_JURY)
    return found


def _phone(text: str) -> str | None:
    """A number in the form in which numbers are kept; None for none, and for what is none."""
    try:
        return addresses.phone(text) if text.strip() else None
    except ValueError:
        return None


def _wrong(session: Session, new: NewIdea, phone: str | None) -> dict[str, str]:
    fields = {}
    if not 0 < len(new.title.strip()) <= MOST_TITLE:
        fields["title"] = "too_long" if new.title.strip() else "missing"
    if len(new.body) > MOST_BODY:
        fields["body"] = "too_long"
    if new.unit_id is not None and not people_store.open_unit(session, new.unit_id):
        fields["unit_id"] = "unknown_unit"
    if new.phone.strip() and phone is None:
        fields["phone"] = "not_a_phone"
    return fields


def cleaned(new: NewIdea, touchpoints: Sequence[str]) -> NewIdea:
    """The same without a touchpoint that nobody knows."""
    return new if new.touchpoint in touchpoints else replace(new, touchpoint="")
