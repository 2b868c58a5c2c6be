"""The builder's words for types, fields, acts and sections."""

from collections.abc import Mapping

from portal.foundation.i18n import _
from questionnaires.logic.definition import QuestionType

Q = QuestionType


def types() -> dict[str, tuple[str, str]]:
    """Each type's name, and what it is for."""
    return {
        Q.NPS: (_("Recommendation (NPS 0–10)"), _("How likely to recommend; gives the NPS")),
        Q.CSAT: (_("Satisfaction (CSAT 1–5)"), _("Numbers, stars or faces")),
        Q.CES: (_("Effort (CES 1–7)"), _("How easy it was")),
        Q.SLIDER: (_("Slider"), _("A value between two ends")),
        Q.SINGLE: (_("Single choice"), _("One of several; list, drop-down or pictures")),
        Q.MULTIPLE: (_("Multiple choice"), _("Several, with a least and a most")),
        Q.YES_NO: (_("Yes or no"), _("Two answers")),
        Q.RANKING: (_("Ranking"), _("Best first")),
        Q.MATRIX_RATING: (_("Rating of several things"), _("One scale, a line for each thing")),
        Q.MATRIX_SINGLE: (_("Matrix, one answer a line"), _("The same choices for each line")),
        Q.MATRIX_MULTIPLE: (_("Matrix, several answers a line"), _("Boxes to tick for each line")),
        Q.SHORT_TEXT: (_("Short text"), _("One line")),
        Q.LONG_TEXT: (_("Long text"), _("In their own words")),
        Q.EMAIL: (_("E-mail address"), _("Checked as it is typed")),
        Q.PHONE: (_("Phone number"), _("Checked as it is typed")),
        Q.NUMBER: (_("Number"), _("With bounds and decimals")),
        Q.CONSTANT_SUM: (_("Constant sum"), _("Share out points or percent")),
        Q.DATE: (_("Date"), _("A day, within bounds")),
        Q.TIME: (_("Time"), _("Hour and minute")),
        Q.PHOTO: (_("Photo"), _("Taken or chosen on the phone")),
        Q.FILE: (_("File"), _("A document, checked by type and size")),
        Q.SIGNATURE: (_("Signature"), _("Drawn with a finger")),
        Q.STATEMENT: (_("Statement"), _("Words without an answer; may hold links")),
        Q.CONSENT: (_("Consent"), _("A box that must be ticked to agree")),
        Q.HIDDEN: (_("Hidden field"), _("Filled from the link or the event")),
    }


def groups() -> dict[str, str]:
    """The groups of the type picker."""
    return {
        "scales": _("Scales"),
        "choices": _("Choices"),
        "matrices": _("Several things at once"),
        "words": _("Words and contacts"),
        "figures": _("Figures, days and times"),
        "things": _("Photos and files"),
        "rest": _("Without a question"),
    }


def fields() -> dict[str, str]:
    """The fields of the forms."""
    return {
        "text": _("Question"),
        "help": _("Help text"),
        "low_label": _("Label of the low end"),
        "high_label": _("Label of the high end"),
        "required_message": _("Message when it is not answered"),
        "required": _("Must be answered"),
        "shuffle": _("Mixed order for each person"),
        "long_only": _("Left out of the short variant for large text"),
        "indicator": _("Feeds the indicator"),
        "tags": _("Tags, with commas between them"),
        "display": _("Drawn as"),
        "source": _("Filled from"),
        "min": _("Minimum"),
        "max": _("Maximum"),
        "step": _("Step"),
        "decimals": _("Decimals"),
        "total": _("Must add up to"),
        "max_length": _("Most characters"),
        "points_low": _("Lowest point"),
        "points_high": _("Highest point"),
        "title": _("Title"),
        "intro": _("Introduction"),
        "thank_you": _("Thank-you page"),
        "privacy": _("Privacy notice"),
        "kind": _("Class"),
        "theme": _("Theme"),
        "languages": _("Languages"),
        "anonymous": _("Anonymous: no customer is stored with the answers"),
        "call_me": _("Offer “call me instead”"),
        "option": _("Option"),
        "row": _("Line"),
        "message": _("Message"),
    }


