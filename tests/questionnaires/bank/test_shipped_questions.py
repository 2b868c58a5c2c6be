"""What ships: at least 120 questions in both languages, each well worded by the publishing check, every category in use."""

from collections import Counter

import pytest

from questionnaires.bank import alike, contents, likeness, shipped
from questionnaires.bank.contents import Section
from questionnaires.logic.check import check
from questionnaires.logic.definition import Definition, Question, QuestionType

BOTH = {"zh-Hans": "标题", "en": "Title"}
CODES = sorted(shipped.questions())
NEAR = {
    ("recommend_card", "card_satisfaction"),
    ("recommend_app", "app_satisfaction"),
    ("loan_speed", "card_apply_speed"),
    ("loan_progress", "mortgage_progress"),
    ("loan_progress", "complaint_informed"),
    ("mortgage_progress", "complaint_informed"),
    ("product_clarity", "task_clarity"),
}
"""The same question about two different things; a designer is told, and may well want both."""


def questions() -> list[Question]:
    """The single questions."""
    return [one for one in map(shipped.content, CODES) if isinstance(one, Question)]


def test_there_are_many_in_every_category_and_of_most_types() -> None:
    assert len(questions()) >= 120
    assert len(CODES) - len(questions()) >= 6
    types = Counter(one.type for one in questions())
    assert set(types) == set(QuestionType)
    rows = shipped.questions().values()
    for axis in ("journey", "touchpoint", "dimension"):
        known = {one["code"] for one in shipped.categories() if one["axis"] == axis}
        assert {one[axis] for one in rows} == known, axis
    assert all(one["name_zh"] and one["name_en"] for one in shipped.categories())


@pytest.mark.parametrize("code", CODES)
def test_each_is_whole_in_both_languages_and_passes_the_publishing_check(code: str) -> None:
    content = shipped.content(code)
    assert contents.completeness(content) == {"zh-Hans": 100, "en": 100}
    asked = contents.questions_of(content)
    # A page of a statement or hidden field alone is itself a finding, so it gets a question for company.
    company = Question.model_validate({"code": "company", "type": "yes_no", "text": {"zh-Hans": "好吗？", "en": "Well?"}})
    page = {"id": "p1", "questions": [one.model_dump(mode="json") for one in (*asked, company)]}
    definition = Definition.from_json({"title": BOTH, "thank_you": BOTH, "pages": [page], "kind": "relationship"})
    assert [(one.code, one.question) for one in check(definition)] == []


def test_scales_have_balanced_ends_in_both_languages() -> None:
    for one in questions():
        if one.points or one.type is QuestionType.SLIDER:
            assert set(one.low_label) == set(one.high_label) == {"zh-Hans", "en"}, one.code


def test_none_says_nearly_the_same_as_another_but_those_that_are_meant_to() -> None:
    singles = questions()
    found = {
        (one.code, other.code)
        for at, one in enumerate(singles)
        for other in singles[at + 1 :]
        if likeness.alike_in(one.text, other.text)[1] >= likeness.ALIKE
    }
    assert {tuple(sorted(pair)) for pair in found} <= {tuple(sorted(pair)) for pair in NEAR}
    assert alike.LOOKED_AT > 10


def test_a_section_asks_bank_questions() -> None:
    for code, begun in shipped.sources_of_sections().items():
        section = shipped.content(code)
        assert isinstance(section, Section)
        assert {one.code for one in section.questions} == set(begun), code
