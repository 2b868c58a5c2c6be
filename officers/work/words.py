"""The words of the officers' work: kinds, states with their tones, grades."""

from portal.foundation.i18n import _l

KINDS = {
    "visit": _l("Branch visit"),
    "usability": _l("Usability test"),
    "competitor": _l("Competitor comparison"),
    "journey": _l("Journey walk"),
    "interview": _l("Interview"),
    "survey": _l("Survey"),
    "crowd": _l("Crowd test"),
}
KIND_HINTS = {
    "visit": _l("An officer goes to a unit and sees for themselves; claims hold two hours."),
    "usability": _l("A script, step by step, with what happened at each."),
    "competitor": _l("Our bank and others by dimension, scored 1 to 5."),
    "journey": _l("One customer journey from its beginning to its end."),
    "interview": _l("A conversation along questions."),
    "survey": _l("A questionnaire alone."),
    "crowd": _l("Many officers try something new at once."),
}
TASK_STATES = {
    "draft": (_l("draft"), ""),
    "in_approval": (_l("in approval"), "warn"),
    "published": (_l("published"), "good"),
    "paused": (_l("paused"), "warn"),
    "closed": (_l("closed"), ""),
    "settled": (_l("settled"), ""),
    "cancelled": (_l("cancelled"), "bad"),
}
TASK_STEPS = {
    "ask": _l("Ask for approval"),
    "approve": _l("Approve and publish"),
    "return": _l("Return to the author"),
    "pause": _l("Pause"),
    "resume": _l("Publish again"),
    "close": _l("Close"),
    "settle": _l("Settle"),
    "cancel": _l("Cancel the task"),
}
STATES = {
    "draft": (_l("being written"), "info"),
    "submitted": (_l("handed in, not looked at yet"), "info"),
    "in_review": (_l("in review"), "info"),
    "need_info": (_l("need info"), "bad"),
    "approved": (_l("approved"), "good"),
    "rejected": (_l("rejected"), "bad"),
    "duplicate": (_l("duplicate"), ""),
    "appealed": (_l("appealed"), "warn"),
    "upheld": (_l("decision stands"), "bad"),
    "overturned": (_l("approved on appeal"), "good"),
    "revoked": (_l("revoked"), "bad"),
}
REASONS_FOR = {"reject": _l("Refusing"), "need_info": _l("Asking for more")}
RAISES = {"waiting": (_l("Waits for a second person"), "warn"), "approved": (_l("Approved"), "good"), "declined": (_l("Declined"), "bad")}
CLAIM_ENDS = {"released": _l("given back"), "expired": _l("time is over")}
CLASSES = {"nuisance": _l("Nuisance"), "pain_point": _l("Pain point"), "blind_spot": _l("Blind spot")}
QUALITIES = {
    4: _l("4 · excellent: complete, proven, with a proposal"),
    3: _l("3 · good: clear and proven"),
    2: _l("2 · usable: clear, thin evidence"),
    1: _l("1 · weak: just enough"),
}
SEVERITIES = {
    1: _l("1 · keeps customers from what they came for"),
    2: _l("2 · costs them much time or trust"),
    3: _l("3 · annoys them"),
    4: _l("4 · a matter of taste, or all is well"),
}
VERDICTS = {
    "approve": _l("Approve"),
    "reject": _l("Reject"),
    "duplicate": _l("Duplicate"),
    "need_info": _l("Ask for more"),
}
ROUNDS = {"first": _l("Review"), "second": _l("Second review"), "appeal": _l("Review appeal")}
TIMINGS = {
    "time_fits": (_l("taken after the claim"), "good"),
    "time_unknown": (_l("no time in the photo"), ""),
    "time_before_claim": (_l("taken before the claim"), "warn"),
    "time_after_sending": (_l("taken after it was sent"), "warn"),
}
LIKENESSES = {
    "same_file": (_l("the same file was sent before"), "bad"),
    "very_alike": (_l("very like another photo"), "bad"),
    "alike": (_l("like another photo"), "warn"),
}
STANDINGS = {
    "ahead": (_l("we are ahead"), "good"),
    "behind": (_l("we are behind"), "bad"),
    "level": (_l("level"), ""),
    "unknown": (_l("too few scores"), ""),
}
