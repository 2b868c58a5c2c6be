"""Ages: officers who are customers are 18 or older; of the age only a band is kept."""

from datetime import date

GROWN = 18
BANDS = ((60, "60+"), (45, "45-59"), (30, "30-44"), (GROWN, "18-29"))


def age(born: date, today: date) -> int:
    """Whole years; who is born on 29 February has a birthday on 1 March in other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def band(years: int) -> str:
    """The band of an age; empty below 18."""
    return next((name for least, name in BANDS if years >= least), "")


def problem(born: date | None, declared: bool, today: date) -> str | None:
    """Why somebody is not old enough: by the birth date where the bank knows it, else by what they declare."""
    if born is not None:
        return None if age(born, today) >= GROWN else "under_age"
    return None if declared else "age_not_declared"
