"""Opening and saving one question of a 150-question, three-language draft, against the same in one of 10 questions.

Both drafts stand in one database and are asked in turn within one run; medians are compared. The limit is on the ratio.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from flask.testing import FlaskClient

from bench.staff import signed_in
from portal.audit.trail import Actor
from portal.foundation.ground import Ground, open_ground
from portal.foundation.settings import Settings
from portal.migrations import run as migrations
from portal.people import users
from portal.people.models import OrgUnit
from portal.people.rules.roles import Role
from questionnaires.library import library
from questionnaires.library.library import NewQuestionnaire
from questionnaires.logic.definition import Definition

LIMIT, ROUNDS, SMALL, LARGE = 3.0, 25, 10, 150
LANGUAGES = ("zh-Hans", "en", "zh-Hant")
BY_SCRIPT = {"HX-Request": "true", "HX-Target": "part"}


def definition(count: int) -> Definition:
    """A questionnaire of so many questions, ten a page, every fifth with a condition on the one before."""

    def texts(words: str) -> dict[str, str]:
        return {tag: f"{words} ({tag})" for tag in LANGUAGES}

    def question(number: int) -> dict[str, object]:
        options = [{"code": f"o{n}", "text": texts(f"Choice {n} of question {number}")} for n in range(6)]
        more = {"show_if": {"field": f"q{number - 1}", "op": "eq", "value": "o1"}} if number % 5 == 4 else {}
        return {
            "code": f"q{number}",
            "type": "single",
            "text": texts(f"How was part {number}?"),
            "help": texts("Choose one"),
            "options": options,
            **more,
        }

    pages = [
        {"id": f"p{start // 10 + 1}", "questions": [question(n) for n in range(start, min(start + 10, count))]}
        for start in range(0, count, 10)
    ]
    return Definition.from_json({"languages": list(LANGUAGES), "title": texts("Long"), "thank_you": texts("Thanks"), "pages": pages})


def _sign_in(ground: Ground) -> tuple[FlaskClient, Actor]:
    from wsgi import create_app

    now = datetime.now(UTC)
    with ground.writing() as session:
        unit = OrgUnit(code="HO", name_zh="总行", name_en="Head office", kind="head")
        session.add(unit)
        session.flush()
        made = users.create(
            session, "bench", "Bench", "a long pass phrase", [(Role.DESIGNER, unit.id)], now, unit_id=unit.id, language="en"
        )
    app = create_app(ground)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return signed_in(app, ground, made.id, now), Actor("user", str(made.id))


def _open(client: FlaskClient, key: UUID, code: str) -> str:
    answer = client.get(f"/portal/questionnaires/{key}/edit?at=q:{code}", headers=BY_SCRIPT)
    assert answer.status_code == 200, answer.status_code
    return answer.text


def _fields(form: str, words: str) -> dict[str, str]:
    """What a browser would send of the form."""
    found = dict(re.findall(r'<input type="(?:text|hidden)"[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', form))
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    found |= {f"text.{tag}": f"{words} {tag}" for tag in LANGUAGES}
    seen = re.search(r'id="seen" value="(\w+)"', form)
    assert seen is not None
    return {**found, "seen": seen[1]}


def _save(client: FlaskClient, key: UUID, code: str, fields: dict[str, str]) -> None:
    answer = client.post(f"/portal/questionnaires/{key}/edit/save?at=q:{code}", data=fields, headers=BY_SCRIPT)
    assert answer.status_code == 200, answer.status_code


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def measure(client: FlaskClient, keys: dict[int, UUID], rounds: int) -> dict[str, dict[int, float]]:
    """Medians in milliseconds by act and size; the last question is taken, which may read all the others."""
    times: dict[str, dict[int, list[float]]] = {act: {size: [] for size in keys} for act in ("opening", "saving")}
    for number in range(rounds + 3):
        for size, key in keys.items():
            code = f"q{size - 1}"
            opening = _timed(lambda key=key, code=code: _open(client, key, code))  # type: ignore[misc]
            fields = _fields(_open(client, key, code), f"Round {number}")
            saving = _timed(lambda key=key, code=code, fields=fields: _save(client, key, code, fields))  # type: ignore[misc]
            if number >= 3:  # the first rounds warm templates and caches
                times["opening"][size].append(opening)
                times["saving"][size].append(saving)
    return {act: {size: statistics.median(values) for size, values in by_size.items()} for act, by_size in times.items()}


def main() -> int:
    """Print the medians and ratios; 1 where a ratio is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        ground = open_ground(Settings(data_dir=Path(folder)))
        migrations.upgrade(ground.db.engine)
        client, actor = _sign_in(ground)
        with ground.writing() as session:
            made = [(size, NewQuestionnaire(f"size{size}", definition(size))) for size in (SMALL, LARGE)]
            keys = {size: library.create(session, new, actor, datetime.now(UTC)).id for size, new in made}
        medians = measure(client, keys, rounds)
        ground.db.close()
    worst = 0.0
    for act, by_size in medians.items():
        ratio = by_size[LARGE] / by_size[SMALL]
        worst = max(worst, ratio)
        print(f"{act}: {by_size[SMALL]:.1f} ms of {SMALL} questions, {by_size[LARGE]:.1f} ms of {LARGE}; ratio {ratio:.2f}, limit {LIMIT}")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
