"""A definition as a LimeSurvey survey (.lss) in the form of today's versions: words in tables of their own."""

from xml.sax.saxutils import escape

from questionnaires.interchange.carrying.notes import Notes
from questionnaires.interchange.carrying.texts import without_control
from questionnaires.interchange.carrying.written import Written
from questionnaires.interchange.limesurvey.coding import Coding, question_rows
from questionnaires.interchange.limesurvey.saying import LANGUAGES, piped, relevance
from questionnaires.logic.definition import Definition, Page, Texts, text_in

DB_VERSION, SID = "641", "900001"
SETTINGS = {
    "admin": "",
    "adminemail": "",
    "anonymized": "N",
    "format": "G",
    "savetimings": "N",
    "template": "inherit",
    "autonumber_start": "0",
    "datestamp": "N",
    "usecookie": "N",
    "allowregister": "N",
    "allowsave": "Y",
    "autoredirect": "N",
    "allowprev": "Y",
    "printanswers": "N",
    "ipaddr": "N",
    "refurl": "N",
    "publicstatistics": "N",
    "htmlemail": "Y",
    "tokenanswerspersistence": "N",
    "assessments": "N",
    "usecaptcha": "N",
    "usetokens": "N",
    "tokenlength": "15",
    "showxquestions": "Y",
    "showgroupinfo": "B",
    "shownoanswer": "Y",
    "showqnumcode": "X",
    "showwelcome": "Y",
    "showprogress": "Y",
    "questionindex": "0",
    "nokeyboard": "N",
    "alloweditaftercompletion": "N",
}
Row = dict[str, str]


def write(definition: Definition, code: str) -> Written:
    """The file of a definition."""
    del code
    notes = Notes()
    coding = Coding(definition, notes)
    tables: dict[str, list[Row]] = {
        name: []
        for name in (
            *("answers", "answer_l10ns", "groups", "group_l10ns", "questions", "subquestions", "question_l10ns", "question_attributes"),
            *("surveys", "surveys_languagesettings"),
        )
    }
    number = 1
    for place, page in enumerate(definition.pages, 1):
        _group(coding, page, place, tables)
        for question in page.questions:
            number = question_rows(coding, question, str(place), number, tables)
        if page.jumps:
            notes.lost("not_in_format", "jumps", page.id)
    _survey(definition, coding, tables)
    for name, there in (
        ("experiments", definition.experiments),
        ("quotas", definition.quotas),
        ("scores", definition.scores),
        ("endings", definition.endings),
        ("theme", definition.theme),
    ):
        if there:
            notes.lost("not_in_format", name, "questionnaire")
    return Written(_xml(definition, tables), tuple(notes))


def _group(coding: Coding, page: Page, place: int, tables: dict[str, list[Row]]) -> None:
    definition = coding.definition
    shown = relevance(coding, page.show_if, page.id)
    tables["groups"].append(
        {
            "gid": str(place),
            "sid": SID,
            "group_order": str(place),
            "randomization_group": _block(definition, page.id),
            "grelevance": shown,
        }
    )
    for language in definition.languages:
        name = text_in(page.title, language, definition.language) or page.id
        tables["group_l10ns"].append(
            {
                "id": str(len(tables["group_l10ns"]) + 1),
                "gid": str(place),
                "group_name": piped(coding, name),
                "description": "",
                "language": LANGUAGES.get(language, language),
                "sid": SID,
                "group_order": str(place),
            }
        )


def _block(definition: Definition, page: str) -> str:
    return next((block.id for block in definition.blocks if page in block.pages), "")


def _survey(definition: Definition, coding: Coding, tables: dict[str, list[Row]]) -> None:
    spoken = [LANGUAGES.get(language, language) for language in definition.languages]
    tables["surveys"].append(
        {
            "sid": SID,
            "gsid": "1",
            **SETTINGS,
            "language": spoken[0],
            "additional_languages": " ".join(spoken[1:]),
            "anonymized": "Y" if definition.anonymous else "N",
        }
    )
    for language in definition.languages:
        tables["surveys_languagesettings"].append(
            {
                "surveyls_survey_id": SID,
                "surveyls_language": LANGUAGES.get(language, language),
                "surveyls_title": _said(coding, definition.title, language),
                "surveyls_description": "",
                "surveyls_welcometext": _said(coding, definition.intro, language),
                "surveyls_endtext": _said(coding, definition.thank_you, language),
                "surveyls_policy_notice": _said(coding, definition.privacy, language),
                "surveyls_url": "",
                "surveyls_urldescription": "",
                "surveyls_dateformat": "6",
                "surveyls_numberformat": "0",
            }
        )


def _said(coding: Coding, texts: Texts, language: str) -> str:
    return piped(coding, text_in(texts, language, coding.definition.language))


def _xml(definition: Definition, tables: dict[str, list[Row]]) -> bytes:
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<document>",
        " <LimeSurveyDocType>Survey</LimeSurveyDocType>",
        f" <DBVersion>{DB_VERSION}</DBVersion>",
        " <languages>",
    ]
    parts += [f"  <language>{escape(LANGUAGES.get(one, one))}</language>" for one in definition.languages]
    parts.append(" </languages>")
    for name, rows in tables.items():
        if not rows:
            continue
        fields = list(dict.fromkeys(key for row in rows for key in row))
        parts += [f" <{name}>", "  <fields>", *(f"   <fieldname>{field}</fieldname>" for field in fields), "  </fields>", "  <rows>"]
        for row in rows:
            parts.append("   <row>")
            parts += [f"    <{key}>{_cdata(value)}</{key}>" for key, value in row.items()]
            parts.append("   </row>")
        parts += ["  </rows>", f" </{name}>"]
    return ("\n".join([*parts, "</document>"]) + "\n").encode()


def _cdata(text: str) -> str:
    """Text as it may stand in XML; the end of a CDATA part is parted."""
    return "<![CDATA[" + without_control(text).replace("]]>", "]]]]><![CDATA[>") + "]]>" if text else "<![CDATA[]]>"
