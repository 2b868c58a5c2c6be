"""The words of ideas, campaigns and awards."""

from collections.abc import Mapping
from typing import Any

from officers.ideas.rules.states import Step
from officers.people import notices
from portal.foundation.i18n import _, _l
from scheduler.cases.words import notice_word

STATES = {
    "submitted": _l("Sent in"),
    "screened": _l("Open for votes"),
    "review": _l("Under review"),
    "adopted": _l("Adopted"),
    "piloting": _l("Piloting"),
    "in_progress": _l("Being put to work"),
    "implemented": _l("Implemented"),
    "declined": _l("Declined"),
    "merged": _l("Merged"),
}
TONES = {
    "submitted": "info", "screened": "info", "review": "info", "adopted": "good", "piloting": "warn", "in_progress": "warn",
    "implemented": "good", "declined": "", "merged": "",
}  # fmt: skip
GRADES = {
    "A": _l("A · for the whole bank"),
    "B": _l("B · for several units or products"),
    "C": _l("C · for one unit or product"),
    "D": _l("D · a small improvement"),
}
KINDS = {
    "call": _l("Call for ideas"),
    "gripe": _l("Gripe campaign"),
    "expectation": _l("Expectation survey"),
    "contest": _l("Contest"),
}
CAMPAIGN_STATES = {"draft": _l("Draft"), "running": _l("Running"), "ended": _l("Ended"), "published": _l("Result published")}
CAMPAIGN_TONES = {"draft": "", "running": "info", "ended": "warn", "published": "good"}
AWARD_KINDS = {"team": _l("Team"), "staff": _l("Member of staff")}
AWARD_STATES = {
    "nominated": _l("Nominated"), "confirmed": _l("Confirmed by one person"), "given": _l("Awarded"), "declined": _l("Declined"),
}  # fmt: skip
AWARD_TONES = {"nominated": "info", "confirmed": "warn", "given": "good", "declined": ""}
AUTHORS = {"staff": _l("A colleague"), "customer": _l("A customer"), "guest": _l("A guest")}
SORTS = {"new": _l("Newest"), "top": _l("Most votes")}


def step_button(step: Step) -> str:
    """What the button of a step says."""
    words: dict[Step, str] = {
        Step.SCREEN: _("Open for votes"),
        Step.REVIEW: _("Begin the review"),
        Step.ADOPT: _("Adopt"),
        Step.PILOT: _("Begin a pilot"),
        Step.START: _("Put it to work"),
        Step.IMPLEMENT: _("Mark as implemented"),
        Step.DECLINE: _("Decline"),
        Step.MERGE: _("Merge into another"),
        Step.REOPEN: _("Take it up again"),
    }
    return words[step]


def act_title(act: str) -> str:
    """A line of the timeline."""
    words = {
        "submitted": _("Sent in"),
        "screen": _("Opened for votes"),
        "review": _("Review begun"),
        "adopt": _("Adopted"),
        "pilot": _("Pilot begun"),
        "start": _("Put to work"),
        "implement": _("Implemented"),
        "decline": _("Declined"),
        "merge": _("Merged into another idea"),
        "took_in": _("Another idea was merged into this one"),
        "reopen": _("Taken up again"),
        "paid": _("Experience points awarded"),
        "tied": _("Tied to an issue"),
        "prize": _("Won a prize"),
    }
    return str(words.get(act, _("Note")))


def issue_text(step: str) -> str:
    """What an issue's step means to those who brought it."""
    words = {
        "tied": _("What you sent in is looked into"),
        "analyse": _("The cause was found"),
        "plan": _("There is a plan"),
        "fix": _("It was put right"),
        "verify": _("Verified: the figure itself is better"),
        "reopen": _("It is worked on again"),
        "decline": _("It will not be changed"),
    }
    return str(words.get(step, _("News of an issue")))


def _issue_notice(facts: Mapping[str, Any]) -> str:
    return f"{issue_text(str(facts.get('step', '')))} · {facts.get('title', '')}".rstrip(" ·")


def _idea_notice(facts: Mapping[str, Any]) -> str:
    return f"{_('Idea')}: {act_title(str(facts.get('step', '')))} · {facts.get('title', '')}".rstrip(" ·")


notice_word("issue_step", _issue_notice)
notice_word("idea_step", _idea_notice)
notice_word("award_given", lambda _facts: str(_("You were given an award")))

_ABOUT = _l("Issue %(number)s: %(title)s")
notices.word("issue_tied", _l("What you sent in is looked into"), _ABOUT)
notices.word("issue_analyse", _l("The cause was found"), _ABOUT)
notices.word("issue_plan", _l("There is a plan"), _ABOUT)
notices.word("issue_fix", _l("It was put right"), _ABOUT)
notices.word(
    "issue_verify", _l("Verified: the figure itself is better"), _l("Issue %(number)s: %(title)s. Thank you: you helped to find it.")
)
notices.word("issue_reopen", _l("It is worked on again"), _ABOUT)
notices.word("issue_decline", _l("It will not be changed"), _l("Issue %(number)s: %(title)s. The reason stands with the issue."))

_IDEA = _l("Idea %(number)s: %(title)s")
notices.word("idea_screen", _l("Your idea is open for votes"), _IDEA)
notices.word("idea_review", _l("Your idea is under review"), _IDEA)
notices.word("idea_adopt", _l("An idea was adopted with grade %(grade)s"), _IDEA)
notices.word("idea_pilot", _l("Your idea is being piloted"), _IDEA)
notices.word("idea_start", _l("Your idea is put to work"), _IDEA)
notices.word("idea_implement", _l("An idea was implemented"), _IDEA)
notices.word("idea_decline", _l("An idea was declined"), _l("Idea %(number)s: %(title)s. The reason stands with the idea."))
notices.word("idea_merge", _l("Your idea was merged into another"), _l("Idea %(number)s: %(title)s. Its votes went along."))
notices.word("idea_reopen", _l("Your idea was taken up again"), _IDEA)
notices.word("idea_prize", _l("Your idea won a prize"), _IDEA)
