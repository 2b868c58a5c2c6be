"""LimeSurvey's tab-separated form as a survey: a row for each part and language, told apart by its class."""

import csv
import io

from questionnaires.interchange.carrying.files import CannotRead, text_of
from questionnaires.interchange.limesurvey.model import Answer, Group, Question, Survey

NEEDED = frozenset({"class", "name"})
OWN = frozenset(
    {
        *("id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other"),
        *("default", "same_default", "encrypted", "question_theme_name", "same_script", "parent_id", "em_validation"),
    }
)
MOST_ROWS = 200_000
Row = dict[str, str]


def survey_of(data: bytes) -> Survey:
    """The survey of a tab-separated file.

    Raises  CannotRead
    """
    rows = _rows(text_of(data))
    reader = _Reader()
    for row in rows:
        reader.take(row)
    if not reader.survey.groups or not any(group.questions for group in reader.survey.groups):
        raise CannotRead("not_limesurvey")
    return reader.survey


def _rows(text: str) -> list[Row]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=_left_open(text))
    found: list[Row] = []
    try:
        head = [name.strip().lower() for name in next(lines, [])]
        if not set(head) >= NEEDED or "type/scale" not in head:
            raise CannotRead("not_limesurvey")
        for line in lines:
            if len(found) >= MOST_ROWS:
                raise CannotRead("file_too_large")
            if any(line):
                found.append(dict(zip(head, line, strict=False)))
    except csv.Error:
        raise CannotRead("malformed_row") from None
    return found


def _left_open(text: str) -> bool:
    """Whether a quotation mark is opened and never closed: read leniently it would swallow the rest of the file in silence."""
    try:
        for _line in csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True):
            pass
    except csv.Error as error:
        return "end of data" in str(error)
    return False


class _Reader:
    def __init__(self) -> None:
        self.survey = Survey(sid="0")
        self._groups: dict[str, Group] = {}
        self._questions: dict[tuple[str, str], Question] = {}
        self._subs: dict[tuple[int, str, str], Question] = {}
        self._answers: dict[tuple[int, str, str], Answer] = {}
        self._group: Group | None = None
        self._question: Question | None = None
        self._number = 0
        self._turn: dict[str, int] = {}

    def take(self, row: Row) -> None:
        """One row."""
        kind = row.get("class", "").strip().upper()
        language = row.get("language", "").strip() or (self.survey.languages or ["en"])[0]
        if language not in self.survey.languages and kind in ("SL", "G", "Q", "SQ", "A"):
            self.survey.languages.append(language)
        make = {
            "S": self._setting,
            "SL": self._words,
            "G": self._take_group,
            "Q": self._take_question,
            "SQ": self._take_sub,
            "A": self._take_answer,
        }.get(kind)
        if make is not None:
            make(row, language)
        elif kind:
            self.survey.unread[kind] = self.survey.unread.get(kind, 0) + 1

    def _setting(self, row: Row, _language: str) -> None:
        name, value = row.get("name", "").strip(), row.get("text", "")
        self.survey.settings[name] = value
        if name in ("language", "additional_languages"):
            self.survey.languages += [one for one in value.split() if one not in self.survey.languages]

    def _words(self, row: Row, language: str) -> None:
        places = {
            "surveyls_title": self.survey.title,
            "surveyls_description": self.survey.text,
            "surveyls_welcometext": self.survey.welcome,
            "surveyls_endtext": self.survey.end,
            "surveyls_policy_notice": self.survey.policy,
        }
        name = row.get("name", "").strip()
        if name in places:
            places[name][language] = row.get("text", "")
        elif name == "surveyls_url":
            self.survey.leads_to = self.survey.leads_to or row.get("text", "")

    def _take_group(self, row: Row, language: str) -> None:
        """Of a second language the group is the same one: by its id, else by its turn."""
        turn = self._turn[language] = self._turn.get(language, 0) + 1
        key = row.get("id", "").strip() or str(turn)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(key, float(len(self._groups)), relevance=row.get("relevance", ""))
            group.random = row.get("type/scale", "") if not row.get("type/scale", "").isdigit() else ""
            self.survey.groups.append(group)
        group.name[language], group.text[language] = row.get("name", ""), row.get("text", "")
        self._group = group

    def _take_question(self, row: Row, language: str) -> None:
        if self._group is None:
            self._take_group({"name": ""}, language)
        group = self._group
        assert group is not None
        code = row.get("name", "").strip()
        key = (row.get("id", "").strip() or group.gid, code)
        question = self._questions.get(key)
        if question is None or language in question.text:
            self._number += 1
            question = self._questions[key] = Question(
                row.get("id", "").strip() or str(self._number),
                group.gid,
                code,
                row.get("type/scale", "").strip(),
                float(self._number),
                mandatory=row.get("mandatory", ""),
                other=row.get("other", ""),
                relevance=row.get("relevance", ""),
                pattern=row.get("validation", ""),
                defaulted=bool(row.get("default", "").strip()),
            )
            group.questions.append(question)
        question.text[language], question.help[language] = row.get("text", ""), row.get("help", "")
        for name, value in row.items():
            if name and name not in OWN and value:
                question.attributes.setdefault(name, {})[language if len(question.text) > 1 else ""] = value
        self._question = question

    def _take_sub(self, row: Row, language: str) -> None:
        question = self._question
        if question is None:
            self.survey.orphans.append(("SQ", row.get("name", "")))
            return
        code, scale = row.get("name", "").strip(), row.get("type/scale", "").strip() or "0"
        sub = self._subs.get((id(question), scale, code))
        if sub is None or language in sub.text:
            sub = Question(row.get("id", ""), question.gid, code, "", float(len(question.subs)), parent=question.qid, scale=scale)
            sub.relevance = row.get("relevance", "")
            self._subs[id(question), scale, code] = sub
            question.subs.append(sub)
        sub.text[language] = row.get("text", "")

    def _take_answer(self, row: Row, language: str) -> None:
        question = self._question
        if question is None:
            self.survey.orphans.append(("A", row.get("name", "")))
            return
        code, scale = row.get("name", "").strip(), row.get("type/scale", "").strip() or "0"
        answer = self._answers.get((id(question), scale, code))
        if answer is None or language in answer.text:
            answer = Answer(code, scale, float(len(question.answers)), value=row.get("relevance", ""))
            self._answers[id(question), scale, code] = answer
            question.answers.append(answer)
        answer.text[language] = row.get("text", "")
