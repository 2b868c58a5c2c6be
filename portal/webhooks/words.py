"""The words of webhooks on a page."""

from portal.foundation.i18n import _l

EVENTS = {
    "response.submitted": _l("An answer was submitted"),
    "case.opened": _l("A case was opened"),
    "case.closed": _l("A case was closed"),
    "contact.declined": _l("A customer declined an invitation"),
    "issue.verified": _l("An issue was verified as fixed"),
    "test": _l("Test"),
}
STATES = {"waiting": _l("Waiting"), "sending": _l("Sending"), "delivered": _l("Delivered"), "dead": _l("To be sent again")}
TONES = {"waiting": ("info", "clock"), "sending": ("info", "send"), "delivered": ("good", "check"), "dead": ("bad", "alert")}
REASONS = {
    "refused": _l("The program answered with an error"),
    "unreachable": _l("The program could not be reached"),
    "no_answer": _l("The program gave no answer"),
    "private_address": _l("The address lies in a private network"),
    "host_not_chosen": _l("The operators of this installation have not chosen this host (SOUNDINGS_WEBHOOK_HOSTS)."),
    "https_needed": _l("The address must begin with https://"),
    "unknown_host": _l("There is no such host"),
    "not_an_address": _l("This is not a web address"),
    "secret_unreadable": _l("The secret can't be decrypted with any live key"),
    "switched_off": _l("The endpoint was switched off"),
}
