"""The bank's day at the edge."""

from datetime import date
from zoneinfo import ZoneInfo

from portal.foundation import web
from questionnaires.metrics.rules.periods import day_of


def bank_zone() -> ZoneInfo:
    """The zone in which the bank's days begin."""
    return ZoneInfo(web.ground().settings.zone)


def today() -> date:
    """The bank's day at the moment of this request."""
    return day_of(web.now(), bank_zone())
