"""The catalogues: `python -m tests.translations update` brings them in step with the code; `make check` holds them to it.

English text is the msgid, so the English catalogue holds words only for codes (of errors); Chinese needs all of them.
"""

import ast
import functools
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from scheduler.contacts.rules.policy import WHATS, WHOS, standard_policy
from scheduler.contacts.rules.reasons import Reason

ROOT = Path(__file__).parent.parent
CATALOGUES = ROOT / "portal" / "foundation" / "translations"
LANGUAGES = ("zh_Hans", "en")
SOURCES = ("portal", "questionnaires", "scheduler", "officers", "templates")
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "_n": (1, 2),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "N_": None,
}
LITERAL = re.compile(r'["\']([a-z0-9]+(?:_[a-z0-9]+)+)["\']')
"""Codes of rules and forms are plain strings in code; those that have English words are looked for, and must have Chinese ones too."""
CODE = re.compile(r'^\s+code(?:, status)?(?:: str)? = "([a-z0-9_]+)"', re.MULTILINE)
FINDING = re.compile(r'\b(?:error|warning|make)\(\s*"([a-z0-9_]+)"(?: if [^"\n]+ else "([a-z0-9_]+)")?')
IS_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+\Z")


def is_code(key: str) -> bool:
    """Whether a key is no English sentence and needs English words too."""
    return IS_CODE.match(key) is not None or key == "missing" or key in reason_codes()


@functools.cache
def known_codes() -> frozenset[str]:
    """The codes that have English words."""
    return frozenset(str(message.id) for message in load("en") if is_code(str(message.id)) and message.string)


def python_and_codes(file: Any, keywords: Any, comments: Any, options: Any) -> Iterator[Any]:
    """What a Python file marks for translation, and the codes of its errors."""
    text = file.read().decode()
    for found in CODE.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, None, found.group(1), []
    codes = known_codes()
    for found in LITERAL.finditer(text):
        if found.group(1) in codes:
            yield text.count("\n", 0, found.start()) + 1, None, found.group(1), []
    yield from in_f_strings(text)
    yield from summaries(text)
    file.seek(0)
    yield from extract_python(file, keywords, comments, options)


def summaries(text: str) -> Iterator[Any]:
    """What operations of the programming interface do: the page to try them says it in the reader's language."""
    for node in ast.walk(ast.parse(text)) if "@described(" in text else ():
        for one in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "described":
                said = one.args[0]
                if isinstance(said, ast.Constant):
                    yield one.lineno, None, said.value, []


def in_f_strings(text: str) -> Iterator[Any]:
    """What f-strings mark for translation: Babel sees into them from Python 3.12 on only."""
    for node in ast.walk(ast.parse(text)):
        for call in ast.walk(node) if isinstance(node, ast.JoinedStr) else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS:
                said = tuple(one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
                if said:
                    yield call.lineno, call.func.id, said if len(said) > 1 else said[0], []


@functools.cache
def reason_codes() -> frozenset[str]:
    """Every reason of the contact policy, those that are put together of parts included."""
    pauses = [f"COOLDOWN_{who}_{what}".upper() for who in WHOS for what in WHATS]
    return frozenset({reason.value for reason in Reason} | {cap.code for cap in standard_policy().caps} | set(pauses))


@functools.cache
def finding_codes() -> frozenset[str]:
    """Every finding of the check before publishing; those that are put together of parts are named here."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "questionnaires" / "logic").glob("*.py"))]
    plain = {found for text in texts for call in FINDING.findall(text) for found in call if found}
    parts = {f"duplicate_{name}" for name in ("block", "ending", "experiment", "option", "quota", "row")}
    parts |= {f"node_{name}" for name in ("unknown", "retired", "is_head")}
    parts |= {f"{name}_never_shown" for name in ("option", "row")} | {f"same_{name}_text" for name in ("option", "row")}
    return frozenset(f"finding_{code}" for code in plain | parts | {"long_text", "long_text_words"})


def sentences(file: Any, keywords: Any, comments: Any, options: Any) -> Iterator[Any]:  # Babel's way of calling
    """The sentences of a pure rule, which may not know of translation: every text of it that ends with a full stop."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Expr):
            continue  # a docstring
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.endswith("."):
                yield part.lineno, None, part.value, []


def _is_ours(folder: str) -> bool:
    """Babel passes over folders that begin with an underscore; ours hold the shell and the parts."""
    return not Path(folder).name.startswith((".", "__"))


def template() -> Catalog:
    """Everything that needs words, freshly extracted."""
    catalog = Catalog(project="soundings", charset="utf-8")
    methods = [
        ("**/translations/**", "ignore"),
        ("**/rules/sentences.py", sentences),
        ("**.py", python_and_codes),
        ("**.html", "jinja2"),
        ("**.txt", "jinja2"),
    ]
    options = {"**.html": {"trimmed": "true", "encoding": "utf-8"}, "**.txt": {"encoding": "utf-8"}}
    for code in sorted(reason_codes()):
        catalog.add(code, None, [("scheduler/contacts/rules/reasons.py", 0)])
    for code in sorted(finding_codes()):
        catalog.add(code, None, [("questionnaires/logic/findings.py", 0)])
    for source in SOURCES:
        folder = ROOT / source
        if not folder.is_dir():
            continue
        for name, _line, message, _comments, context in extract_from_dir(folder, methods, options, KEYWORDS, directory_filter=_is_ours):
            catalog.add(message, None, [(f"{source}/{name}", 0)], context=context)
    return catalog


def load(language: str) -> Catalog:
    """A catalogue as it stands."""
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=language, project="soundings", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """A catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def save(language: str, catalog: Catalog) -> None:
    """Write a catalogue and its compiled form."""
    folder = CATALOGUES / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "messages.po").open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False, omit_header=False)
    (folder / "messages.mo").write_bytes(compiled(load(language)))


def update() -> None:
    """Bring both catalogues in step with the code; words that are there stay."""
    fresh = template()
    for language in LANGUAGES:
        catalog = load(language)
        catalog.update(fresh, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # so that an update changes only words
        save(language, catalog)


def problems() -> list[str]:
    """What is missing, fuzzy, left over or wrong."""
    found = []
    fresh = {(message.id, message.context) for message in template() if message.id}
    for language in LANGUAGES:
        catalog = load(language)
        there = {(message.id, message.context): message for message in catalog if message.id}
        found += [f"{language}: not in the catalogue: {key[0]!r}" for key in sorted(fresh - set(there), key=str)]
        found += [f"{language}: no longer used: {key[0]!r}" for key in sorted(set(there) - fresh, key=str)]
        for key, message in there.items():
            needed = language == "zh_Hans" or is_code(str(key[0]))
            words = message.string if isinstance(message.string, list | tuple) else [message.string]
            if needed and not all(words):
                found.append(f"{language}: no words for {key[0]!r}")
            if message.fuzzy:
                found.append(f"{language}: fuzzy: {key[0]!r}")
            if all(words):
                found += [f"{language}: {key[0]!r}: {error}" for error in message.check(catalog)]
        path = CATALOGUES / language / "LC_MESSAGES" / "messages.mo"
        if not path.exists() or path.read_bytes() != compiled(catalog):
            found.append(f"{language}: messages.mo is not what messages.po compiles to: run `make translations`")
    return found


if __name__ == "__main__":
    if sys.argv[1:] != ["update"]:
        raise SystemExit("usage: python -m tests.translations update")
    update()
