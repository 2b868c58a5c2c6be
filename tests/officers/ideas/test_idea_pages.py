"""Pages of ideas: in the portal, in the officers' zone, and for customers without log-in."""

import re
from html import unescape
from io import BytesIO

import pytest
from PIL import Image
from sqlmodel import select

from officers.ideas import persons
from officers.ideas.models import Idea, IdeaComment
from officers.work import photos
from officers.work.photo_models import Photo, PhotoContent
from tests.officers.ideas.world import Ideas

pytestmark = pytest.mark.sqlite_only
AT, ZONE, DESK, OUT = "/portal/officers/ideas", "/officers/ideas", "/portal/officers/idea-desk", "/i/"


def text(answer) -> str:
    return unescape(answer.get_data(as_text=True))


def picture() -> tuple[BytesIO, str]:
    made = BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    made.seek(0)
    return made, "chair.jpg"


def newest(ideas: Ideas) -> Idea:
    return max(ideas.all(Idea), key=lambda row: row.number)


def test_a_colleague_proposes_and_the_desk_takes_it_to_the_end(ideas: Ideas, sign_in) -> None:
    me, desk = sign_in("case_handler", "O1"), sign_in("officer_manager", "HO")
    bad = me.post(f"{AT}/new", data={"title": "", "body": "kept words"})
    assert (bad.status_code, "kept words" in text(bad)) == (422, True)
    refused = me.post(f"{AT}/new", data={"title": "T", "photos": (BytesIO(b"%PDF-1.4 x"), "a.pdf")})
    assert refused.status_code == 422
    made = me.post(f"{AT}/new", data={"title": "A chair for the old", "unit_id": str(ideas.sample.units["O1"]), "photos": picture()})
    assert made.status_code == 302
    idea = newest(ideas)
    assert "looks at it first" in text(me.get(made.location))
    assert sign_in("outlet_manager", "O3").get(made.location).status_code == 404
    assert "A chair for the old" in text(me.get(f"{AT}/mine"))
    at = f"{DESK}/{idea.id}"
    assert not re.findall(rf"{at}/photos/", text(desk.get(at))), "nobody sees a photo before faces and numbers are blurred"
    photos.make_waiting(ideas.sample.ground, ideas.now)
    [kept] = ideas.all(Photo)
    assert (kept.owner, kept.state, kept.screened) == (f"idea:{idea.id.hex}", "ready", True)
    assert {row.kind for row in ideas.all(PhotoContent)} == {"shown", "thumb"}, "the original is gone"
    assert me.get(at).status_code == 403
    assert "A chair for the old" in text(desk.get(DESK))
    [photo] = re.findall(rf"{at}/photos/[0-9a-f-]+", text(desk.get(at)))
    assert desk.get(photo).mimetype == "image/jpeg"
    assert desk.post(f"{at}/screen", data={"revision": "7"}).status_code == 409
    assert desk.post(f"{at}/screen", data={"revision": "1"}).status_code == 302
    other = sign_in("outlet_manager", "O3")
    assert "Your vote counts" in text(other.post(f"{made.location}/vote", follow_redirects=True))
    assert "Vote" in text(other.post(f"{made.location}/vote", data={"act": "back"}, follow_redirects=True))
    assert me.post(f"{made.location}/vote").status_code == 409
    assert other.post(f"{made.location}/comments", data={"comment": ""}).status_code == 422
    assert "Good one" in text(other.post(f"{made.location}/comments", data={"comment": "Good one"}, follow_redirects=True))
    assert desk.post(f"{at}/review").status_code == 302
    wrong = desk.post(f"{at}/adopt", data={"step": "adopt", "grade": ""})
    assert (wrong.status_code, "Choose a grade" in text(wrong)) == (422, True)
    units = str(ideas.sample.units["O2"])
    forms = {
        "adopt": {"grade": "C"}, "pilot": {"pilot_units": units, "pilot_from": "2026-07-01", "pilot_to": "2026-07-31"},
        "start": {"pilot_result": "Nobody stood"}, "implement": {"result": "A chair everywhere"},
    }  # fmt: skip
    for name, form in forms.items():
        assert desk.post(f"{at}/{name}", data={"step": name, **form}).status_code == 302, name
    page = text(me.get(made.location))
    assert all(words in page for words in ("Implemented · C", "Nobody stood", "A chair everywhere", "Unit O2"))
    assert "A chair for the old" in text(me.get(f"{AT}?q=chair&sort=top&state=implemented"))
    assert "A chair for the old" not in text(me.get(f"{AT}?q=bicycle"))
    assert str(idea.id) in me.get("/portal/search?q=chair").location  # the only hit is opened
    assert "A chair for the old" in text(me.get(f"{AT}/similar?title=A+chair+for+the+old+customers"))
    assert desk.post(f"{at}/hide", data={"hide_reason": ""}).status_code == 422
    assert desk.post(f"{at}/hide", data={"hide_reason": "a name in it"}).status_code == 302
    assert "A chair for the old" not in text(other.get("/portal/search?q=chair")) + text(other.get(AT)) + text(
        other.get(f"{AT}/similar?title=A+chair+for+the+old")
    )
    assert other.get(made.location).status_code == 404
    assert "a name in it" in text(me.get(made.location))


