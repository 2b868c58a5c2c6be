"""The words for kinds, periods, sources, channels and steps, and for days."""

from datetime import date

from babel.dates import format_skeleton

from portal.foundation.i18n import _, _l, current_language, pick
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.store.reading import Unit, Version

KINDS = {
    Kind.NPS: _l("Net Promoter Score (NPS)"),
    Kind.CSAT: _l("Customer satisfaction (CSAT)"),
    Kind.CES: _l("Ease (CES)"),
}
SHORT_KINDS = {Kind.NPS: _l("NPS"), Kind.CSAT: _l("Satisfaction"), Kind.CES: _l("Ease")}
UNIT_OF = {Kind.NPS: "", Kind.CSAT: "%", Kind.CES: ""}
DECIMALS = {Kind.NPS: 0, Kind.CSAT: 0, Kind.CES: 1}
RANGE = {Kind.NPS: (-100, 100), Kind.CSAT: (0, 100), Kind.CES: (1, 7)}
PERIODS = {
    "auto": _l("Enough answers"),
    "7": _l("Last 7 days"),
    "30": _l("Last 30 days"),
    "90": _l("Last 90 days"),
    "365": _l("Last 365 days"),
}
WHOLE_PERIODS = {
    "auto": _l("Enough answers"),
    "7": _l("Last whole week"),
    "30": _l("Last whole month"),
    "90": _l("Last 3 whole months"),
    "365": _l("Last 12 whole months"),
}
AGAINST = {"before": _l("Against the period before"), "year": _l("Against last year"), "peers": _l("Against the units beside it")}
AGAINST_SHORT = {"before": _l("before"), "year": _l("last year"), "peers": _l("units beside")}
TREES = {"then": _l("Organisation of each day"), "today": _l("Organisation of today")}
CUT_NAMES = {
    "channel": _l("By channel"),
    "segment": _l("By segment"),
    "product": _l("By bank product"),
    "version": _l("By questionnaire version"),
    "staff": _l("By member of staff"),
}
SOURCE_NAMES = {
    "invited": _l("Invited"),
    "self_chosen": _l("Self-chosen"),
    "assisted": _l("Assisted"),
    "imported": _l("Imported"),
    "officer": _l("Experience officers"),
    "rerate": _l("Re-rating"),
}
CHANNEL_NAMES = {
    "file": _l("File"),
    "email": _l("E-mail"),
    "sms": _l("SMS"),
    "rcs": _l("RCS"),
    "wechat": _l("WeChat"),
    "wecom": _l("WeCom"),
    "app": _l("App"),
    "link": _l("Link"),
    "qr": _l("Poster code"),
    "appstore": _l("App store"),
    "hotline": _l("Hotline"),
    "weibo": _l("Weibo"),
}
LEVELS = {"below": _l("Units directly below"), "outlets": _l("All outlets")}
STEP_NAMES = {
    "events": _l("Events"),
    "candidates": _l("Candidates"),
    "invited": _l("Invited"),
    "delivered": _l("Delivered"),
    "opened": _l("Opened"),
    "started": _l("Started"),
    "completed": _l("Completed"),
}


def name_of(unit: Unit) -> str:
    """A unit's name in the reader's language."""
    return pick(unit.name_zh, unit.name_en)


def version_name(version: Version) -> str:
    """A version by its questionnaire's title, in the reader's language, and its number."""
    return str(_("%(title)s, version %(number)s", title=pick(version.title_zh, version.title_en), number=version.number))


def channel_name(code: str) -> str:
    """A channel in the reader's language."""
    return str(CHANNEL_NAMES.get(code, code))


def day_label(day: date) -> str:
    """A day and its month."""
    return str(format_skeleton("MMMd", day, locale=_locale()))


def span(first: date, last: date) -> str:
    """From a day to a day."""
    whole = str(format_skeleton("yMMMd", last, locale=_locale()))
    if first == last:
        return whole
    start = day_label(first) if first.year == last.year else str(format_skeleton("yMMMd", first, locale=_locale()))
    return f"{start} – {whole}"


def _locale() -> str:
    """English days are written with the day first, as everywhere else on the pages."""
    return "zh_Hans_CN" if current_language() == "zh-Hans" else "en_GB"
