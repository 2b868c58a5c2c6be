"""Words of the page to try the programming interface: names of the groups of operations and of answers. A test finds gaps."""

from flask_babel import LazyString

from portal.foundation.i18n import _l

AREAS: dict[str, LazyString] = {
    "audit": _l("Audit trail"),
    "cases": _l("Cases"),
    "complaints": _l("Complaints"),
    "customers": _l("Customers"),
    "events": _l("Transaction events"),
    "feedback": _l("Feedback from elsewhere"),
    "figures": _l("Signed figures"),
    "inbound": _l("Messages from customers"),
    "invitations": _l("Invitations to single customers"),
    "metrics": _l("Figures with their intervals"),
    "questionnaires": _l("Questionnaires and responses"),
    "receipts": _l("Delivery receipts"),
    "users": _l("Users"),
}
"""By the first part of the path below /api/v1."""
ANSWERS: dict[str, LazyString] = {
    "400": _l("The request can't be read"),
    "401": _l("No key, or a wrong one"),
    "403": _l("The key lacks the scope"),
    "404": _l("There is no such thing"),
    "409": _l("It is in another state"),
    "413": _l("Too large"),
    "415": _l("A media type that is not read here"),
    "422": _l("Read and refused"),
    "429": _l("Too many requests; see Retry-After"),
}
DONE = _l("Done")


def answer_text(status: str) -> str:
    """What an answer of a status means."""
    return str(ANSWERS.get(status, DONE))
