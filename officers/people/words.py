"""The words of this room's codes."""

from officers.people.rules.states import Act
from officers.people.rules.tiers import Gate
from portal.foundation.i18n import _l

KINDS = {"staff": _l("Staff officer"), "customer": _l("Customer officer")}
STATES = {
    "applied": _l("Applied"), "approved": _l("Admitted"), "training": _l("In training"), "active": _l("Serving"), "paused": _l("On leave"),
    "suspended": _l("Suspended"), "retired": _l("Left"), "rejected": _l("Not taken on"),
}  # fmt: skip
TONES = {"applied": "warn", "approved": "info", "training": "info", "active": "good", "suspended": "bad"}
ACTS = {
    Act.APPLY: _l("Apply again"), Act.APPROVE: _l("Take on"), Act.REJECT: _l("Turn down"), Act.TRAIN: _l("Begin the training"),
    Act.ACTIVATE: _l("Begin"), Act.PAUSE: _l("Take leave"), Act.RESUME: _l("Come back"), Act.SUSPEND: _l("Suspend"),
    Act.REINSTATE: _l("Reinstate"), Act.RETIRE: _l("End the membership"),
}  # fmt: skip
STEPS = {
    "apply": _l("Applied"), "approve": _l("Admitted"), "reject": _l("Turned down"), "train": _l("Began the training"),
    "activate": _l("Passed the training"), "pause": _l("Took leave"), "resume": _l("Returned from leave"), "suspend": _l("Suspended"),
    "reinstate": _l("Reinstated"), "retire": _l("Left"), "tier_up": _l("Moved up a tier"), "tier_down": _l("Moved down a tier"),
    "erase": _l("Erased"),
}  # fmt: skip
GATES = {
    Gate.APPROVED: _l("Too few of the last submissions were approved"),
    Gate.FRAUD: _l("Fraud was found within the time that counts"),
    Gate.TRAINING: _l("The training is not passed yet"),
}
ORIGINS = {
    "self": _l("By themselves"),
    "campaign": _l("Recruitment campaign"),
    "promoter": _l("After a high score"),
    "sample": _l("Sample"),
}
GROWTH = {
    "submission": _l("Experience report"), "idea": _l("Idea"), "activity": _l("Activity"), "training": _l("Training"),
    "contest": _l("Contest"),
}  # fmt: skip
"""What growth was for, by the first word of its source."""
DEVICES = {"ios": _l("iPhone"), "android": _l("Android"), "harmony": _l("HarmonyOS"), "other": _l("Other device")}
AGE_BANDS = {"18-29": _l("18 to 29"), "30-44": _l("30 to 44"), "45-59": _l("45 to 59"), "60+": _l("60 and over")}
CHANNELS = {"": _l("Only here in the zone"), "sms": _l("SMS"), "wechat": _l("WeChat"), "email": _l("E-mail")}
AUDIENCES = {"both": _l("Staff and customers"), "staff": _l("Staff"), "customer": _l("Customers")}
CAMPAIGN_STATES = {"draft": _l("Draft"), "running": _l("Running"), "ended": _l("Ended")}
CAMPAIGN_TONES = {"running": "good"}
VERSION_STATES = {"draft": _l("Draft"), "submitted": _l("Submitted"), "active": _l("In force"), "retired": _l("Retired")}
VERSION_TONES = {"submitted": "warn", "active": "good"}
HOURS = {"asked": _l("Waits for an answer"), "allowed": _l("Allowed"), "refused": _l("Declined by the manager")}
HOURS_TONES = {"asked": "warn", "allowed": "good", "refused": "bad"}
FUNNEL = {"seen": _l("Seen"), "applied": _l("Applied"), "approved": _l("Admitted"), "trained": _l("Trained"), "active": _l("Serving")}
KEPT = {
    "NO_CHANNEL": _l("no channel reaches them"), "OPTED_OUT": _l("opted out"), "NO_CONSENT": _l("no consent"),
    "EXCLUDED": _l("on a never-contact list"), "INACTIVE": _l("the channel is off"), "LEFT": _l("left the programme"),
}  # fmt: skip
