"""The officers' pages of activities: what is on, the calendar, one activity with signing up and checking in."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.club import activities, calendars, forms, pictures, places, words
from officers.club.edge import errors_of, officer, reader
from officers.club.models import Activity
from officers.club.rules import signing_up
from officers.club.store import activities as store
from officers.club.store import places as place_store
from officers.people.zone import here, officer_view
from portal.foundation import cursors, web
from portal.foundation.errors import NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.foundation.limits import limiter
from portal.people import access
from portal.people.edge import page_of, today

blueprint = Blueprint("club_activities", __name__, url_prefix="/officers")
TRIES = "10 per minute;60 per hour"


def _officer_key() -> str:
    return str(here().officer_id)


@blueprint.get("/activities")
@officer_view
def index() -> ResponseReturnValue:
    """What is on, and one's own places first."""
    now = web.now()
    with web.reading() as session:
        rows, more = page_of(store.coming(session, reader(session), now, cursors.at(request.args.get("cursor"))), store.PAGE)
        places_there = place_store.places_of(session, here().officer_id, [one.id for one in rows])
        mine = place_store.mine(session, here().officer_id, now)
        units = store.unit_names(session, [one.unit_id for one in rows] + [one.unit_id for one, _state in mine])
    following = cursors.text_of(rows[-1].ends_at, rows[-1].id) if more else None
    return web.render(
        "officers/club/activities.html", rows=rows, mine=mine, places=places_there, units=units, words=words, next_cursor=following,
        first_page="cursor" not in request.args,
    )  # fmt: skip


@blueprint.get("/activities/calendar")
@officer_view
def month() -> ResponseReturnValue:
    """A month of the calendar; `?month=2026-06`."""
    zone, first = ZoneInfo(web.ground().settings.zone), _month(request.args.get("month", ""), today())
    after = (first + timedelta(days=32)).replace(day=1)
    with web.reading() as session:
        start, end = (datetime(one.year, one.month, 1, tzinfo=zone) for one in (first, after))
        rows = store.between(session, reader(session), start, end, web.now())
        token = calendars.token_of(session, here().officer_id, web.ground().keys)
        states = place_store.places_of(session, here().officer_id, [one.id for one in rows])
    days: dict[date, list[Activity]] = {}
    for one in rows:
        days.setdefault(max(one.starts_at.astimezone(zone).date(), first), []).append(one)
    feed = url_for("club_activities.feed", token=token, _external=True) if token else ""
    return web.render(
        "officers/club/calendar.html", first=first, weeks=_weeks(first, after), days=days, feed=feed, places=states, words=words,
        today=today(), before=(first - timedelta(days=1)).strftime("%Y-%m"), after=after.strftime("%Y-%m"),
    )  # fmt: skip


def _month(text: str, fallback: date) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = fallback
    return found.replace(day=1) if 2000 <= found.year < 2200 else fallback.replace(day=1)


def _weeks(first: date, after: date) -> list[list[date | None]]:
    """The weeks of a month, Monday first; None outside it."""
    start = first - timedelta(days=first.weekday())
    weeks = []
    while start < after:
        days = [start + timedelta(days=n) for n in range(7)]
        weeks.append([day if first <= day < after else None for day in days])
        start += timedelta(days=7)
    return weeks


def _seen(session: Session, activity_id: UUID) -> Activity:
    """An activity that this officer may see."""
    return places.seen(session, activity_id, officer(session), web.now())


def _page(session: Session, activity: Activity, status: int = 200, **values: Any) -> ResponseReturnValue:
    now, place = web.now(), place_store.place(session, activity.id, here().officer_id)
    reason = signing_up.refusal(places.terms(activity), places.person(session, officer(session), activity, now), now)
    door = activities.door(activity)
    page = web.render(
        "officers/club/activity.html", activity=activity, place=place, reason=reason, words=words, now=now, door=door,
        behind=place_store.position(session, place) if place and place.state == "waiting" else 0,
        missed=signing_up.behind(place_store.no_shows(session, here().officer_id, now, signing_up.WITHIN), now),
        unit=store.unit_names(session, [activity.unit_id])[activity.unit_id], pictures=pictures.of(session, "activity", activity.id),
        **{"errors": {}, "filled": request.form, "code": request.args.get("code", "")[:12], **values},
    )  # fmt: skip
    return page, status


