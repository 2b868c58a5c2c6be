"""Languages as files name them, and their BCP 47 tags; words that a form may lack, in the languages we can say them in."""

import re
from collections.abc import Iterable
from functools import lru_cache

from questionnaires.interchange.carrying.notes import Notes

MOST = 12
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_IN_BRACKETS = re.compile(r"\(([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\)\s*$")
OWN = {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-hans": "zh-Hans",
    "zh-hans-cn": "zh-Hans",
    "cn": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-hant": "zh-Hant",
    "zh-hant-tw": "zh-Hant-TW",
    "zh-hant-hk": "zh-Hant-HK",
    "zh-s": "zh-Hans",
    "zh-t": "zh-Hant",
    "es-es": "es",
    "en-us": "en",
    "chinese": "zh-Hans",
    "simplified chinese": "zh-Hans",
    "中文": "zh-Hans",
    "简体中文": "zh-Hans",
    "繁體中文": "zh-Hant",
    "de-informal": "de",
    "nl-informal": "nl",
    "es-mx": "es-MX",
    "it-informal": "it",
    "de-easy": "de-x-easy",
}
THANKS = {
    "zh-Hans": "感谢您的回答。",
    "zh-Hant": "感謝您的回答。",
    "en": "Thank you for your answers.",
    "de": "Vielen Dank für Ihre Antworten.",
    "fr": "Merci de vos réponses.",
    "es": "Gracias por sus respuestas.",
    "it": "Grazie per le risposte.",
    "nl": "Bedankt voor uw antwoorden.",
    "pt": "Obrigado pelas suas respostas.",
    "sw": "Asante kwa majibu yako.",
    "ja": "ご回答ありがとうございました。",
}


@lru_cache(maxsize=1)
def _english_names() -> dict[str, str]:
    from babel import Locale

    return {str(name).lower(): str(code).replace("_", "-") for code, name in Locale.parse("en").languages.items()}


def tag_of(name: str) -> str | None:
    """The BCP 47 tag of a language as a file calls it: a code, an English name, or a name with a code in brackets."""
    said = name.strip()
    if bracketed := _IN_BRACKETS.search(said):
        said = bracketed[1]
    folded = said.lower().replace("_", "-")
    if folded in OWN:
        return OWN[folded]
    if folded in _english_names():
        return _english_names()[folded]
    if not _TAG.match(said.replace("_", "-")) or len(folded) > 20:
        return None
    parts = folded.split("-")
    return "-".join([parts[0], *(one.title() if len(one) == 4 else one.upper() if len(one) == 2 else one for one in parts[1:])])


def tags(names: Iterable[str], notes: Notes) -> dict[str, str]:
    """The tag of each language of a file; private ones for names that nobody knows. Those beyond the twelfth are told of."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        tag = tag_of(name)
        if tag is None:
            tag = next((f"qa{letter}" for letter in "abcdefghijklmnop" if f"qa{letter}" not in found.values()), "qaz")
            notes.changed("language_unknown", name, "", tag)
        if tag not in found.values() and len(set(found.values())) >= MOST:
            notes.lost("too_many_languages", name, "")
            continue
        found[name] = tag
    return found or {"en": "en"}


def thanks(language: str) -> str:
    """Thanks in a language, in English where we can't say them."""
    return THANKS.get(language) or THANKS.get(language.split("-")[0]) or THANKS["en"]


WRONG = {
    "zh-Hans": "请检查此题的回答。",
    "zh-Hant": "請檢查此題的回答。",
    "en": "Please check this answer.",
    "de": "Bitte prüfen Sie diese Antwort.",
    "fr": "Veuillez vérifier cette réponse.",
    "es": "Revise esta respuesta.",
    "it": "Controlli questa risposta.",
}


def wrong(language: str) -> str:
    """What is said of an answer that breaks a rule, where the form says nothing itself."""
    return WRONG.get(language) or WRONG.get(language.split("-")[0]) or WRONG["en"]
