"""Files made up for the tests: every construct of a format at least once, small."""

# ruff: noqa: E501  # rows of tables read best on one line

import io
import json
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

LETTERS = "15ABCDEFGHIKLMNOPQRSTUXY*|:;!"
Row = dict[str, Any]


def lss(
    questions: list[Row], *, kind: str = "Survey", old: bool = True, extra: str = "", tables: dict[str, list[Row]] | None = None
) -> bytes:
    """A LimeSurvey file. Each question: code, type and whatever else stands in its row; `subs` and `answers` are (code, text[, scale])."""
    found: dict[str, list[Row]] = {
        name: []
        for name in (
            "answers",
            "answer_l10ns",
            "groups",
            "group_l10ns",
            "questions",
            "question_l10ns",
            "subquestions",
            "question_attributes",
        )
    }
    groups = list(dict.fromkeys(one.get("gid", 1) for one in questions))
    for place, gid in enumerate(groups):
        name = {"gid": gid, "group_name": f"Group {gid}", "description": "", "language": "en"}
        found["groups"].append({"gid": gid, "group_order": place, "grelevance": "", **(name if old else {})})
        found["group_l10ns"] += [] if old else [name]
    number = 100
    for place, one in enumerate(questions):
        number += 1
        qid = number
        words = {"question": one.get("text", f"Question {one['code']}?"), "help": "", "language": "en"}
        row = {
            "qid": qid,
            "parent_qid": 0,
            "sid": 7,
            "gid": one.get("gid", 1),
            "type": one["type"],
            "title": one["code"],
            "question_order": place,
            "scale_id": 0,
        }
        row |= {key: one.get(key, value) for key, value in (("relevance", "1"), ("mandatory", "N"), ("other", "N"), ("preg", ""))}
        found["questions"].append(row | (words if old else {}))
        found["question_l10ns"] += [] if old else [{"qid": qid, **words}]
        for code, text, *scale in one.get("subs", ()):
            number += 1
            sub = {
                "qid": number,
                "parent_qid": qid,
                "gid": one.get("gid", 1),
                "type": "T",
                "title": code,
                "question_order": number,
                "scale_id": scale[0] if scale else 0,
            }
            said = {"question": text, "help": "", "language": "en"}
            found["subquestions"].append(sub | (said if old else {}))
            found["question_l10ns"] += [] if old else [{"qid": number, **said}]
        for order, (code, text, *scale) in enumerate(one.get("answers", ())):
            aid = len(found["answers"]) + 1
            answer = {"qid": qid, "code": code, "sortorder": order, "assessment_value": order, "scale_id": scale[0] if scale else 0}
            said = {"answer": text, "language": "en"}
            found["answers"].append(answer | (said if old else {"aid": aid}))
            found["answer_l10ns"] += [] if old else [{"aid": aid, **said}]
        found["question_attributes"] += [
            {"qid": qid, "attribute": key, "value": value, "language": ""} for key, value in one.get("attributes", {}).items()
        ]
    found["surveys"] = [{"sid": 7, "language": "en", "additional_languages": ""}] if kind == "Survey" else []
    found["surveys_languagesettings"] = (
        [{"surveyls_language": "en", "surveyls_title": "Made up", "surveyls_endtext": "Thanks"}] if kind == "Survey" else []
    )
    return xml(kind, found | (tables or {}), extra)


def xml(kind: str, tables: dict[str, list[Row]], extra: str = "") -> bytes:
    """Tables as LimeSurvey writes them."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        extra,
        "<document>",
        f"<LimeSurveyDocType>{kind}</LimeSurveyDocType><DBVersion>366</DBVersion>",
        "<languages><language>en</language></languages>",
    ]
    for name, rows in tables.items():
        cells = "".join("<row>" + "".join(f"<{key}><![CDATA[{value}]]></{key}>" for key, value in row.items()) + "</row>" for row in rows)
        parts.append(
            f"<{name}><fields>{''.join(f'<fieldname>{escape(key)}</fieldname>' for key in (rows[0] if rows else ()))}</fields><rows>{cells}</rows></{name}>"
        )
    return "\n".join([*parts, "</document>"]).encode()


def every_letter(*, old: bool = True) -> bytes:
    """A question of each of LimeSurvey's types, and one that nobody knows."""
    rows, columns = [("r1", "One"), ("r2", "Two")], [("c1", "First", 1), ("c2", "Second", 1)]
    dual = [("a1", "No", 0), ("a2", "Yes", 0), ("b1", "Rarely", 1), ("b2", "Often", 1)]
    special = {"1": {"answers": dual}, ":": {"subs": [*rows, *columns]}, ";": {"subs": [*rows, *columns]}}
    plain: Row = {"subs": rows, "answers": [("a1", "Low"), ("a2", "High")]}
    found = [{"code": f"q{number}", "type": letter, **plain, **special.get(letter, {})} for number, letter in enumerate(LETTERS + "?")]
    return lss(found, old=old)