@blueprint.get("/activities/<uuid:activity_id>")
@officer_view
def show(activity_id: UUID) -> ResponseReturnValue:
    """One activity."""
    with web.reading() as session:
        return _page(session, _seen(session, activity_id))


@blueprint.post("/activities/<uuid:activity_id>/sign-up")
@officer_view
def sign_up(activity_id: UUID) -> ResponseReturnValue:
    """Take a seat, or a place on the waiting list."""
    try:
        with web.writing() as session:
            state = places.sign_up(session, activity_id, officer(session), web.now())
    except places.CantSignUp as error:
        flash(error_text(error), "warn")
    else:
        flash(_("You are signed up.") if state == "enrolled" else _("You are on the waiting list; you move up by itself."), "good")
    return redirect(url_for("club_activities.show", activity_id=activity_id))


@blueprint.post("/activities/<uuid:activity_id>/give-up")
@officer_view
def give_up(activity_id: UUID) -> ResponseReturnValue:
    """Give the seat or the place on the list up."""
    try:
        with web.writing() as session:
            places.give_up(session, activity_id, here().officer_id, web.now())
    except places.CantSignUp as error:
        flash(error_text(error), "warn")
    else:
        flash(_("Given up. Whoever waits first moves up."), "good")
    return redirect(url_for("club_activities.show", activity_id=activity_id))


@blueprint.post("/activities/<uuid:activity_id>/check-in")
@officer_view
@limiter.limit(TRIES, key_func=_officer_key)
def check_in(activity_id: UUID) -> ResponseReturnValue:
    """Check in by the code at the door."""
    try:
        with web.writing() as session:
            door, zone = activities.door(_seen(session, activity_id)), web.ground().settings.zone
            places.check_in(session, door, here().officer_id, forms.text(request.form, "code", 12), web.now(), zone=zone)
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _page(
                session, _seen(session, activity_id), error.status, errors=errors_of(error), code=request.form.get("code", "")[:12]
            )
    flash(_("You are checked in. Welcome."), "good")
    return redirect(url_for("club_activities.show", activity_id=activity_id))


@blueprint.post("/activities/<uuid:activity_id>/feedback")
@officer_view
def feedback(activity_id: UUID) -> ResponseReturnValue:
    """Lead somebody who came to the feedback survey."""
    ground = web.ground()
    with web.writing() as session:
        activity = _seen(session, activity_id)
        return redirect(
            places.feedback_link(session, activity, officer(session), ground.keys, ground.settings.effective_public_url, web.now())
        )


@blueprint.get("/activities/<uuid:activity_id>/activity.ics")
@officer_view
def file(activity_id: UUID) -> ResponseReturnValue:
    """The activity as a calendar file."""
    with web.reading() as session:
        activity = _seen(session, activity_id)
    body = calendars.file([(activity, "")], web.ground().settings.effective_public_url, activity.title)
    return Response(body, mimetype="text/calendar", headers={"Content-Disposition": "attachment; filename=activity.ics"})


@blueprint.post("/activities/calendar/link")
@officer_view
def link() -> ResponseReturnValue:
    """Make the secret link of one's calendar anew; the one before is dead."""
    with web.writing() as session:
        calendars.renew(session, here().officer_id, web.ground().keys, web.now())
    flash(_("Your calendar has a new link. The one before no longer opens."), "good")
    return redirect(url_for("club_activities.month"))


@blueprint.get("/calendar/<token>.ics")
@access.public
@limiter.limit("60 per minute")
def feed(token: str) -> ResponseReturnValue:
    """An officer's calendar, for calendar apps; who has the link may read it."""
    with web.reading() as session:
        body = calendars.opened(session, token, web.ground().settings.effective_public_url, web.now())
    return Response(body, mimetype="text/calendar", headers={"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"})
