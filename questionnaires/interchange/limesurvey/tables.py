"""The tables of a LimeSurvey XML file, put together: groups, questions, sub-questions, answers, words per language."""

from typing import Any

from questionnaires.interchange.carrying.files import CannotRead, number_of
from questionnaires.interchange.carrying.xml_tables import XmlStream
from questionnaires.interchange.limesurvey.model import Answer, Assessment, Condition, Group, Question, Quota, Survey

Row = dict[str, str]
PIECE = 1 << 16
READ = frozenset(
    {
        *("answers", "answer_l10ns", "groups", "group_l10ns", "questions", "subquestions", "question_l10ns", "question_attributes"),
        *("surveys", "surveys_languagesettings", "conditions", "defaultvalues", "languages"),
        *("quota", "quota_members", "quota_languagesettings", "assessments"),
    }
)
LOOKS = frozenset({"themes", "themes_inherited", "plugin_settings", "defaultvalue_l10ns", "survey_url_parameters"})
KINDS = {"survey": "survey", "group": "group", "question": "question"}


class _Reader:
    """Takes rows out of the stream; the path says where they stand."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {}
        self.facts: Row = {}
        self.languages: list[str] = []
        self._path: list[str] = []
        self._row: Row = {}

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._path.append(name)
        if name == "row":
            self._row = {}

    def end(self, name: str, text: str) -> None:
        self._path.pop()
        depth = len(self._path)
        if depth == 4 and self._path[3] == "row":
            self._row[name] = text
        elif depth == 3 and name == "row":
            self.tables.setdefault(self._path[1], []).append(self._row)
        elif depth == 2 and self._path[1] == "languages":
            self.languages.append(text.strip())
        elif depth == 1:
            self.facts[name] = text.strip()


def survey_of(data: bytes) -> Survey:
    """The survey, group or question of an XML file.

    Raises  CannotRead
    """
    reader = _Reader()
    stream = XmlStream(reader.start, reader.end)
    for place in range(0, len(data), PIECE):
        stream.feed(data[place : place + PIECE])
    stream.close()
    if reader.facts.get("LimeSurveyDocType", "").lower() not in KINDS or not reader.tables.get("questions"):
        raise CannotRead("not_limesurvey")
    return _Assembly(reader).survey()


class _Assembly:
    def __init__(self, reader: _Reader) -> None:
        self._tables = reader.tables
        self._languages = [one for one in dict.fromkeys(reader.languages) if one]

    def _rows(self, name: str) -> list[Row]:
        return self._tables.get(name, [])

    def survey(self) -> Survey:
        made = Survey(languages=self._languages)
        for row in self._rows("surveys")[:1]:
            made.sid, made.settings = row.get("sid", ""), dict(row)
            spoken = [row.get("language", ""), *row.get("additional_languages", "").split()]
            made.languages = [one for one in dict.fromkeys([*spoken, *made.languages]) if one]
        for row in self._rows("surveys_languagesettings"):
            language = row.get("surveyls_language", "")
            for name, texts in (
                ("title", made.title),
                ("description", made.text),
                ("welcometext", made.welcome),
                ("endtext", made.end),
                ("policy_notice", made.policy),
            ):
                texts[language] = row.get(f"surveyls_{name}", "")
            made.leads_to = made.leads_to or row.get("surveyls_url", "")
        questions = self._questions()
        made.groups = self._groups(made, questions)
        made.sid = made.sid or next((row.get("sid", "") for row in self._rows("questions")), "")
        made.conditions = [
            Condition(row.get("qid", ""), row.get("cfieldname", ""), row.get("method", ""), row.get("value", ""), row.get("scenario", "1"))
            for row in self._rows("conditions")
        ]
        made.quotas, made.assessments = self._quotas(made.languages), self._assessments()
        made.unread = {name: len(rows) for name, rows in self._tables.items() if name not in READ | LOOKS}
        if not made.languages:
            made.languages = self._spoken(questions) or ["en"]
        return made

    def _spoken(self, questions: dict[str, Question]) -> list[str]:
        return list(dict.fromkeys(language for one in questions.values() for language in one.text if language))

    def _quotas(self, languages: list[str]) -> list[Quota]:
        found = {
            row.get("id", ""): Quota(row.get("name", ""), row.get("qlimit", ""), row.get("active", "1") != "0")
            for row in self._rows("quota")
        }
        for row in self._rows("quota_members"):
            if (quota := found.get(row.get("quota_id", ""))) is not None:
                quota.members.setdefault(row.get("qid", ""), []).append(row.get("code", ""))
        for row in self._rows("quota_languagesettings"):
            language = row.get("quotals_language", "")
            if (quota := found.get(row.get("quotals_quota_id", ""))) is not None and language in languages:
                quota.message[language] = row.get("quotals_message", "")
        return list(found.values())

    def _assessments(self) -> list[Assessment]:
        found: dict[str, Assessment] = {}
        for number, row in enumerate(self._rows("assessments")):
            key = row.get("id") or str(number)
            one = found.setdefault(key, Assessment(row.get("scope", ""), row.get("minimum", ""), row.get("maximum", "")))
            one.name[row.get("language", "")] = row.get("name", "")
            one.text[row.get("language", "")] = row.get("message", "")
        return list(found.values())

    def _questions(self) -> dict[str, Question]:
        found: dict[str, Question] = {}
        subs: dict[str, Question] = {}
        for row in self._rows("questions"):
            target = subs if row.get("parent_qid", "0") not in ("", "0") else found
            _question(target, row)
        for row in self._rows("subquestions"):
            _question(subs, row)
        for row in self._rows("question_l10ns"):
            one = found.get(row.get("qid", "")) or subs.get(row.get("qid", ""))
            if one is not None:
                _say(one, row)
        for sub in subs.values():
            if (parent := found.get(sub.parent)) is not None:
                parent.subs.append(sub)
        self._answers(found)
        for row in self._rows("question_attributes"):
            if (one := found.get(row.get("qid", ""))) is not None:
                one.attributes.setdefault(row.get("attribute", ""), {})[row.get("language", "")] = row.get("value", "")
        for row in self._rows("defaultvalues"):
            if (one := found.get(row.get("qid", ""))) is not None:
                one.defaulted = True
        for one in found.values():
            one.subs.sort(key=lambda sub: sub.order)
        return found

    def _answers(self, questions: dict[str, Question]) -> None:
        by_id: dict[str, Answer] = {}
        seen: dict[tuple[str, str, str], Answer] = {}
        for row in self._rows("answers"):
            question = questions.get(row.get("qid", ""))
            if question is None:
                continue
            key = (row.get("qid", ""), row.get("scale_id", "0"), row.get("code", ""))
            answer = seen.get(key)
            if answer is None or ("language" in row and row["language"] in answer.text):
                answer = Answer(
                    row.get("code", ""), row.get("scale_id", "0"), _order(row, "sortorder"), value=row.get("assessment_value", "")
                )
                seen[key] = answer
                question.answers.append(answer)
            if "language" in row:
                answer.text[row["language"]] = row.get("answer", "")
            by_id[row.get("aid", "")] = answer
        for row in self._rows("answer_l10ns"):
            if (answer := by_id.get(row.get("aid", ""))) is not None:
                answer.text[row.get("language", "")] = row.get("answer", "")
        for question in questions.values():
            question.answers.sort(key=lambda one: one.order)

    def _groups(self, survey: Survey, questions: dict[str, Question]) -> list[Group]:
        found: dict[str, Group] = {}
        for row in self._rows("groups"):
            group = found.setdefault(row.get("gid", ""), Group(row.get("gid", ""), _order(row, "group_order")))
            group.relevance, group.random = row.get("grelevance", group.relevance), row.get("randomization_group", group.random)
            if "group_name" in row:
                group.name[row.get("language", "")] = row["group_name"]
                group.text[row.get("language", "")] = row.get("description", "")
        for row in self._rows("group_l10ns"):
            if (one := found.get(row.get("gid", ""))) is not None:
                one.name[row.get("language", "")] = row.get("group_name", "")
                one.text[row.get("language", "")] = row.get("description", "")
        for question in questions.values():
            if question.gid not in found:
                if found:
                    survey.strays.append(question.code)
                found[question.gid] = Group(question.gid, 1e9)
            found[question.gid].questions.append(question)
        for group in found.values():
            group.questions.sort(key=lambda one: one.order)
        return sorted(found.values(), key=lambda one: one.order)


def _question(found: dict[str, Question], row: Row) -> None:
    qid = row.get("qid", "")
    one = found.get(qid)
    if one is None:
        one = found[qid] = Question(
            qid,
            row.get("gid", ""),
            row.get("title", "").strip(),
            row.get("type", ""),
            _order(row, "question_order"),
            parent=row.get("parent_qid", ""),
            scale=row.get("scale_id", "0"),
            mandatory=row.get("mandatory", ""),
            other=row.get("other", ""),
            relevance=row.get("relevance", ""),
            pattern=row.get("preg", ""),
        )
    if "question" in row:
        _say(one, row)


def _say(one: Question, row: dict[str, Any]) -> None:
    one.text[row.get("language", "")] = row.get("question", "")
    one.help[row.get("language", "")] = row.get("help", "")


def _order(row: Row, name: str) -> float:
    return number_of(row.get(name, "")) or 0.0
