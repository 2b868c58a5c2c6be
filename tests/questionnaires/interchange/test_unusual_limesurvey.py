"""LimeSurvey files that are valid and unusual: each construct comes over, or is named with its place."""

import pytest

from questionnaires.interchange import formats
from questionnaires.interchange.formats import Imported, Report
from questionnaires.logic.definition import QuestionType as Q
from tests.questionnaires.interchange import made
from tests.questionnaires.interchange.made import Row

pytestmark = pytest.mark.sqlite_only
SUBS, ANSWERS = [("a", "A"), ("b", "B")], [("1", "One"), ("2", "Two")]


def read(questions: list[Row], **tables: list[Row]) -> tuple[Imported, Report]:
    return formats.read(made.lss(questions, old=False, tables=tables), formats.AUTO)


def told(report: Report) -> set[tuple[str, str]]:
    return {(one["code"], one["where"]) for one in report.not_carried}


def settings(**more: str) -> list[Row]:
    return [{"sid": 7, "language": "en", "additional_languages": "", **more}]


def test_quotas_come_over_of_one_question_any_of_several_all() -> None:
    questions: list[Row] = [
        {"code": "sex", "type": "G"},
        {"code": "age", "type": "L", "answers": ANSWERS},
        {"code": "has", "type": "M", "subs": SUBS},
        {"code": "rate", "type": "A", "subs": SUBS},
    ]  # numbered 101, 102, 103 (104, 105), 106 (107, 108)
    members = [(1, 101, "F"), (1, 102, "1"), (1, 102, "2"), (2, 103, "a"), (2, 106, "b-5"), (3, 101, "M"), (4, 999, "x"), (5, 101, "M")]
    imported, report = read(
        questions,
        quota=[
            {"id": n, "sid": 7, "name": f"Quota {n}", "qlimit": limit, "action": 1, "active": on}
            for n, limit, on in ((1, 50, 1), (2, 20, 1), (3, 10, 0), (4, 10, 1), (5, "many", 1), (6, 5, 1))
        ],
        quota_members=[{"id": n, "qid": qid, "quota_id": quota, "code": code} for n, (quota, qid, code) in enumerate(members)],
        quota_languagesettings=[
            {"quotals_quota_id": 1, "quotals_language": "en", "quotals_message": "Enough of <b>these</b>"},
            {"quotals_quota_id": 1, "quotals_language": "xx", "quotals_message": "?"},
        ],
    )
    first, second = imported.definition.quotas
    assert (first.code, first.limit, first.message) == ("quota_1", 50, {"en": "Enough of these"})
    raw = imported.definition.to_json()["quotas"]
    assert raw[0]["count_if"] == {
        "all": [
            {"field": "sex", "op": "eq", "value": "f"},
            {"any": [{"field": "age", "op": "eq", "value": "1"}, {"field": "age", "op": "eq", "value": "2"}]},
        ]
    }
    assert raw[1]["count_if"] == {"all": [{"field": "has", "op": "contains", "value": "a"}, {"field": "rate__b", "op": "eq", "value": 5}]}
    assert second.limit == 20
    assert {where for code, where in told(report) if code == "quota"} == {"Quota 3", "Quota 4", "Quota 5", "Quota 6"}
    assert report.errors == 0


def test_an_assessment_becomes_closing_pages_by_score() -> None:
    rows: list[Row] = [
        {"id": 1, "scope": "T", "gid": 0, "name": "Low", "minimum": 0, "maximum": 1, "message": "<p>Try again</p>", "language": "en"},
        {"id": 2, "scope": "T", "gid": 0, "name": "High", "minimum": 2, "maximum": 9, "message": "Well done", "language": "en"},
        {"id": 3, "scope": "G", "gid": 1, "name": "Part", "minimum": 0, "maximum": 1, "message": "So", "language": "en"},
    ]
    questions: list[Row] = [{"code": one, "type": "L", "answers": ANSWERS} for one in ("a", "b")]
    imported, report = read(questions, surveys=settings(assessments="Y"), assessments=rows)
    ends = imported.definition.to_json()["endings"]
    assert [one["id"] for one in ends] == ["low", "high"]
    assert ends[1]["show_if"] == {
        "all": [{"field": "score.assessment", "op": "ge", "value": 2}, {"field": "score.assessment", "op": "le", "value": 9}]
    }
    assert imported.definition.scores[0].of == ("a", "b")
    assert told(report) == {("assessment", "Part")}
    assert report.errors == 0
    _imported, report = read(questions, assessments=rows)
    assert {code for code, _where in told(report)} == {"assessment"}


