"""Root causes: the leaves of the one taxonomy of experience problems; codes from before it keep their words."""

from collections.abc import Iterable

from sqlmodel import Session

from questionnaires.analysis import taxonomy
from questionnaires.analysis.rules.taxonomy import Choice

Names = tuple[str, str]


def choices(session: Session) -> list[Choice]:
    """The tree in its order; what has nothing below it can be chosen."""
    return taxonomy.choices(session)


def names(session: Session, codes: Iterable[str | None]) -> dict[str, Names]:
    """Chinese and English names of causes by code."""
    wanted = {code for code in codes if code}
    return taxonomy.names(session, wanted) if wanted else {}


def known(session: Session, code: str) -> bool:
    """Whether a cause can be chosen now."""
    return any(one.code == code and one.leaf for one in choices(session))
