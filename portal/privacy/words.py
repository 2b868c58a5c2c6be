"""Words of privacy's codes."""

from portal.foundation.i18n import _l

BASES_OF_PURPOSE = {
    "consent": _l("Consent"),
    "contract": _l("Needed for a contract"),
    "duty": _l("Duty by law"),
    "interest": _l("Public interest or news, within the law"),
}
NOTICE_STATES = {"draft": _l("Draft"), "submitted": _l("Waits for the second person"), "published": _l("Published")}
KINDS = {
    "access": _l("See what is kept"),
    "correction": _l("Correct data"),
    "deletion": _l("Delete data"),
    "copy": _l("Get a copy"),
}
STATES = {
    "received": _l("Request received"),
    "identified": _l("Identity checked"),
    "done": _l("Done"),
    "refused": _l("Refused"),
    "withdrawn": _l("Taken back"),
}
ORIGINS = {"page": _l("Customer's page"), "staff": _l("At the counter"), "hotline": _l("Hotline"), "letter": _l("Letter")}
CHECKS = {
    "link": _l("Came by a link that only this customer has"),
    "id_card": _l("Identity document at the counter"),
    "call_back": _l("Call back on the number the bank has"),
    "app": _l("Signed in to the bank's app"),
}
REFUSALS = {
    "not_identified": _l("The identity could not be established"),
    "not_customer": _l("The bank keeps nothing about this person here"),
    "held_by_law": _l("A law forbids it for now"),
    "repeated": _l("The same was asked and answered shortly before"),
    "not_entitled": _l("The person asking may not ask for somebody else"),
}
HOLD_REASONS = {
    "lawsuit": _l("Lawsuit or arbitration"),
    "inspection": _l("Inspection by an authority"),
    "investigation": _l("Internal investigation"),
}
HOLD_STATES = {
    "asked": _l("Waits for the second person"),
    "in_force": _l("In force"),
    "lifting": _l("Lifting waits for the second person"),
    "lifted": _l("Lifted"),
    "refused": _l("Refused"),
}
BASES = {
    "complaint_file": _l("Files of complaints must be kept"),
    "points_ledger": _l("Accounts of points with money's worth must be kept"),
    "audit_trail": _l("The audit trail must be kept; it holds no name and no address"),
}
"""Why a record is held."""
RISKS = {"low": _l("low"), "middle": _l("middle"), "high": _l("high")}
