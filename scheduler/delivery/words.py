"""The words of messages on a page."""

from portal.foundation.i18n import _l
from scheduler.delivery.models import Message

TEMPLATES = {
    "invite": _l("Invitation"),
    "reminder": _l("Reminder"),
    "rerate": _l("Re-rating"),
    "notice_received": _l("Notice: taken up"),
    "notice_progress": _l("Notice: in progress"),
    "notice_decided": _l("Notice: decided"),
    "notice_extended": _l("Notice: time limit extended"),
    "notice_points": _l("Notice: points"),
    "notice_referral": _l("Notice: referral code"),
    "notice_officer": _l("Notice: for an experience officer"),
    "notice_officer_join": _l("Notice: how to become an experience officer"),
    "notice_improvement": _l("Notice: news of what somebody told us"),
    "notice_case_opened": _l("Notice: case opened"),
    "notice_case_solved": _l("Notice: case worked on"),
    "notice_case_closed": _l("Notice: case closed"),
    "notice_incident_closed": _l("Notice: incident put right"),
    "notice_help": _l("Notice: how to reply"),
    "notice_code": _l("Notice: one-time code"),
    "staff_opened": _l("Staff: new case"),
    "staff_assigned": _l("Staff: case assigned"),
    "staff_mentioned": _l("Staff: named in a note"),
    "staff_clock": _l("Staff: time limit of a case"),
    "staff_escalated": _l("Staff: case escalated"),
    "staff_approval": _l("Staff: approval waits"),
    "staff_several": _l("Staff: several notices"),
    "staff_digest": _l("Staff: daily digest"),
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
USES = {"asking": _l("Invitations and reminders"), "notice": _l("Notices to customers")}
RECEIPTS = {
    "delivered": _l("Delivered"),
    "undelivered": _l("Not delivered"),
    "bounced": _l("The address does not exist"),
    "blocked": _l("Blocked"),
}
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
    "not_a_phone": _l("This is not a telephone number"),
    "blocked": _l("The customer or the network blocks our messages"),
    "not_capable": _l("The telephone can't show cards"),
    "not_following": _l("The customer does not follow the account"),
    "no_template": _l("No template of WeChat's is set for this message"),
    "value_missing": _l("A placeholder has no value"),
    "folder_not_writable": _l("The outbox folder can't be written to"),
}


def shown_state(message: Message) -> str:
    """The state as staff think of it: refused by the provider, or withdrawn on purpose."""
    if message.state == "refused":
        return "withdrawn" if message.reason and message.reason.isupper() else "dead"
    return message.state
