"""The reasons for refusals and questions that ship as data; a bank adds its own and retires what it does not use."""

import json
from importlib.resources import files
from typing import Any

from sqlmodel import Session

from officers.work.store import reviews as store


def reasons() -> list[dict[str, Any]]:
    """The shipped reasons, in their order."""
    text = files("officers.work").joinpath("content/review_reasons.json").read_text(encoding="utf-8")
    return [{**one, "position": 10 * (n + 1), "active": True} for n, one in enumerate(json.loads(text))]


def put_reasons(session: Session) -> None:
    """Put the shipped reasons where they are missing; what the bank changed stays."""
    store.put_reasons(session, reasons())
