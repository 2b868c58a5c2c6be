"""Whatever is broken in a file, it is read or refused; and every note that a reader writes has words."""

import json
import random
import re
from pathlib import Path

import pytest

from questionnaires.interchange import formats
from questionnaires.interchange.formats import CannotRead
from questionnaires.interchange.labels import WORDS
from tests.questionnaires.interchange import made, mutating
from tests.questionnaires.interchange.counting import FILES

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize("seed", [pytest.param(0, id="few"), pytest.param(1, marks=pytest.mark.deep, id="many")])
def test_whatever_is_broken_in_a_file_it_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    good = {
        "lss": [made.every_letter(), made.every_letter(old=False)], "surveyjs": [json.dumps(made.every_surveyjs()).encode()], "qsf": [made.full_qsf()],  # noqa: E501
        "xlsform": [made.full_xlsform()], "fhir": [made.full_fhir()], "tsv": [made.full_tsv()],
    }  # fmt: skip
    for file in FILES if seed else ():
        good[file.parent.name].append(file.read_bytes())
    for _turn in range(10_000 if seed else 60):
        name = chance.choice(list(good))
        data = chance.choice(good[name])
        of_json = name in ("surveyjs", "qsf", "fhir") and chance.random() < 0.8
        broken = (
            mutating.of_json(data, chance)
            if of_json
            else mutating.of_xml(data, chance)
            if name == "lss"
            else mutating.of_bytes(data, chance)
        )
        try:
            imported, _report = formats.read(broken, name)
        except CannotRead:
            continue
        else:
            assert formats.read(formats.write(imported.definition, "json", "x").data, "json")[0].definition == imported.definition


def test_every_note_has_words() -> None:
    source = Path(formats.__file__).parent
    used = {
        code for path in source.rglob("*.py") for code in re.findall(r'(?:lost|changed|lose_new|Unsupported)\(\s*"(\w+)"', path.read_text())
    }
    assert used <= set(WORDS)
