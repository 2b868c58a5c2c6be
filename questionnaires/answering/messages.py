"""What the page says when an answer can't be taken: by the validator's code, in the reader's language."""

from portal.foundation.i18n import _, _l
from questionnaires.answering.uploads_words import UPLOAD_MESSAGES
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
    "off_step": _l("Please write a number in steps of %(step)s, from %(min)s on."),
    "consent_required": _l("Please tick this to go on."),
    "rows_missing": _l("Please answer every line."),
    "too_few_ranked": _l("Please rank at least %(min)s."),
    "too_many_ranked": _l("Please rank at most %(max)s."),
    "rank_twice": _l("Please give each rank once only."),
    "sum_wrong": _l("Together this must make %(total)s; it makes %(sum)s now."),
    "not_an_email": _l("Please check the e-mail address; it looks like name@example.com."),
    "not_a_phone": _l("Please check the phone number."),
    "not_a_date": _l("Please write a date, for example 2026-06-01."),
    "date_too_early": _l("Please choose a date from %(min)s on."),
    "date_too_late": _l("Please choose a date up to %(max)s."),
    "not_a_time": _l("Please write a time, for example 14:30."),
    "too_few_files": _l("Please add at least %(min)s."),
    "too_many_files": _l("Please add at most %(max)s."),
    "upload_unknown": _l("Please choose the file again."),
    "rule_broken": _l("Please check this answer; it does not fit the others."),
    **UPLOAD_MESSAGES,
}
UNKNOWN = _l("Please check this answer.")


def message(problem: Problem) -> str:
    """The sentence beside a question."""
    words = MESSAGES.get(problem.code, UNKNOWN)
    return str(_(words._args[0], **problem.facts))
