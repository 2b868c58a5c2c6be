"""Texts that would run are posted into every field of ideas, and every page that shows them is looked at in Chromium."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import update
from sqlmodel import select
from werkzeug.serving import make_server

from officers.ideas.campaign_models import ExcellenceAward
from officers.ideas.models import Idea
from scheduler.improvement import register
from scheduler.improvement.models import Issue
from tests.officers.ideas.world import ZONE, Ideas
from tests.payloads import INJECTED, PAYLOADS
from tests.processes import free_port

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.deep, pytest.mark.timeout(400)]
AT, DESK, ZONE_AT = "/portal/officers/ideas", "/portal/officers/idea-desk", "/officers/ideas"
CAMPAIGNS, AWARDS = "/portal/officers/campaign-desk", "/portal/officers/awards"


def chunks(most: int) -> list[str]:
    """All payloads in texts of at most so many characters."""
    found = [""]
    for one in PAYLOADS:
        if len(found[-1]) + len(one) + 1 > most:
            found.append("")
        found[-1] += one + "\n"
    return found


@pytest.fixture
def address(app) -> Iterator[str]:
    """The app, served by a thread of this process."""
    server = make_server("127.0.0.1", free_port(), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def fill(ideas: Ideas, app, sign_in) -> list[str]:
    """Post payloads into every text field; gives the addresses of all pages that show them."""
    desk, me, day = sign_in("administrator", "HO"), sign_in("case_handler", "O1"), ideas.now.date()
    campaign = {
        "kind": "gripe", "code": "XSS", "title": PAYLOADS[0], "theme": chunks(1900)[0], "for_customers": "1",
        "unit_id": str(ideas.sample.units["HO"]), "starts_on": str(day), "ends_on": str(day),
    }  # fmt: skip
    assert desk.post(f"{CAMPAIGNS}/new", data=campaign).status_code == 302
    desk.post(f"{CAMPAIGNS}/XSS/open")
    for place, one in enumerate(PAYLOADS):
        idea, who = {"title": one, "body": one, "touchpoint": one, "sure": "1"}, {"REMOTE_ADDR": f"10.0.0.{place}"}
        sent = app.test_client().post("/i/?c=XSS", data=idea, environ_overrides=who)
        assert sent.status_code == 200
    pages = [
        f"{AT}/new",
        f"{AT}?q=%22%3E%3Cscript%3Ewindow.xss%3D1%3C/script%3E",
        f"{AT}/similar?title=script+window+xss",
        "/i/list",
        "/i/?c=XSS",
    ]
    rows = sorted(ideas.all(Idea), key=lambda row: row.number)
    for row in rows[:-1]:
        assert desk.post(f"{DESK}/{row.id}/screen").status_code == 302
    writers = [sign_in(role, "O1") for role in ("case_handler", "outlet_manager")]
    for place, one in enumerate(PAYLOADS):
        assert writers[place % 2].post(f"{AT}/{rows[0].id}/comments", data={"comment": one}).status_code == 302
    steps(ideas, desk, rows)
    awards(ideas, desk, me, sign_in)
    desk.post(f"{CAMPAIGNS}/XSS/end")
    desk.post(f"{CAMPAIGNS}/XSS/publish", data={"result": chunks(2900)[0]})
    story(ideas)
    shown = [row for row in ideas.all(Idea) if row.screened_at]
    pages += (
        [f"{AT}/{row.id}" for row in shown[::4]] + [f"{ZONE_AT}/{row.id}" for row in shown[:12]] + [f"/i/{row.id}" for row in shown[:12]]
    )
    pages += [f"{DESK}/{row.id}" for row in rows[::6]] + [
        f"{DESK}?state={state}" for state in ("submitted", "screened", "declined", "merged")
    ]
    pages += [AT, f"{AT}?sort=top", ZONE_AT, f"{CAMPAIGNS}/XSS", CAMPAIGNS, "/portal/officers/campaigns/XSS", "/officers/campaigns/XSS"]
    pages += [f"{AWARDS}?state={state}" for state in ("nominated", "declined")] + ["/portal/search?q=window", "/portal/", "/officers"]
    return [*pages, "/portal/officers/highlights", "/officers/highlights", f"{AT}/{rows[0].id}", "/portal/improvement/lasting"]


def steps(ideas: Ideas, desk, rows: list[Idea]) -> None:
    """Reasons, results and notes of the desk."""
    long, units = chunks(990), str(ideas.sample.units["O1"])
    for place, words in enumerate(long):
        assert desk.post(f"{DESK}/{rows[place + 1].id}/decline", data={"reason": words}).status_code == 302
        into = {"into": rows[0].number, "note": words}
        assert desk.post(f"{DESK}/{rows[place + 20].id}/merge", data=into).status_code == 302
        at = f"{DESK}/{rows[place + 40].id}"
        forms = {
            "review": {"note": words}, "adopt": {"grade": "A"},
            "pilot": {"pilot_units": units, "pilot_from": "2026-07-01", "pilot_to": "2026-07-02"},
            "start": {"pilot_result": words}, "implement": {"result": words},
        }  # fmt: skip
        for name, form in forms.items():
            assert desk.post(f"{at}/{name}", data=form).status_code == 302
    assert desk.post(f"{DESK}/{rows[-2].id}/hide", data={"hide_reason": PAYLOADS[14]}).status_code == 302


def awards(ideas: Ideas, desk, me, sign_in) -> None:
    """Titles, teams, reasons of awards."""
    for one in PAYLOADS[:12]:
        data = {"kind": "team", "team": one, "title": one, "reason": chunks(1900)[0], "unit_id": str(ideas.sample.units["O1"])}
        assert me.post(f"{AWARDS}/new", data=data).status_code == 302
    for award in ideas.all(ExcellenceAward)[:6]:
        assert desk.post(f"{AWARDS}/{award.id}", data={"act": "no", "why_not": chunks(900)[0]}).status_code == 302


def story(ideas: Ideas) -> None:
    """An issue whose title, story and measure would run."""
    who = register.Editor(ideas.manager, register.Scope(everything=True), ZONE)
    unit = ideas.sample.units["O1"]
    with ideas.sample.ground.writing() as session:
        made = register.find(session, register.NewIssue(PAYLOADS[13], "pain_point", unit, measured_unit_id=unit), who, ideas.now)
        values = {
            "state": "verified",
            "verified_at": ideas.now,
            "fixed_at": ideas.now,
            "story": chunks(2900)[0],
            "lasting_measure": chunks(1900)[0],
        }
        session.execute(update(Issue).where(Issue.id == made.id).values(turned_into="delight", **values))  # type: ignore[arg-type]
        session.flush()
        assert session.scalars(select(Issue)).one().state == "verified"


def test_nothing_that_people_write_runs(ideas: Ideas, app, sign_in, address: str, browser) -> None:
    ideas.officer("administrator", "HO")
    pages = fill(ideas, app, sign_in)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = sign_in("administrator", "HO").get_cookie(name)
    context = browser.new_context()
    context.add_cookies([{"name": name, "value": cookie.value, "url": address}])
    page, dialogs, troubles = context.new_page(), [], []
    page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
    looked = 0
    for one in pages:
        answer = page.goto(f"{address}{one}")
        assert answer is not None
        assert answer.status == 200, one
        looked += page.content().count("window.xss=1") > 0
        troubles += [f"{one}: {said}" for said in page.evaluate(INJECTED)]
    page.mouse.move(200, 300)
    context.close()
    assert not troubles, "\n".join(troubles[:20])
    assert not dialogs
    assert looked > len(pages) * 0.7, "pages show what was posted"
