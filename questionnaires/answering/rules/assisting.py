"""Who may enter answers for a customer: never the person who is rated, nor anybody of the unit that is."""

from uuid import UUID


def refusal(login: str, own_unit: UUID | None, rated_staff: str | None, rated_unit: UUID | None, head: UUID | None) -> str:
    """Why somebody may not enter these answers, as an error's code; empty where they may.

    login  of the person who would enter them; staff numbers and log-ins are the same words at a bank
    head   the head office, whose telephone bank enters answers for all
    """
    if rated_staff and rated_staff.strip().casefold() == login.strip().casefold():
        return "assisted_by_rated_person"
    if own_unit is not None and own_unit == rated_unit and own_unit != head:
        return "assisted_by_rated_unit"
    return ""
