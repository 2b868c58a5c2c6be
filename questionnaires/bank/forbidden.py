"""What the bank's questionnaires never ask for: the product's words, and those that the bank adds."""

from datetime import datetime
from functools import lru_cache

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from questionnaires.bank import forbidden_store as store
from questionnaires.logic.words import STANDARD, WordLists, plain

OWN, LONGEST, MOST = "own", 60, 500
SHORTEST = 2
"""One character alone would stand in half of all questions."""


def lists(session: Session) -> WordLists:
    """The words that the publishing check looks for; one statement."""
    return _with(tuple(store.words(session)))


@lru_cache(maxsize=8)
def _with(own: tuple[str, ...]) -> WordLists:
    return STANDARD.with_secrets(OWN, own) if own else STANDARD


def keep(session: Session, text: str, actor: Actor, now: datetime) -> tuple[int, int]:
    """Let the bank's own words be those of a text, one a line; returns how many came in and how many went.

    Raises  InvalidInput for `words`
    """
    wanted = list(dict.fromkeys(found for line in text.replace("\x00", "").splitlines() if (found := plain(line).strip())))
    if len(wanted) > MOST:
        raise InvalidInput({"words": "too_many_words"}, most=MOST)
    for one in wanted:
        if not SHORTEST <= len(one) <= LONGEST:
            raise InvalidInput({"words": "forbidden_word_length"}, word=one[:LONGEST])
    there = set(store.words(session))
    new, gone = [one for one in wanted if one not in there], sorted(there - set(wanted))
    store.remove(session, gone)
    store.add(session, new, actor.user_id, now)
    if new or gone:
        trail.record(session, actor, "forbidden_words.change", "forbidden_words", None, now, {"added": len(new), "removed": len(gone)})
    return len(new), len(gone)
