"""The words of messages on a page."""

from portal.foundation.i18n import _l
from scheduler.delivery.models import Message

TEMPLATES = {"invite": _l("Invitation"), "reminder": _l("Reminder"), "rerate": _l("Re-rating")} | {
    "notice_received": _l("Notice: taken up"),
    "notice_progress": _l("Notice: in progress"),
    "notice_decided": _l("Notice: decided"),
    "notice_points": _l("Notice: points"),
}
CHANNELS = {"sms": _l("SMS"), "email": _l("E-mail"), "file": _l("Outbox folder")}
SETTINGS = {"sms": "SOUNDINGS_SMS_GATEWAY_URL", "email": "SOUNDINGS_SMTP_HOST", "file": ""}
STATES = {
    "waiting": _l("Waiting"),
    "sending": _l("Sending"),
    "accepted": _l("Accepted"),
    "dead": _l("To be sent again"),
    "withdrawn": _l("Withdrawn"),
    "unknown": _l("Outcome unknown"),
}
REASONS = {
    "no_address": _l("The customer has no address for this channel"),
    "nobody_there": _l("The customer or the invitation is gone"),
    "no_wording": _l("There are no words for this message"),
    "address_unreadable": _l("The address can't be decrypted with any live key"),
    "address_refused": _l("The provider refused the address"),
    "message_refused": _l("The provider refused the message"),
    "not_authorised": _l("The provider does not accept our log-in"),
    "try_later": _l("The provider asked us to try later"),
    "unreachable": _l("The provider could not be reached"),
    "no_answer": _l("The provider gave no answer"),
    "folder_not_writable": _l("The outbox folder can't be written to"),
}


def shown_state(message: Message) -> str:
    """The state as staff think of it: refused by the provider, or withdrawn on purpose."""
    if message.state == "refused":
        return "withdrawn" if message.reason and message.reason.isupper() else "dead"
    return message.state