def test_random_order_of_a_page_of_groups_and_of_what_is_neither() -> None:
    mixed: list[Row] = [{"code": f"q{n}", "type": "S", "gid": 1, "attributes": {"random_group": "x"}} for n in range(3)]
    half: list[Row] = [{"code": f"p{n}", "type": "S", "gid": 2, "attributes": {"random_group": "y"} if n else {}} for n in range(2)]
    imported, report = read([*mixed, *half])
    assert [page.shuffle for page in imported.definition.pages] == [True, False]
    assert told(report) == {("block", "p1")}


@pytest.mark.parametrize(
    ("said", "expected"), [("today", 0), ("{today}", 0), ("+3 days", 3), ("today - 2 weeks", -14), ("2020-01-01", None), ("-1 year", None)]
)
def test_bounds_of_a_date_are_counted_from_the_day_of_the_answer(said: str, expected: int | None) -> None:
    imported, report = read([{"code": "day", "type": "D", "attributes": {"date_min": said}}])
    assert imported.definition.by_code["day"].min == expected
    assert (("bounds", "day") in told(report)) is (expected is None)


def test_expressions_of_every_age() -> None:
    questions: list[Row] = [
        {"code": "L1", "type": "L", "answers": ANSWERS, "other": "Y"},
        {"code": "M1", "type": "M", "subs": SUBS},
        {"code": "N1", "type": "N"},
        {"code": "T1", "type": "S"},
        {"code": "E1", "type": "*", "text": "<p>{N1.NAOK}</p>"},
        {"code": "E2", "type": "*", "text": "{N1 * 2}"},
        *(
            {"code": f"R{n}", "type": "S", "gid": 2, "relevance": said}
            for n, said in enumerate(
                (
                    '((L1.NAOK == "1") or (L1_other.NAOK != ""))',
                    "{M1_a.NAOK == 'Y' && !is_empty(N1.NAOK)}",
                    "N1.NAOK ge 18 and N1.NAOK lt 65",
                    "E1.NAOK > 3",
                    "count(M1_a.NAOK, M1_b.NAOK) > 0",
                    "LANG == 'en'",
                    "E2 > 3",
                    "strpos(T1, 'x') !== false",
                    "TOKEN:ATTRIBUTE_1 == 'x'",
                    'L1.shown == "One"',
                    "rand(1,2) == 1",
                )
            )
        ),
    ]  # fmt: skip
    imported, report = read(questions)
    shown = {code: one.show_if for code, one in imported.definition.by_code.items()}
    assert {code for code, test in shown.items() if test is not None} >= {"r0", "r1", "r2", "r3", "r4", "r5"}
    assert all(shown[code] is None for code in ("r6", "r7", "r8", "r10"))
    assert getattr(shown["r3"], "field", "") == "n1"  # an equation that repeats an answer is that answer
    assert getattr(shown["r5"], "field", "") == "language"
    assert {where for _code, where in told(report)} >= {"E2", "R6", "R7", "R8", "R10"}
    assert report.conditions + report.conditions_not_carried == 11