def test_an_officer_does_the_same_in_the_zone_under_the_alias(ideas: Ideas, sign_in) -> None:
    ideas.officer("case_handler", "O2")
    officer = sign_in("case_handler", "O2")
    assert officer.get(ZONE).status_code == 200
    made = officer.post(f"{ZONE}/new", data={"title": "Signs in large letters"})
    assert made.location.startswith(f"{ZONE}/")
    idea = newest(ideas)
    assert (idea.officer_id is not None, idea.author_kind) == (True, "staff")
    seen = ideas.open("Somebody else's", ideas.staff("outlet_manager", "O3"))
    page = text(officer.get(f"{ZONE}/{seen.id}"))
    assert "outlet_manager O3" not in page  # a colleague's name is not shown among officers
    assert officer.post(f"{ZONE}/{seen.id}/vote").status_code == 302
    assert ideas.fresh(seen).votes == 1
    for path in (f"{ZONE}/mine", f"{ZONE}/new", "/officers/campaigns", "/officers/highlights"):
        assert officer.get(path).status_code == 200, path
    stranger = sign_in("case_handler", "O3")
    assert stranger.get(ZONE).status_code == 302
    assert stranger.post(f"{ZONE}/new", data={"title": "x"}).status_code == 403


def test_customers_propose_and_vote_by_link_without_log_in(ideas: Ideas, client, app, sign_in) -> None:
    there, desk = ideas.open("Show the waiting time outside"), sign_in("officer_manager", "HO")
    at = f"?unit_id={ideas.sample.units['O1']}"
    assert "/i/?unit=O1" in desk.get(f"{DESK}/poster{at}").text
    assert (desk.get(f"{DESK}/poster.svg{at}").status_code, desk.get(f"{DESK}/poster.png").status_code) == (200, 200)
    far = sign_in("officer_manager", "B2").get(f"{DESK}/poster{at}")
    assert (far.status_code, "unit=O1" in far.text) == (200, False)
    asked = client.post(f"{OUT}?unit=O1&lang=en", data={"title": "Please show waiting times outside"})
    assert (asked.status_code, "Somebody said nearly this already" in text(asked)) == (200, True)
    assert len(ideas.all(Idea)) == 1
    made = client.post(f"{OUT}?unit=O1&lang=en", data={"title": "Please show waiting times outside", "sure": "1", "phone": "13812345678"})
    idea = newest(ideas)
    assert (idea.author_kind, idea.unit_id, "13812345678" in str(idea.phone_enc)) == ("guest", ideas.sample.units["O1"], False)
    [token] = re.findall(r"/i/s/([\w-]+)", text(made))
    assert "Sent in" in text(client.get(f"/i/s/{token}?lang=en"))
    assert client.get("/i/s/nothing").status_code == 404
    bad = client.post(OUT, data={"title": "", "body": "kept", "sure": "1"})
    assert (bad.status_code, "kept" in text(bad)) == (422, True)
    assert client.post(OUT, data={"title": "From a robot", "website": "x", "sure": "1"}).status_code == 200
    assert client.get(f"{OUT}{idea.id}").status_code == 404  # not looked at yet
    for _again in range(2):
        assert client.post(f"{OUT}{there.id}", data={"act": "vote"}).status_code == 303
    assert ideas.fresh(there).votes == 1  # one vote a browser
    other = app.test_client()
    assert other.post(f"{OUT}{there.id}", data={"act": "vote"}).status_code == 409  # the page that offers the vote was never asked for
    other.set_cookie("idea_voter", "a" * 32, path="/i/")
    assert other.post(f"{OUT}{there.id}", data={"act": "vote"}).status_code == 409  # made up
    assert ideas.fresh(there).votes == 1
    assert other.get(f"{OUT}list").status_code == 200
    assert other.post(f"{OUT}{there.id}", data={"act": "vote"}).status_code == 303
    person = ideas.customer("C1")
    key = persons.key_of(ideas.sample.ground.keys, person.customer_id)
    for _again in range(2):
        app.test_client().post(f"{OUT}{there.id}?k={key}", data={"act": "vote"})
    assert (ideas.fresh(there).votes, person.who in ideas.voters(there)) == (3, True)
    forged = key[:-2] + ("aa" if key[-2:] != "aa" else "bb")
    assert app.test_client().post(f"{OUT}{there.id}?k={forged}", data={"act": "comment", "comment": "x"}).status_code == 409
    assert app.test_client().post(f"{OUT}{there.id}?k={key}", data={"act": "comment", "comment": "Yes please"}).status_code == 303
    assert "Yes please" not in text(client.get(f"{OUT}{there.id}?lang=en")), "a customer's first comment waits"
    assert "We look at it before others see it" in text(client.get(f"{OUT}{there.id}?lang=en&k={key}"))
    desk, [said] = sign_in("moderator", "HO"), ideas.all(IdeaComment)
    assert "1 comment waits for you" in text(desk.get(DESK))
    assert "Yes please" in text(desk.get(f"{DESK}/comments"))
    shown = desk.post(f"{DESK}/{there.id}/comments/{said.id}/show", data={"from": "queue"}, follow_redirects=True)
    assert "No comment waits" in text(shown)
    page = text(client.get(f"{OUT}{there.id}?lang=en"))
    assert ("Yes please" in page, "A customer" in page, "case_handler" in page) == (True, True, False)
    assert "Show the waiting time outside" in text(client.get(f"{OUT}list?k={key}"))
    refused = client.post(f"{OUT}{there.id}", data={"act": "vote"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert len(ideas.all(IdeaComment)) == 1


def test_ideas_of_campaigns_for_staff_are_not_there_outside(ideas: Ideas, client) -> None:
    code = ideas.campaign("INSIDE", for_customers=False)
    inside = ideas.open("Fewer forms for the night shift", campaign=code)
    open_one = ideas.open("A bench at the door")
    client.get(f"{OUT}list")
    listed = text(client.get(f"{OUT}list"))
    assert ("Fewer forms" in listed, "A bench at the door" in listed) == (False, True)
    assert client.get(f"{OUT}{inside.id}").status_code == 404
    assert client.post(f"{OUT}{inside.id}", data={"act": "vote"}).status_code == 404
    assert client.post(f"{OUT}{open_one.id}", data={"act": "vote"}).status_code == 303
    sent = client.post(OUT, data={"title": "Fewer forms for the night shift"})
    assert "Somebody said nearly this already" not in text(sent)


FAR = "00000000-0000-4000-8000-000000000000"
CURSORS = [f"99999999999~{FAR}", f"{'9' * 60}~{FAR}", f"0001-01-01T00:00:00%2B14:00~{FAR}", f"9999-12-31T23:59:59-14:00~{FAR}", f"x~{FAR}"]


def test_a_cursor_that_somebody_made_up_begins_at_the_top(ideas: Ideas, client, sign_in) -> None:
    there, desk = ideas.open("A bench at the door"), sign_in("officer_manager", "HO")
    pages = (
        AT,
        f"{AT}?sort=top",
        f"{AT}/{there.id}",
        DESK,
        "/portal/officers/awards",
        "/portal/officers/campaigns",
        "/portal/officers/highlights",
    )
    for cursor in CURSORS:
        for path in (f"{OUT}list", f"{OUT}{there.id}"):
            assert client.get(f"{path}?cursor={cursor}").status_code == 200, (path, cursor)
        for path in pages:
            assert desk.get(f"{path}{'&' if '?' in path else '?'}cursor={cursor}").status_code == 200, (path, cursor)


def test_the_desk_hides_a_comment_and_shows_it_again(ideas: Ideas, sign_in) -> None:
    there, elsewhere = ideas.open("A bench at the door"), ideas.open("Another one")
    writer, desk = sign_in("case_handler", "O2"), sign_in("officer_manager", "HO")
    assert writer.post(f"{AT}/{there.id}/comments", data={"comment": "Rude words"}).status_code == 302
    [said] = ideas.all(IdeaComment)
    at = f"{DESK}/{there.id}/comments/{said.id}"
    assert "Rude words" in text(desk.get(f"{DESK}/{there.id}"))
    assert writer.post(f"{at}/hide", data={"comment_reason": "x"}).status_code == 403
    assert desk.post(f"{DESK}/{elsewhere.id}/comments/{said.id}/hide", data={"comment_reason": "x"}).status_code == 404
    wrong = desk.post(f"{at}/hide", data={"comment_reason": " ", "step": f"comment-{said.id}"})
    assert (wrong.status_code, f"comment-{said.id}-error" in text(wrong)) == (422, True)
    assert desk.post(f"{at}/hide", data={"comment_reason": "An insult"}).status_code == 302
    assert "Rude words" not in text(writer.get(f"{AT}/{there.id}"))
    seen = text(desk.get(f"{DESK}/{there.id}"))
    assert ("Rude words" in seen, "An insult" in seen) == (True, True)
    assert desk.post(f"{at}/show").status_code == 302
    assert "Rude words" in text(writer.get(f"{AT}/{there.id}"))


def test_a_customers_ideas_are_emptied_with_them_and_given_to_them(ideas: Ideas, clock) -> None:
    from officers.ideas import erasing

    person = ideas.customer("C1")
    idea = ideas.open("My own words", person)
    with ideas.sample.ground.reading() as session:
        assert [one["kind"] for one in erasing.export(session, person.customer_id)] == ["idea"]
    with ideas.sample.ground.writing() as session:
        assert erasing.erase(session, [person.customer_id], clock.now()) == 1
    kept = ideas.fresh(idea)
    assert (kept.title, kept.body, kept.token_hash, kept.state) == ("–", "", None, "screened")
    other, one = ideas.customer("C2"), ideas.open("Another", ideas.staff())
    for who in (person, other):
        ideas.vote(one, who)
    with ideas.sample.ground.writing() as session:  # two references turn out to be one person
        erasing.rekey(session, session.scalars(select(Idea).where(Idea.id == idea.id)).one().customer_id, other.customer_id, 0)
    assert (ideas.fresh(one).votes, ideas.voters(one), ideas.fresh(idea).who) == (1, {other.who}, other.who)
