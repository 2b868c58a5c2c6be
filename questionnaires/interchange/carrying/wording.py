"""A form's words in our languages: cleaned, cut where they are too long, with our pipes; what was lost is told of."""

import re

from questionnaires.interchange.carrying.form import Form, Texts
from questionnaires.interchange.carrying.names import Names
from questionnaires.interchange.carrying.texts import LONGEST, as_plain, as_rich, losses

BLANK = "…"


class Wording:
    """Says the words of one form."""

    def __init__(self, form: Form, names: Names, tags: dict[str, str]) -> None:
        self._form, self._names, self._tags = form, names, tags

    def said(self, texts: Texts, place: str, *, rich: bool = False, pipes: bool = True) -> dict[str, str]:
        """Words by BCP 47 tag; languages without words are left out."""
        found: dict[str, str] = {}
        for language, text in texts.items():
            tag = self._tags.get(language)
            if tag is None or not text or not text.strip():
                continue
            words = self._words(text, place, rich, pipes)
            if words and tag not in found:
                found[tag] = words
        return found

    def _words(self, text: str, place: str, rich: bool, pipes: bool) -> str:
        for kind in sorted(losses(text)):
            self._form.notes.lost(f"markup_{kind}", kind, place)
        piped = self._with_pipes(text, place, pipes)
        words = as_rich(piped) if rich else as_plain(piped)
        if len(words) > LONGEST:
            self._form.notes.lost("text_cut", "text", place, words[LONGEST - 100 :])
            words = as_plain(words)[: LONGEST - 1] + BLANK
        return words

    def _with_pipes(self, text: str, place: str, allowed: bool) -> str:
        pattern = self._form.pipe
        if pattern is None:
            return text

        def put(found: re.Match[str]) -> str:
            name = self._form.piped(found[1])
            answer = self._names.answer(name) if name and allowed else None
            if answer is None:
                self._form.notes.lost("pipe", "pipe", place, found[0])
                return BLANK
            return "{{" + answer + "}}"

        return pattern.sub(put, text)