def number_labels(kind: QuestionType) -> Mapping[str, str]:
    """What the bounds of a type are called."""
    if kind is Q.DATE:
        return {"min": _("Earliest, in days from today"), "max": _("Latest, in days from today")}
    if kind in (Q.MULTIPLE, Q.MATRIX_MULTIPLE, Q.RANKING):
        return {"min": _("Choose at least"), "max": _("Choose at most")}
    if kind in (Q.FILE, Q.PHOTO):
        return {"min": _("At least so many files"), "max": _("At most so many files")}
    return {}


def displays() -> dict[str, str]:
    """How choices are drawn."""
    return {
        "auto": _("The usual way"),
        "numbers": _("Numbers"),
        "stars": _("Stars"),
        "faces": _("Faces"),
        "radio": _("List"),
        "dropdown": _("Drop-down"),
        "pictures": _("Pictures"),
    }


def condition_words() -> dict[str, str]:
    """Words that the fields of conditions are named with."""
    return {
        "yes": _("Yes"),
        "no": _("No"),
        "answers": _("Answers"),
        "context": _("Known beforehand"),
        "experiment": _("Experiment"),
        "other": _("own words"),
        "language": _("Language"),
        "event.channel": _("Channel of the event"),
        "event.product": _("Product of the event"),
        "event.stage": _("Stage of the journey"),
        "customer.segment": _("Customer segment"),
    }


def acts() -> dict[str, str]:
    """What steps of the history did."""
    return {
        "question": _("Question edited"),
        "page": _("Page edited"),
        "whole": _("Settings edited"),
        "add": _("Question added"),
        "bank": _("Taken from the bank"),
        "section": _("Section added"),
        "move": _("Moved"),
        "copy": _("Copied"),
        "remove": _("Deleted"),
        "pages": _("Pages changed"),
        "rename": _("Code changed"),
        "newer": _("Newer wording taken"),
        "import": _("Taken from a file"),
        "paste": _("Options pasted"),
    }


def endings() -> dict[str, str]:
    """What a closing page offers."""
    return {
        "none": _("Nothing more"),
        "call": _("We will call you"),
        "officer": _("Become an experience officer"),
        "refer": _("Recommend us to a friend"),
    }


def about() -> dict[str, str]:
    """What each list of the whole is for."""
    return {
        "endings": _("The first whose condition holds is shown at the end; else the thank-you page."),
        "quotas": _("When so many answers are there, further such people are thanked and let go."),
        "scores": _("An indicator worked out from several answers; blank ones are left out."),
        "blocks": _("Pages that follow one another, in another order for each person, or only some of them."),
        "experiments": _("Each link draws one arm and keeps it; conditions can show different questions to each."),
    }


def adders() -> dict[str, str]:
    """The buttons that add to them."""
    return {
        "endings": _("Add a closing page"),
        "quotas": _("Add a quota"),
        "scores": _("Add a score"),
        "blocks": _("Add a block"),
        "experiments": _("Add an experiment"),
    }


def remark(code: str, facts: Mapping[str, object]) -> str:
    """What makes a question hard to read, in words."""
    words = {
        "reading_long_characters": _("%(language)s: %(count)s characters; up to 40 are read at a glance on a phone."),
        "reading_long_words": _("%(language)s: %(count)s words; up to 25 are read at a glance on a phone."),
        "reading_sentences": _("%(language)s: %(count)s sentences; one or two are enough for a question."),
        "reading_options": _("%(count)s options in a list; a drop-down is shorter."),
        "reading_rows": _("%(count)s lines; people tire after eight."),
    }
    return str(words[code]) % facts
