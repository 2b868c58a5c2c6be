"""The words of the club."""

from portal.foundation.i18n import _l

WAYS = {"online": _l("Online"), "branch": _l("At a branch")}
ACTIVITY_STATES = {"draft": _l("Draft"), "published": _l("Open for signing up"), "cancelled": _l("Called off"), "settled": _l("Over")}
ACTIVITY_TONES = {"draft": "", "published": "good", "cancelled": "bad", "settled": ""}
PLACE_STATES = {
    "enrolled": _l("Signed up"),
    "waiting": _l("On the waiting list"),
    "checked_in": _l("Checked in"),
    "awarded": _l("Points awarded"),
    "no_show": _l("Did not come"),
    "cancelled": _l("Given up"),
}
PLACE_TONES = {"enrolled": "good", "waiting": "warn", "checked_in": "good", "awarded": "good", "no_show": "bad", "cancelled": ""}
ONLY_KINDS = {"": _l("Everybody"), "staff": _l("Staff officers"), "customer": _l("Customer officers")}
CODE_KINDS = {"rotating": _l("A new code every minute"), "fixed": _l("One code for the whole activity")}
POST_STATES = {"waiting": _l("Waits for a moderator"), "shown": _l("Shown"), "hidden": _l("Hidden")}
POST_TONES = {"waiting": "warn", "shown": "good", "hidden": "bad"}
HELD_FOR = {
    "": "",
    "first": _l("First post"),
    "word": _l("Listed word"),
    "banned_word": _l("Listed word"),
    "report": _l("Reported three times"),
}
ARTICLE_KINDS = {"news": _l("News"), "article": _l("Article"), "practice": _l("Best practice")}
ARTICLE_STATES = {"draft": _l("Draft"), "published": _l("Published"), "retired": _l("Withdrawn")}
ARTICLE_TONES = {"draft": "", "published": "good", "retired": ""}
MEASURES = {
    "submissions": _l("Submissions approved"),
    "ideas": _l("Ideas adopted"),
    "activities": _l("Activities attended"),
    "streak": _l("Days in a row"),
    "growth": _l("Growth value of 365 days"),
    "articles": _l("Articles confirmed"),
    "verified": _l("Findings that were verified as fixed"),
}
TASK_KINDS = {
    "visit": _l("Branch visit"),
    "usability": _l("Usability test"),
    "competitor": _l("Competitor comparison"),
    "journey": _l("Journey walk"),
    "interview": _l("Interview"),
    "survey": _l("Survey"),
    "crowd": _l("Crowd test"),
}
MOVES = {
    "award": _l("Awarded, first part"),
    "second": _l("Awarded, second part"),
    "correction": _l("Corrections"),
    "redeem": _l("Redeemed"),
    "refund": _l("Refunded"),
    "expiry": _l("Expired points"),
    "claw_back": _l("Clawed back"),
    "settle": _l("Set off against what was owed"),
}
