"""The words of touchpoints on a page."""

from portal.foundation.conditions import Op
from portal.foundation.i18n import _l

CLASSES = {
    "normal": _l("Normal"),
    "high": _l("Important moment"),
    "service": _l("Service (re-rating of a case)"),
    "panel": _l("Experience officers"),
    "staff": _l("Staff survey"),
}
CHANNELS = {
    "sms": _l("SMS"),
    "rcs": _l("RCS"),
    "email": _l("E-mail"),
    "wechat": _l("WeChat"),
    "wecom": _l("WeCom"),
    "app": _l("App"),
    "file": _l("Outbox folder"),
}
IN_CHARGE = {
    "event_unit": _l("The unit where it happened"),
    "account_unit": _l("The unit that keeps the account"),
    "department": _l("A department"),
}
TYPES = {"text": _l("Text"), "number": _l("Number"), "flag": _l("Yes or no"), "date": _l("Date")}
VERSION_STATES = {
    "draft": (_l("Draft"), "", "edit"), "submitted": (_l("Submitted"), "info", "clock"), "approved": (_l("In force"), "good", "check"),
    "past": (_l("Earlier"), "", "minus"),
}  # fmt: skip
TYPE_STATES = {
    "proposed": (_l("Not approved yet"), "warn", "clock"),
    "live": (_l("In force"), "good", "check"),
    "retired": (_l("Retired"), "", "minus"),
}
MISFITS = {
    "attribute_missing": _l("missing"),
    "attribute_type": _l("of the wrong type"),
    "attribute_value": _l("not one of the allowed values"),
}
COOLDOWNS = {
    "any.sent": _l("after any invitation"), "same.sent": _l("after an invitation here"), "same.answered": _l("after an answer here"),
    "group.sent": _l("after an invitation of the same group"), "any.declined": _l("after “not this time”"),
}  # fmt: skip
OPS = {
    Op.EQ: _l("is"),
    Op.NE: _l("is not"),
    Op.GE: _l("is at least"),
    Op.LE: _l("is at most"),
    Op.GT: _l("is more than"),
    Op.LT: _l("is less than"),
    Op.IN: _l("is one of"),
    Op.CONTAINS: _l("contains"),
    Op.STARTS: _l("starts with"),
    Op.PRESENT: _l("is given"),
    Op.ABSENT: _l("is not given"),
}
EVENT_FIELDS = {"channel": _l("Channel of the event"), "unit": _l("Unit code"), "staff": _l("Staff code")}
