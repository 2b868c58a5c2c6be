"""SurveyJS itself (from npm, where node and npm are) shows the same questions of a file and of what we write of it."""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from questionnaires.interchange.surveyjs import reading, writing
from questionnaires.logic import paging
from questionnaires.logic.definition import Definition, QuestionType
from questionnaires.logic.seeing import depends_on

FILES = sorted((Path(__file__).parents[4] / "shared" / "data" / "questionnaires" / "surveyjs").glob("*.json"))
SETS = int(os.environ.get("SOUNDINGS_SETS", "200"))
VERSION = "survey-core@3.1.1"
Q = QuestionType


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has survey-core; `SOUNDINGS_SURVEY_CORE` names one that is there already."""
    if given := os.environ.get("SOUNDINGS_SURVEY_CORE"):
        return Path(given)
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not on this machine")
    folder = tmp_path_factory.mktemp("npm")
    done = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", VERSION], cwd=folder, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("survey-core could not be had")
    return folder


def shown(core: Path, *jobs: tuple[Any, list[dict[str, Any]]]) -> list[list[list[str]]]:
    """For each job (survey, answers) the names that SurveyJS shows for each set of answers."""
    script = core / "visible.cjs"
    script.write_text(Path(__file__).with_name("visible.cjs").read_text())
    sent = json.dumps([{"survey": survey, "answers": answers} for survey, answers in jobs])
    done = subprocess.run(["node", script], input=sent, capture_output=True, text=True, check=True)
    found: list[list[list[str]]] = json.loads(done.stdout)
    return found


def pretended(definition: Definition, chance: random.Random) -> dict[str, Any]:
    """Answers to some of the questions, as ours are."""
    found: dict[str, Any] = {}
    for question in definition.questions():
        if chance.random() < 0.3:
            continue
        codes = [one.code for one in question.options]
        if question.type is Q.SINGLE and codes:
            found[question.code] = chance.choice(codes)
        elif question.type in (Q.MULTIPLE, Q.RANKING) and codes:
            found[question.code] = chance.sample(codes, chance.randint(1, len(codes)))
        elif question.type is Q.YES_NO:
            found[question.code] = chance.random() < 0.5
        elif question.points and not question.rows:
            found[question.code] = chance.choice(list(question.points))
        elif question.type in (Q.SHORT_TEXT, Q.LONG_TEXT):
            found[question.code] = chance.choice(["a", "b", "5", "some words"])
        elif question.type is Q.NUMBER:
            found[question.code] = chance.randint(0, 12)
    return found


@pytest.mark.deep
@pytest.mark.sqlite_only
@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_the_same_questions_are_shown_for_the_same_answers(core: Path, file: Path) -> None:
    raw = json.loads(file.read_text())
    built = reading.read(file.read_bytes())
    ours = json.loads(writing.write(built.definition, "x").data)
    chance = random.Random(file.stem)
    answers = [pretended(built.definition, chance) for _ in range(SETS)]
    names = {ask: answer for ask, answer in built.names.items() if "-" not in ask or answer in built.definition.by_code}
    theirs_of = {answer: name for name, answer in reversed(list(names.items())) if answer in built.definition.by_code}
    theirs = standard(raw)
    before, after, whole = shown(
        core, (theirs, [translated(built, theirs_of, one, raw) for one in answers]), (ours, answers), (without_conditions(theirs), [{}])
    )
    known = set(whole[0])
    lost = {one.where for one in built.notes if one.lost and one.construct == "visibleIf"}
    spared = {name for name in known if name in lost} | under(raw, lost)
    for one, old, new in zip(answers, before, after, strict=True):
        expected = {built.names.get(name, name) for name in old if name not in spared}
        found = {name for name in new if theirs_of.get(name) in known - spared}
        assert found == {name for name in expected if theirs_of.get(name) in known}, one
        reached = {q.code for n in paging.shown_pages(built.definition, one) for q in paging.shown_questions(built.definition, n, one)}
        assert {name for name in reached if theirs_of.get(name) in known - spared and name not in by_hidden(built.definition)} <= found, one


def by_hidden(definition: Definition) -> set[str]:
    """Questions whose condition reads one that may itself be hidden: SurveyJS keeps such answers for a while, we drop them at once."""
    return {q.code for q in definition.questions() if any(definition.by_name[n].show_if for n in depends_on(q) if n in definition.by_name)}


def standard(raw: Any) -> Any:
    """A survey whose own types are SurveyJS's nearest, since it leaves out what it does not know."""

    def walk(one: Any) -> Any:
        if isinstance(one, list):
            return [walk(part) for part in one]
        if not isinstance(one, dict):
            return one
        made = {key: walk(value) for key, value in one.items()}
        if made.get("type") == "yesno":
            made |= {"type": "boolean", "valueTrue": "y", "valueFalse": "n"}
        elif made.get("type") in ("infotext", "helptext"):
            made |= {"type": "html"}
        return made

    return walk(raw)


def without_conditions(raw: Any) -> Any:
    if isinstance(raw, list):
        return [without_conditions(one) for one in raw]
    if isinstance(raw, dict):
        return {key: without_conditions(value) for key, value in raw.items() if key not in ("visibleIf", "visible")}
    return raw


def under(raw: Any, names: set[str]) -> set[str]:
    """The questions below panels of these names."""
    found: set[str] = set()

    def walk(one: Any, inside: bool) -> None:
        if isinstance(one, list):
            for part in one:
                walk(part, inside)
        elif isinstance(one, dict):
            inside = inside or one.get("name") in names
            if inside and "name" in one:
                found.add(one["name"])
            for part in one.values():
                if isinstance(part, dict | list):
                    walk(part, inside)

    walk(raw, False)
    return found


def translated(built: Any, theirs_of: dict[str, str], answers: dict[str, Any], raw: Any) -> dict[str, Any]:
    """Our answers in the file's names and values."""
    yes_no = json.dumps(raw).count('"yesno"') > 0
    found: dict[str, Any] = {}
    for code, value in answers.items():
        back = {ours: theirs for theirs, ours in reversed(list(built.codes.get(code, {}).items()))}
        if isinstance(value, bool) and yes_no:
            value = "y" if value else "n"
        elif isinstance(value, list):
            value = [back.get(one, one) for one in value]
        elif isinstance(value, str):
            value = back.get(value, value)
        found[theirs_of.get(code, code)] = (
            int(value) if isinstance(value, str) and value.isdigit() and code in built.codes and back else value
        )
    return found
