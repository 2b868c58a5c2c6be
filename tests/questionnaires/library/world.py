"""Questionnaires for the tests of the library."""

from typing import Any

from questionnaires.logic.definition import Definition


def both(text: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh-Hans": f"{text}?", "en": text}


def nps(code: str = "nps", **more: Any) -> dict[str, Any]:
    """A good recommendation question."""
    labels = {"low_label": both("No"), "high_label": both("Yes")}
    return {"code": code, "type": "nps", "text": both("Recommend"), **labels, "indicator": "nps", **more}


def words(code: str = "why", **more: Any) -> dict[str, Any]:
    """A good open question."""
    return {"code": code, "type": "long_text", "text": both("Why"), **more}


def definition(*pages: list[dict[str, Any]], **more: Any) -> Definition:
    """A questionnaire of these pages; by default a good one."""
    given = pages or ([nps(required=True), words(show_if={"field": "nps", "op": "le", "value": 6})],)
    return Definition.from_json({
        "title": both("Visit"),
        "thank_you": both("Thank you"),
        "pages": [{"id": f"p{number}", "questions": questions} for number, questions in enumerate(given, 1)],
        **more,
    })  # fmt: skip