TYPES = (
    *(
        "text",
        "comment",
        "radiogroup",
        "checkbox",
        "dropdown",
        "tagbox",
        "boolean",
        "rating",
        "ranking",
        "imagepicker",
        "matrix",
        "matrixdropdown",
    ),
    *(
        "matrixdynamic",
        "multipletext",
        "paneldynamic",
        "panel",
        "html",
        "expression",
        "file",
        "signaturepad",
        "image",
        "buttongroup",
        "slider",
        "ours",
    ),
)


def every_surveyjs() -> dict[str, Any]:
    """An element of each of SurveyJS's types, with most of their properties."""
    choices = ["one", {"value": 2, "text": {"default": "Two", "de": "Zwei"}}, {"value": "x", "visibleIf": "{q0} notempty"}]
    elements = [
        {
            "type": kind, "name": f"q{number}", "title": {"default": kind, "de": f"{kind} (de)"}, "choices": choices, "columns": ["c1", {"name": "c2", "cellType": "text"}],
            "rows": ["r1", "r2"], "items": [{"name": "i1"}, {"name": "i2", "title": "Two"}], "html": "<b>Hello</b><script>1</script>", "expression": "{q0} + 1",
            "elements": [{"type": "text", "name": f"in{number}"}], "templateElements": [{"type": "comment", "name": f"t{number}"}],
            "visibleIf": "{q0} = 'a'" if number else None, "showOtherItem": True, "hasNone": kind == "checkbox", "isRequired": number % 2 == 0,
        }
        for number, kind in enumerate(TYPES)
    ]  # fmt: skip
    return {"title": "All", "pages": [{"name": "p1", "elements": elements}], "triggers": [{"type": "complete", "expression": "{q0} = 1"}]}


