"""The choices of a FHIR item: its own answer options, or a value set that the file contains. Whatever does not come along is told."""

from collections.abc import Callable, Iterator
from typing import Any

from questionnaires.interchange.carrying.files import DEEPEST, CannotRead, number_of, objects_in, string_of
from questionnaires.interchange.carrying.form import Ask, Form, Part, Texts
from questionnaires.logic.definition import QuestionType

Json = dict[str, Any]
Q = QuestionType
OF_CHOICES = frozenset({"choice", "open-choice", "coding"})
OPEN = frozenset({"optionsOrString", "optionsOrType"})


class Choices:
    """Reads choices; `words` gives the words of a key with their translations, `speak` notes a language that was met."""

    def __init__(self, form: Form, contained: Json, words: Callable[[Json, str], Texts], speak: Callable[[str], None], own: str) -> None:
        self._form, self._contained, self._words, self._speak, self._own = form, contained, words, speak, own

    def put(self, item: Json, ask: Ask, kind: str) -> None:
        """Give a question its options, and the type that goes with them."""
        options = item.get("answerOption", item.get("option"))
        link = _link(item)
        if isinstance(options, list) and options:
            for one in objects_in(options):
                if (part := self._option(one)) is not None:
                    ask.options.append(part)
                else:
                    self._form.notes.lost("option_not_read", _key(one) or "answerOption", ask.name, one.get(_key(one), ""))
        elif kind in OF_CHOICES or link:
            ask.options = self._value_set(link, ask)
            if not ask.options:
                self._form.notes.lost("choices_elsewhere", "answerValueSet", ask.name, link)
                ask.type = Q.SHORT_TEXT if kind in OF_CHOICES else ask.type
                return
        if not ask.options:
            return
        if ask.type not in (Q.SINGLE, Q.MULTIPLE):
            ask.type = Q.SINGLE
        self._form.counts.options += len(ask.options)
        if item.get("repeats") is True:
            ask.type = Q.MULTIPLE
        if kind == "open-choice" or item.get("answerConstraint") in OPEN:
            ask.options.append(Part("other", {self._own: "Other"}, other=True, made=True))

    def _option(self, raw: Json) -> Part | None:
        extensions = objects_in(raw.get("extension"))
        scores = [number_of(one.get("valueDecimal")) for one in extensions if _ending(one).endswith(("ordinalValue", "itemWeight"))]
        score = scores[0] if scores else None
        alone = any(_ending(one).endswith("optionExclusive") and one.get("valueBoolean") is True for one in extensions)
        key = _key(raw)
        value = raw.get(key)
        if isinstance(value, dict):
            code = string_of(value.get("code")) or string_of(value.get("display"))
            part = Part(code, self._words(value, "display") or {self._own: code}, exclusive=alone, score=score)
            part.codes = (f"{string_of(value.get('system'))}|{code}",)
            return part if code else None
        said = string_of(value)
        return Part(said, self._words(raw, key) or {self._own: said}, exclusive=alone, score=score) if said else None

    def _value_set(self, link: str, ask: Ask) -> list[Part]:
        """Choices of a value set that the file itself contains; what it takes from elsewhere is told."""
        held = self._contained.get(link, {})
        expansion, compose = held.get("expansion"), held.get("compose")
        concepts = list(_inside(expansion.get("contains"), 1)) if isinstance(expansion, dict) else []
        if not concepts and isinstance(compose, dict):
            left_out = {
                string_of(one.get("code")) for part in objects_in(compose.get("exclude")) for one in objects_in(part.get("concept"))
            }
            for one in objects_in(compose.get("include")):
                listed = objects_in(one.get("concept"))
                concepts += [concept for concept in listed if string_of(concept.get("code")) not in left_out]
                if not listed:
                    self._form.notes.lost("choices_in_part", "compose.include", ask.name, one.get("system") or one.get("valueSet") or "")
            if left_out:
                self._form.notes.changed("choices_left_out", "compose.exclude", ask.name, ", ".join(sorted(left_out)))
        self._form.offer(len(concepts))
        return [self._concept(one, code) for one in concepts if (code := string_of(one.get("code")))]

    def _concept(self, raw: Json, code: str) -> Part:
        text = self._words(raw, "display") or {self._own: code}
        for one in objects_in(raw.get("designation")):
            language, said = string_of(one.get("language")), string_of(one.get("value"))
            if language and said and language not in text:
                text[language] = said
                self._speak(language)
        return Part(code, text)


def _link(item: Json) -> str:
    """The value set that an item names, in the spelling of either age."""
    link, old = item.get("answerValueSet"), item.get("options")
    return string_of(link) if isinstance(link, str) else string_of(old.get("reference")) if isinstance(old, dict) else ""


def _inside(contains: Any, depth: int) -> Iterator[Json]:
    """The concepts of an expansion and those below them; a heading that can't be chosen stands for those below it."""
    if depth > DEEPEST:
        raise CannotRead("nested_too_deep")
    for one in objects_in(contains):
        if one.get("abstract") is not True:
            yield one
        yield from _inside(one.get("contains"), depth + 1)


def _key(raw: Json) -> str:
    """The key under which an option keeps its value."""
    return next((key for key in raw if key.startswith("value")), "")


def _ending(extension: Json) -> str:
    return string_of(extension.get("url"))
