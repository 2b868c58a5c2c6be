"""Words for what people's pages show: roles, kinds of unit, reasons. One place, so that a role has one name everywhere."""

from portal.foundation.i18n import _l
from portal.people.personal import Why
from portal.people.rules.roles import Role

ROLES = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.DESIGNER: _l("Designer"),
    Role.APPROVER: _l("Approver"),
    Role.ANALYST: _l("Analyst"),
    Role.OUTLET_MANAGER: _l("Outlet manager"),
    Role.CASE_HANDLER: _l("Case handler"),
    Role.COMPLAINT_CENTRE: _l("Complaint centre"),
    Role.APPEAL_JUDGE: _l("Appeal judge"),
    Role.OFFICER_MANAGER: _l("Officer manager"),
    Role.MODERATOR: _l("Moderator"),
    Role.COMPLIANCE_OFFICER: _l("Compliance officer"),
    Role.AUDITOR: _l("Auditor"),
    Role.EXECUTIVE: _l("Executive"),
    Role.API_CLIENT: _l("API client"),
}
GRANTS = {"hand": _l("given by hand"), "groups": _l("by a group of the directory"), "emergency": _l("taken in an emergency")}
VERDICTS = {"justified": _l("Justified"), "misused": _l("Misused")}
UNIT_KINDS = {
    "head": _l("Head office"),
    "department": _l("Department"),
    "centre": _l("Centre"),
    "branch": _l("Branch"),
    "sub_branch": _l("Sub-branch"),
    "outlet": _l("Outlet"),
}
WHYS = {
    Why.CASE: _l("To work on a case"),
    Why.COMPLAINT: _l("To work on a complaint"),
    Why.CUSTOMER_ASKED: _l("The customer asked for a call"),
    Why.CORRECTION: _l("To correct the data"),
    Why.FRAUD: _l("Suspicion of fraud"),
    Why.INSPECTION: _l("Inspection by audit or regulator"),
}
NEWS = {
    "new_place": _l("Logged in at a new place or with a new browser"),
    "password": _l("The password was changed"),
    "password_given": _l("An administrator gave a new password"),
    "factor_on": _l("A second factor was set up"),
    "factor_off": _l("The second factor was turned off"),
    "factor_taken": _l("An administrator took the second factor away"),
    "recovery": _l("A recovery code was used"),
    "code_again": _l("A code of your telephone came a second time and was refused"),
}
ATTRIBUTE_TYPES = {"text": _l("Text"), "number": _l("Number"), "date": _l("Date"), "flag": _l("Yes or no"), "choice": _l("Choice")}
SUBJECTS = {
    "questionnaire": _l("Questionnaire"),
    "message": _l("Message text"),
    "policy": _l("Contact policy"),
    "touchpoint": _l("Touchpoint"),
    "list": _l("Lists of customers"),
    "incentive": _l("Incentive"),
    "rule": _l("Alert rule"),
}
CLASSES = {"": _l("All classes"), "consumer_protection": _l("Consumer protection"), "internal": _l("Internal")}
CHANNELS = {
    "sms": _l("SMS"),
    "email": _l("E-mail"),
    "wechat": _l("WeChat"),
    "wecom": _l("WeCom"),
    "rcs": _l("5G message"),
    "voice": _l("Phone call"),
}
"""The ways to a customer as staff call them; a channel without a word here is shown by its code."""
ORIGINS = {
    "bank": _l("From the bank's data"),
    "stub": _l("Only known from an event"),
    "replay": _l("From a replay"),
    "sample": _l("Made-up sample"),
}
RELATIONS = {"parent": _l("a parent"), "other": _l("another guardian by law")}
OPT_OUT_SOURCES = {
    "page": _l("on the answer page"),
    "sms": _l("by text message"),
    "api": _l("told by the bank's systems"),
    "staff": _l("told to staff"),
    "erasure": _l("with the erasure"),
}
