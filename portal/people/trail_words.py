"""What the details of an entry of the trail say: names of fields and the product's own codes in words, the bank's own as they are."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from portal.audit import words
from portal.foundation.i18n import _
from portal.people import parts
from portal.people.permission_words import permission_text, scope_text
from portal.people.words import ROLES, WHYS

NOTHING = "–"
PARTS = frozenset({"rows"})
"""Fields that count by part of a customer's data."""
Said = str | datetime
"""Words, or a moment that the page shows in the reader's zone."""


def role_text(held: str) -> str:
    """A role, or a role at a unit as in `case_handler@<unit>`."""
    role, _at, unit = held.partition("@")
    name = str(ROLES.get(role, role))  # type: ignore[call-overload]  # a role of the bank's own is none of these
    return f"{name} · {unit}" if unit else name


def part_text(name: str) -> str:
    """A part of a customer's data, as its room calls it."""
    return next((str(part.title) for part in parts.registered() if part.name == name), name)


OTHERS: Mapping[str, Callable[[str], str]] = {
    "held": part_text,
    "part": part_text,
    "permissions": permission_text,
    "reason": lambda code: str(_(code)) if code.isupper() else words.value_text("reason", code),  # `NO_CONSENT` of the contact policy
    "role": role_text,
    "roles": role_text,
    "added": role_text,
    "removed": role_text,
    "scopes": scope_text,
    "steps": role_text,
    "why": lambda code: str(WHYS.get(code, code)),  # type: ignore[call-overload]  # reasons of older versions stay codes
}
"""Fields whose words are said elsewhere."""


def details(act: str, facts: Mapping[str, Any]) -> list[tuple[str, Said]]:
    """The details of an entry, each with its name."""
    return [(words.field_text(name, act), said(act, name, value)) for name, value in facts.items()]


def said(act: str, name: str, value: Any) -> Said:
    """What stands in one field."""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, Mapping):
        named = part_text if name in PARTS else words.field_text
        return " · ".join(f"{named(key)} {said(act, key, one)}" for key, one in value.items()) or NOTHING
    if isinstance(value, list | tuple):
        return str(_(", ")).join(str(said(act, name, one)) for one in value) or NOTHING
    if value is None or value in ("", "None"):
        return NOTHING
    if not isinstance(value, str):
        return str(value)
    return _moment(value) or (OTHERS[name](value) if name in OTHERS else words.value_text(name, value))


def _moment(text: str) -> datetime | None:
    """An instant with its zone; None for anything else, days too."""
    if len(text) < len("2026-01-01T00:00Z") or text[10:11] != "T":
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
