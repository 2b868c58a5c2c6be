"""The words of the register."""

from portal.foundation.i18n import _, _l
from scheduler.cases.entries import title_of
from scheduler.cases.words import root_causes
from scheduler.improvement.rules.states import Step

KINDS = {"nuisance": _l("Nuisance"), "pain_point": _l("Pain point"), "blind_spot": _l("Blind spot")}
KIND_HINTS = {
    "nuisance": _l("Small, but many meet it."),
    "pain_point": _l("It hurts: customers complain or leave."),
    "blind_spot": _l("Nobody had looked there."),
}
TURNED = {"highlight": _l("Highlight"), "delight": _l("Delight"), "opportunity": _l("Opportunity")}
STATES = {
    "found": _l("Found"),
    "analysed": _l("Analysed"),
    "planned": _l("Planned"),
    "fixed": _l("Fixed"),
    "verified": _l("Verified"),
    "reopened": _l("Reopened"),
    "wont_fix": _l("Won't fix"),
}
TONES = {"found": "info", "analysed": "info", "planned": "info", "fixed": "warn", "verified": "good", "reopened": "bad", "wont_fix": ""}
SEVERITIES = {1: _l("1 · very grave"), 2: _l("2 · grave"), 3: _l("3 · middling"), 4: _l("4 · small")}
INDICATORS = {"nps": _l("NPS"), "csat": _l("CSAT"), "ces": _l("CES")}
LINKS = {
    "case": _l("Case"),
    "response": _l("Answer"),
    "complaint": _l("Complaint"),
    "idea": _l("Idea"),
    "submission": _l("Submission"),
    "feedback": _l("Feedback"),
    "issue": _l("Issue"),
}


def step_button(step: Step) -> str:
    """What the button of a step says."""
    words: dict[Step, str] = {
        Step.ANALYSE: _("Write down the analysis"),
        Step.PLAN: _("Set the plan"),
        Step.FIX: _("Mark as fixed"),
        Step.VERIFY: _("Verify by the figure"),
        Step.REOPEN: _("Reopen"),
        Step.DECLINE: _("Won't fix"),
    }
    return words[step]


def act_title(act: str) -> str:
    """A line of the timeline."""
    words = {
        "found": _("Found"),
        "analyse": _("Analysed"),
        "plan": _("Planned"),
        "fix": _("Fixed"),
        "verify": _("Verified by the figure"),
        "reopen": _("Reopened"),
        "decline": _("Won't fix"),
        "tied": _("Tied to something it was seen in"),
        "changed": _("Changed"),
        "action_done": _("Done: a step of the plan"),
        "decided": _("Decided in a meeting"),
    }
    return str(words.get(act, _("Note")))


def causes() -> list[tuple[str, str]]:
    """The choice of root causes, the same as for cases."""
    return root_causes()


def told_customer(step: str) -> str:
    """What a step of an issue means to a customer whose case it was seen in."""
    words = {
        "analyse": _("The cause of what you told us was found."),
        "plan": _("There is a plan to remove the cause."),
        "fix": _("The cause was put right; now the figures must prove it."),
        "reopen": _("The cause is being worked on again."),
        "decline": _("The cause will not be changed for now."),
    }
    return str(words.get(step, ""))


title_of(
    "issue_tied",
    lambda told: str(_("Issue %(number)s looks into the cause", number=told.get("issue", ""))),
    customer=lambda _told: str(_("We look for the cause of what you told us.")),
)
title_of(
    "issue_moved",
    lambda told: f"{_('Issue')} {told.get('issue', '')}: {act_title(str(told.get('step', '')))}",
    customer=lambda told: told_customer(str(told.get("step", ""))),
)
title_of(
    "issue_verified",
    lambda told: str(_("The cause is gone: issue %(number)s is verified", number=told.get("issue", ""))),
    tone="good",
    customer=lambda _told: str(_("The cause of what you told us has been removed. Thank you.")),
)
