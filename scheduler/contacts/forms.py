"""The form of a contact policy; blank or 0 means that the rule is off."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import FloatField, IntegerField, StringField
from wtforms.validators import Length, NumberRange, Optional, Regexp

from portal.foundation.i18n import _l
from scheduler.contacts.rules.policy import ContactPolicy

DAYS = [Optional(), NumberRange(0, 3_650, _l("out_of_range"))]
COUNT = [Optional(), NumberRange(0, 10_000, _l("out_of_range"))]
PERCENT = [Optional(), NumberRange(0, 100, _l("out_of_range"))]
CLOCK = [Optional(), Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", message=_l("not_a_time"))]
COOLDOWNS = {
    "any_sent": ("any", "sent"), "any_answered": ("any", "answered"), "any_declined": ("any", "declined"), "same_sent": ("same", "sent"),
    "same_answered": ("same", "answered"), "group_sent": ("group", "sent"),
}  # fmt: skip
CAPS = {
    "cap_24h": ("invite", "any", "24h"), "cap_90d": ("invite", "any", "90d"), "cap_365d": ("invite", "any", "365d"),
    "cap_sms_7d": ("invite", "sms", "7d"), "cap_messages_90d": ("message", "any", "90d"),
}  # fmt: skip


class PolicyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The limits that most banks set. What it has no field for stays as it was."""

    any_sent = FloatField(_l("Days after any invitation"), DAYS)
    any_sent_high = FloatField(_l("The same for rare, important moments"), DAYS)
    any_answered = FloatField(_l("Days after any answer"), DAYS)
    any_declined = FloatField(_l("Days after “not this time”"), DAYS)
    same_sent = FloatField(_l("Days after an invitation for the same touchpoint"), DAYS)
    same_answered = FloatField(_l("Days after an answer for the same touchpoint"), DAYS)
    group_sent = FloatField(_l("Days after an invitation of the same group"), DAYS)
    backoff = StringField(
        _l("Days after 1, 2, 3 … unanswered in a row"), [Length(max=60), Regexp(r"^[\d\s,→.]*$", message=_l("not_a_number"))]
    )
    cap_24h = IntegerField(_l("Invitations in 24 hours"), COUNT)
    cap_90d = IntegerField(_l("Invitations in 90 days"), COUNT)
    cap_365d = IntegerField(_l("Invitations in 365 days"), COUNT)
    cap_sms_7d = IntegerField(_l("Invitations by SMS in 7 days"), COUNT)
    cap_messages_90d = IntegerField(_l("Messages of all kinds in 90 days"), COUNT)
    pending = FloatField(_l("Days an invitation stays open"), DAYS)
    holdout = FloatField(_l("Holdout group, percent"), PERCENT)
    sampling = FloatField(_l("Sampling rate, percent"), PERCENT)
    tenure_days = IntegerField(_l("Customer for at least so many days"), COUNT)
    min_age = IntegerField(_l("Youngest age"), [Optional(), NumberRange(0, 120, _l("out_of_range"))])
    quiet_start = StringField(_l("Quiet hours from"), CLOCK)
    quiet_end = StringField(_l("Quiet hours until"), CLOCK)
    arbitration = FloatField(_l("Minutes within which occasions compete"), [Optional(), NumberRange(0, 10_080, _l("out_of_range"))])

    def validate(self, extra_validators: Any = None) -> bool:
        """Both ends of the quiet hours or none."""
        fine = bool(super().validate(extra_validators))
        if bool(self.quiet_start.data) != bool(self.quiet_end.data):
            self.quiet_end.errors = [*self.quiet_end.errors, _l("missing")]
            return False
        return fine


def shown(policy: ContactPolicy) -> dict[str, Any]:
    """The policy as the form shows it."""
    caps: dict[tuple[str, str, str], int] = {(cap.scope, cap.channel, cap.window): cap.n for cap in policy.caps if cap.kind is None}
    quiet = policy.quiet_hours
    return {
        **{name: policy.cooldown_days(*place).days or None for name, place in COOLDOWNS.items()},
        **{name: caps.get(place) for name, place in CAPS.items()},
        "any_sent_high": policy.cooldown_days("any", "sent").high_days or None,
        "backoff": ", ".join(f"{days:g}" for days in policy.backoff.days) if policy.backoff else "",
        "pending": policy.pending.days if policy.pending else None,
        "holdout": policy.holdout.share * 100 if policy.holdout else None,
        "sampling": policy.sampling.rate * 100 if policy.sampling else None,
        "tenure_days": policy.eligible.tenure_days if policy.eligible else None,
        "min_age": policy.eligible.min_age if policy.eligible else None,
        "quiet_start": f"{quiet.start:%H:%M}" if quiet else "",
        "quiet_end": f"{quiet.end:%H:%M}" if quiet else "",
        "arbitration": policy.arbitration.minutes if policy.arbitration else None,
    }


def merged(form: PolicyForm, base: ContactPolicy) -> ContactPolicy:
    """The form's limits over a policy that may say more.

    Raises  ValueError where the whole makes no sense
    """
    raw = base.model_dump(mode="json", exclude_none=True, exclude={"salt"})
    for name, (who, what) in COOLDOWNS.items():
        cell = raw.setdefault("cooldown", {}).setdefault(who, {}).setdefault(what, {})
        cell["days"] = form[name].data or 0
    raw["cooldown"]["any"]["sent"]["high_days"] = form.any_sent_high.data or 0
    ours = set(CAPS.values())
    others = [cap for cap in raw.get("caps", []) if cap.get("kind") or (cap["scope"], cap["channel"], cap["window"]) not in ours]
    own = [{"scope": s, "channel": c, "window": w, "n": form[name].data} for name, (s, c, w) in CAPS.items() if form[name].data]
    raw["caps"] = [*own, *others]
    raw["backoff"] = {"days": [float(days) for days in form.backoff.data.replace("→", ",").replace(",", " ").split()]}
    raw["pending"] = {"days": form.pending.data or 0}
    raw["holdout"] = {"share": (form.holdout.data or 0) / 100}
    raw["sampling"] = {"rate": (form.sampling.data or 0) / 100}
    raw["eligible"] = {**raw.get("eligible", {}), "tenure_days": form.tenure_days.data or 0, "min_age": form.min_age.data or 0}
    raw["arbitration"] = {"minutes": form.arbitration.data or 0}
    raw.pop("quiet_hours", None)
    if form.quiet_start.data and form.quiet_end.data:
        raw["quiet_hours"] = {"start": form.quiet_start.data, "end": form.quiet_end.data}
    return ContactPolicy.model_validate(raw)