def test_attributes_by_language_themes_filters_and_cdata_within_words() -> None:
    questions: list[Row] = [
        {"code": "src", "type": "R", "answers": ANSWERS, "attributes": {"max_subquestions": "1"}},
        {"code": "texts", "type": "Q", "subs": [("1", "Eins ]]&gt; <![CDATA"), ("2", "B & C")]},
        {"code": "grid", "type": "F", "gid": 2, "subs": ANSWERS, "answers": ANSWERS, "attributes": {"array_filter": "src"}},
        {"code": "many", "type": "M", "gid": 2, "subs": ANSWERS, "attributes": {"array_filter_exclude": "texts", "other_replace_text": "Else"}, "other": "Y"},  # noqa: E501
        {"code": "two", "type": "M", "gid": 2, "subs": ANSWERS, "attributes": {"array_filter": "src;texts"}},
        {"code": "gone", "type": "M", "gid": 2, "subs": ANSWERS, "attributes": {"array_filter": "nobody"}},
        {"code": "img", "type": "L", "answers": [("1", '<img src="x.png" alt="One">'), ("2", "<script>x</script>Two")], "question_theme_name": "image_select"},  # noqa: E501
    ]  # fmt: skip
    questions[1]["subs"] = [("1", "Eins & <b>zwei</b>"), ("2", "B &amp; C")]
    imported, report = read(questions)
    by_code = imported.definition.by_code
    assert by_code["grid"].carry is not None
    assert [option.show_if is not None for option in by_code["many"].options] == [True, True, False]
    assert by_code["many"].options[2].text == {"en": "Else"}
    assert by_code["texts_2"].text["en"].endswith("B & C")
    assert by_code["img"].options[1].text == {"en": "Two"}
    assert told(report) >= {("filter_of_several", "two"), ("filter_of_unknown", "gone"), ("filter_without_option", "many · other")}
    assert by_code["src"].type is Q.RANKING


def test_tables_that_nobody_knows_and_rows_without_a_home_are_named() -> None:
    imported, report = read(
        [{"code": "a", "type": "S"}, {"code": "b", "type": "L", "answers": []}, {"code": "c", "type": "F"}],
        sagas=[{"x": 1}], answers=[{"qid": 77777, "code": "x", "sortorder": "1"}], quota=[],
    )  # fmt: skip
    assert told(report) >= {("part_unknown", "survey")}
    assert "a" in imported.definition.by_code
    assert report.questions <= report.in_file["questions"]


def tabbed(*rows: str, head: str = "class\ttype/scale\tname\ttext") -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def test_a_tabbed_file_without_languages_keeps_its_words_and_names_what_hangs_nowhere() -> None:
    imported, report = formats.read(tabbed("A\t0\tx\ty", "G\t\tg\t", "Q\tS\ta\tA?", "A\t0\tz\tZ", "SQ\t0\ts\tS", "Q\tN\tb\tB?"))
    assert {code: question.text for code, question in imported.definition.by_code.items()} == {"a": {"en": "A?"}, "b": {"en": "B?"}}
    assert [(one["code"], one["construct"], one["detail"]) for one in report.not_carried] == [
        ("choice_nowhere", "A", ""),
        ("parts_unused", "answers", "z"),
        ("parts_unused", "subquestions", "s"),
    ]


def test_a_tabbed_file_that_ends_within_quotation_marks_or_within_a_sign_is_refused() -> None:
    with pytest.raises(formats.CannotRead) as open_mark:
        formats.read(tabbed("G\t\tg\tG", 'Q\tS\ta\t"open', "Q\tS\tb\tB"))
    assert open_mark.value.fields == {"file": "malformed_row"}
    assert formats.read(tabbed("G\t\tg\tG", 'Q\tS\ta\t"Said" and more', "Q\tS\tb\tB"))[1].questions == 2
    whole = tabbed("G\t\tg\t组", "Q\tS\ta\t您好")
    with pytest.raises(formats.CannotRead) as cut:
        formats.read(whole[:-2])
    assert cut.value.fields == {"file": "file_cut_short"}
    assert formats.read(whole.decode().encode("gb18030"))[0].definition.by_code["a"].text == {"en": "您好"}