def workbook(**sheets: list[list[Any]]) -> bytes:
    """A spreadsheet."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def full_xlsform() -> bytes:
    """Groups in groups, repeats, or_other, choice filters, calculations, constraints, two languages."""
    survey = [
        [
            "Type",
            "NAME",
            "label::English (en)",
            "label::Deutsch (de)",
            "hint",
            "required",
            "relevant",
            "constraint",
            "constraint_message",
            "choice_filter",
            "calculation",
            "appearance",
            "parameters",
        ],
        ["begin group", "about", "About you", "Über Sie"],
        ["text", "name", "Your name", "Ihr Name", "as written", "yes"],
        ["integer", "age", "Age", "Alter", None, "yes", None, ". >= 0 and . <= 120", "0 to 120"],
        ["begin group", "home", "Home", "Zuhause", None, None, "${age} > 17"],
        ["select_one yn", "owner", "Do you own it, ${name}?", "Gehört es Ihnen?"],
        ["end group"],
        ["end group"],
        ["select_one state", "state", "State", "Land"],
        ["select_one county", "county", "County", "Kreis", None, None, None, None, None, "state=${state}"],
        ["select_multiple colour or_other", "colours", "Colours", "Farben"],
        ["rank colour", "order", "Order", "Reihe", None, None, "selected(${colours}, 'red') and not(selected(${colours}, 'blue'))"],
        ["begin repeat", "child", "Child", "Kind"],
        ["text", "child_name", "Name of the child", "Name des Kindes"],
        ["end repeat"],
        ["calculate", "twice", None, None, None, None, None, None, None, None, "${age} * 2"],
        ["note", "thanks", "You are ${twice} twice over", "Danke"],
        ["range", "pain", "Pain", "Schmerz", None, None, None, None, None, None, None, None, "start=0 end=10 step=2"],
        ["geopoint", "where", "Where", "Wo"],
        ["image", "photo", "Photo", "Bild"],
        ["image", "sign", "Sign", "Unterschrift", None, None, None, None, None, None, None, "signature"],
        ["acknowledge", "ok", "Agreed", "Einverstanden"],
        ["start", "start"],
        ["wibble", "odd", "Odd", "Seltsam"],
        ["select_one nowhere", "lost", "Lost", "Weg"],
    ]
    choices = [
        ["list name", "name", "label::English (en)", "label::Deutsch (de)", "state"],
        ["yn", "yes", "Yes", "Ja"],
        ["yn", "no", "No", "Nein"],
        ["state", "a", "A", "A"],
        ["state", "b", "B", "B"],
        ["county", "a1", "A1", "A1", "a"],
        ["county", "b1", "B1", "B1", "b"],
        ["colour", "red", "Red", "Rot"],
        ["colour", "blue", "Blue", "Blau"],
    ]
    return workbook(survey=survey, Choices=choices, settings=[["form_title", "default_language"], ["Full", "English (en)"]])


def question(qid: str, kind: str, selector: str = "", **payload: Any) -> Row:
    """A question of a .qsf."""
    return {
        "Element": "SQ",
        "PrimaryAttribute": qid,
        "Payload": {"QuestionType": kind, "Selector": selector, "QuestionText": f"<b>{qid}</b>?", "DataExportTag": qid.lower(), **payload},
    }


def selected(qid: str, choice: str, operator: str = "Selected") -> Row:
    """A display logic of one test."""
    locator = f"q://{qid}/SelectableChoice/{choice}"
    test = {
        "LogicType": "Question",
        "QuestionID": qid,
        "ChoiceLocator": locator,
        "LeftOperand": locator,
        "Operator": operator,
        "Type": "Expression",
    }
    return {"0": {"0": test, "Type": "If"}, "Type": "BooleanExpression"}


def full_qsf() -> bytes:
    """Each question type, a branch, a randomiser, embedded data, skips, a loop, choices as a list, trash."""
    two = {"1": {"Display": "One"}, "2": {"Display": "Two", "TextEntry": "true"}}
    elements = [
        question("QID1", "MC", "SAVR", Choices=two, Validation={"Settings": {"ForceResponse": "ON"}}),
        question(
            "QID2",
            "MC",
            "MAVR",
            Choices=[{"Display": "Zero"}, {"Display": "None", "ExclusiveAnswer": True}],
            DisplayLogic=selected("QID1", "1"),
        ),
        question("QID3", "TE", "FORM", Choices=two),
        question(
            "QID4", "Matrix", "Likert", SubSelector="SingleAnswer", Choices=two, Answers={"1": {"Display": "Bad"}, "2": {"Display": "Good"}}
        ),
        question("QID5", "Matrix", "TE", Choices=two, Answers={"1": {"Display": "A"}}),
        question("QID6", "Slider", "HSLIDER", Choices=two, Configuration={"CSSliderMin": 0, "CSSliderMax": 50}),
        question("QID7", "CS", "VRTL", Choices=two, Validation={"Settings": {"ChoiceTotal": "100"}}),
        question("QID8", "RO", "DND", Choices=two),
        question("QID9", "DB", "TB", QuestionText="You said ${q://QID1/ChoiceGroup/SelectedChoices} and ${e://Field/Branch}"),
        question("QID10", "Timing", "PageTimer"),
        question(
            "QID11", "MC", "NPS", Choices=[{"Display": str(n)} for n in range(11)], DisplayLogic=selected("QID4", "1/2", "NotSelected")
        ),
        question("QID12", "TE", "SL", Validation={"Settings": {"ContentType": "ValidNumber"}}),
        question("QID13", "MC", "SAVR", Choices=[], DynamicChoices={"Locator": "q://QID2/ChoiceGroup/SelectedChoices"}),
        question("QID14", "TE", "SL"),
        question("QID15", "TE", "SL"),
    ]
    skip = {"Condition": "Selected", "ChoiceLocator": "q://QID1/SelectableChoice/2", "SkipToDestination": "QID4"}
    asked = lambda *ids: [{"Type": "Question", "QuestionID": one} for one in ids]  # noqa: E731
    first = [
        {"Type": "Question", "QuestionID": "QID1", "SkipLogic": [skip]},
        *asked("QID2", "QID3", "QID4"),
        {"Type": "Page Break"},
        *asked("QID5", "QID6"),
    ]
    blocks = {
        "a": {"ID": "BL_1", "Type": "Default", "BlockElements": first},
        "b": {"ID": "BL_2", "Type": "Standard", "BlockElements": asked("QID7", "QID8", "QID9"), "Options": {"Looping": "Static"}},
        "c": {"ID": "BL_3", "Type": "Standard", "BlockElements": asked("QID10", "QID11", "QID12", "QID13")},
        "t": {"ID": "BL_T", "Type": "Trash", "BlockElements": asked("QID15")},
    }
    field = {"LogicType": "EmbeddedField", "LeftOperand": "Branch", "Operator": "EqualTo", "RightOperand": "East"}
    flow = [
        {"Type": "EmbeddedData", "FlowID": "FL_9", "EmbeddedData": [{"Field": "Branch"}, {"Field": "Group", "Value": "x"}]},
        {"Type": "Block", "ID": "BL_1", "FlowID": "FL_2"},
        {
            "Type": "Branch",
            "FlowID": "FL_3",
            "BranchLogic": {"0": {"0": field, "Type": "If"}},
            "Flow": [{"Type": "Block", "ID": "BL_2"}, {"Type": "EndSurvey"}],
        },
        {
            "Type": "BlockRandomizer",
            "FlowID": "FL_4",
            "SubSet": 1,
            "Flow": [{"Type": "Block", "ID": "BL_3"}, {"Type": "Block", "ID": "BL_1"}],
        },
        {"Type": "WebService", "FlowID": "FL_5"},
    ]
    entry = {"SurveyName": "Made up", "SurveyLanguage": "EN"}
    whole = [{"Element": "BL", "Payload": blocks}, {"Element": "FL", "Payload": {"Flow": flow}}, *elements]
    return json.dumps({"SurveyEntry": entry, "SurveyElements": whole}).encode()


def full_fhir(*, translated: bool = True) -> bytes:
    """Items in items, each type, enableWhen with each operator, value sets, one translation."""
    url = "http://hl7.org/fhir/StructureDefinition/"
    said = {
        "extension": [
            {
                "url": f"{url}translation",
                "extension": [{"url": "lang", "valueCode": "de"}, {"url": "content", "valueString": "Rauchen Sie?"}],
            }
        ]
    }
    items = [
        {"linkId": "1", "type": "group", "text": "Health", "item": [
            {"linkId": "1.1", "type": "boolean", "text": "Do you smoke?", **({"_text": said} if translated else {}), "required": True},
            {"linkId": "1.2", "type": "group", "text": "How", "enableWhen": [{"question": "1.1", "operator": "=", "answerBoolean": True}], "item": [
                {"linkId": "1.2.1", "type": "integer", "text": "How many", "extension": [{"url": f"{url}minValue", "valueInteger": 1}]},
                {"linkId": "1.2.2", "type": "choice", "text": "What", "repeats": True, "answerOption": [
                    {"valueCoding": {"system": "s", "code": "pipe", "display": "Pipe"}}, {"valueString": "cigar"}, {"valueInteger": 3}]},
            ]},
        ]},
        {"linkId": "2", "type": "open-choice", "text": "Colour", "answerValueSet": "#colours", "enableBehavior": "all", "enableWhen": [
            {"question": "1.2.1", "operator": ">", "answerInteger": 3}, {"question": "1.2.2", "operator": "!=", "answerCoding": {"code": "pipe"}},
            {"question": "1.1", "operator": "exists", "answerBoolean": True}]},
        *({"linkId": f"t.{kind}", "type": kind, "text": kind} for kind in (
            "decimal", "date", "dateTime", "time", "string", "text", "url", "attachment", "reference", "quantity", "display", "choice", "wibble")),
    ]  # fmt: skip
    held = {
        "resourceType": "ValueSet",
        "id": "colours",
        "compose": {"include": [{"concept": [{"code": "r", "display": "Red"}, {"code": "b"}]}]},
    }
    return json.dumps(
        {"resourceType": "Questionnaire", "language": "en", "title": "Made up", "status": "draft", "contained": [held], "item": items}
    ).encode()


def full_tsv() -> bytes:
    """LimeSurvey's tab-separated form in two languages."""
    head = ["class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other", "default", "hidden"]
    rows = [
        ["S", "", "language", "", "en"],
        ["S", "", "additional_languages", "", "de"],
        ["SL", "", "surveyls_title", "", "Made up", "", "en"],
        ["SL", "", "surveyls_title", "", "Gemacht", "", "de"],
    ]
    for language, words in (
        ("en", ("Group", "Rate it", "Which?", "Other one", "Red", "Blue")),
        ("de", ("Gruppe", "Bewerten", "Welche?", "Noch eine", "Rot", "Blau")),
    ):
        rows += [
            ["G", "0", words[0], "", "", "", language],
            ["Q", "N", "rate", "1", words[1], "", language, "", "Y"],
            ["Q", "L", "which", "rate.NAOK > 3", words[2], "", language, "", "N", "Y"],
            ["A", "0", "r", "1", words[4], "", language],
            ["A", "0", "b", "2", words[5], "", language],
            ["Q", "M", "more", 'which == "r" or (rate >= 9)', words[3], "", language],
            ["SQ", "0", "x", "", words[4], "", language],
            ["SQ", "0", "y", "", words[5], "", language],
        ]
    return ("\n".join("\t".join(row) for row in [head, *rows]) + "\n").encode()
