"""What the page says when an answer can't be taken: by the validator's code, in the reader's language."""

from portal.foundation.i18n import _, _l
from questionnaires.logic.validate import Problem

MESSAGES = {
    "answer_required": _l("Please answer this question."),
    "one_choice_only": _l("Please choose one answer only."),
    "choice_unknown": _l("Please choose one of the answers shown."),
    "choice_exclusive": _l("This answer can't be combined with others. Please choose either it or the others."),
    "too_few_choices": _l("Please choose at least %(min)s."),
    "too_many_choices": _l("Please choose at most %(max)s."),
    "text_too_long": _l("Please shorten this to %(max)s characters; it has %(length)s now. Nothing you wrote is lost."),
    "not_a_number": _l("Please write a number, in digits."),
    "too_many_decimals": _l("Please write the number with at most %(decimals)s decimals."),
    "number_too_low": _l("Please write a number of at least %(min)s."),
    "number_too_high": _l("Please write a number of at most %(max)s."),
}
UNKNOWN = _l("Please check this answer.")


def message(problem: Problem) -> str:
    """The sentence beside a question."""
    words = MESSAGES.get(problem.code, UNKNOWN)
    return str(_(words._args[0], **problem.facts))
