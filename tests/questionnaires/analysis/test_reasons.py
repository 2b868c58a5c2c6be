"""Reason options filed under the taxonomy: chosen ones are read once, counted by node with the few hidden, and refused where unknown."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people.rules.roles import EVERYTHING, Role
from questionnaires.analysis import driving, reasons, review, taxonomy
from questionnaires.analysis.reading_words import read_words
from questionnaires.analysis.rules.taxonomy import Node, Taxonomy, shown
from questionnaires.analysis.store.answers import Some
from questionnaires.analysis.store.words import Wanted
from questionnaires.bank import nodes, shipped
from questionnaires.bank.question_form import filled, read
from questionnaires.library.compare import compare
from questionnaires.library.shipped import templates
from questionnaires.logic.definition import Definition, Question
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.bank.test_exchange import csv_of, preview
from tests.questionnaires.library.test_builder_pages import Desk
from tests.questionnaires.reports import answered
from tests.questionnaires.reports.answered import answer, publish

ME = Actor.system("test")
TODAY = NOON.date()
HOME = "/portal/questionnaires"
NODES = {"queue": "outlet.waiting", "staff": "outlet.attitude"}


@pytest.fixture
def filed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The survey of these tests with its reasons filed."""
    document: dict[str, Any] = deepcopy(answered.DOCUMENT)
    for option in document["pages"][0]["questions"][1]["options"]:
        option["node"] = NODES[option["code"]]
    monkeypatch.setattr(answered, "DOCUMENT", document)


def wanted(**cut: Any) -> Wanted:
    """The whole bank's last thirty days."""
    return Wanted(EVERYTHING, NOON, TODAY - timedelta(days=29), TODAY, **cut)


@given(st.lists(st.integers(0, 30), min_size=6, max_size=6), st.integers(0, 30))
@settings(max_examples=80, deadline=None)
def test_no_node_under_ten_is_shown_nor_follows_from_its_head(counts: list[int], own: int) -> None:
    codes = ["a.x", "a.y", "a.z", "b.x", "b.y", "c"]
    heads = [Node(code=head, name_zh=head, name_en=head) for head in ("a", "b")]
    tree = Taxonomy(nodes=(*heads, *(Node(code=c, parent=c.partition(".")[0] if "." in c else "", name_zh=c, name_en=c) for c in codes)))
    totals = tree.totals({**dict(zip(codes, counts, strict=True)), "a": own})
    seen = shown(tree, totals)
    for head in ("", "a", "b"):
        below = [node.code for node in tree.below[head]]
        assert all(seen[code] is None or not 0 < totals.get(code, 0) < 10 for code in below)
        whole = seen.get(head) if head else sum(totals.get(code, 0) for code in below)
        rest = sum(n for code in below if (n := totals.get(code, 0)) and seen[code] is None) + (own if head == "a" else 0)
        if whole is None:
            assert all(not seen[code] for code in below)
        elif whole:
            assert not 0 < rest < 10 or all(not seen[code] for code in below)


def test_chosen_reasons_are_counted_once_by_node_and_where_it_went_since(ground: Ground, sample: Sample, filed: None) -> None:
    _questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [{"score": 9, "why": "staff"}] * 40)
    answer(ground, sample, version, "O2", [{"score": 3, "why": "queue"}] * 35)
    answer(ground, sample, version, "O2", [{"score": 3}, {"score": 3, "why": "gone"}, {"score": 2, "why": ["queue", "queue"]}])
    answer(ground, sample, version, "O1", [{"score": 5, "why": "queue"}] * 12, at=NOON - timedelta(days=20))
    assert read_words(ground, ground.now()) == 90
    assert read_words(ground, ground.now()) == 0
    with ground.reading() as session:
        found = {line.choice.code: line for line in reasons.read(session, wanted()).lines}
        assert {code: line.chosen for code, line in found.items()} == {"outlet": 88, "outlet.waiting": 48, "outlet.attitude": 40}
        low = found["outlet.waiting"].low
        assert low is not None
        assert (low.value, low.n) == (100.0, 48)
        assert [one.key for one in reasons.read(session, wanted()).hot] == ["outlet.attitude"]
        assert reasons.read(session, wanted(touchpoint="app")).any is False
        effects = {one.name: one for one in driving.read(session, Some(EVERYTHING, NOON, NOON - timedelta(days=90), NOON)).effects}
        assert effects["reason:outlet.waiting"].value < 0 < effects["reason:outlet.attitude"].lower
        assert ("Reasons chosen", 88) in [(str(title), n) for title, n in review.read(session, TODAY).uses]
    with ground.writing() as session:
        taxonomy.merge(session, 0, ["outlet.waiting"], "outlet.hours", ME, ground.now())
    with ground.reading() as session:
        merged = {line.choice.code: line.chosen for line in reasons.read(session, wanted()).lines}
        assert merged == {"outlet": 88, "outlet.hours": 48, "outlet.attitude": 40}


@pytest.mark.sqlite_only
def test_pages_show_reasons_of_ones_own_units_and_hide_the_few(
    ground: Ground, sample: Sample, filed: None, sign_in: Callable[..., FlaskClient]
) -> None:
    _questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [{"score": 3, "why": "queue"}] * 23 + [{"score": 9, "why": "staff"}] * 4)
    answer(ground, sample, version, "O2", [{"score": 3, "why": "queue"}] * 31)
    read_words(ground, ground.now())
    analyst = sign_in(Role.ANALYST)
    page = analyst.get("/portal/topics").text
    assert "Problems by the taxonomy" in page
    assert ">58<" in page  # the head of both
    assert ">54<" not in page, "54 of 58 would give the four away"
    mine = sign_in(Role.OUTLET_MANAGER, unit="O1").get("/portal/topics").text
    assert ">27<" in mine
    assert ">58<" not in mine
    assert ">58<" in sign_in(Role.ANALYST).get("/portal/taxonomy").text


@pytest.mark.sqlite_only
def test_the_builder_files_an_option_and_refuses_nodes_that_are_not_there(sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    desk = Desk(sample, sign_in(Role.DESIGNER))
    desk.client.post(f"{desk.home}/add", data={"type": "multiple", "at": "texts"}, headers={"HX-Request": "true"})
    (question,) = [one for one in desk.draft.questions() if one.type.value == "multiple"]
    at = f"q:{question.code}"
    fields: dict[str, Any] = {f"options__{n}__{name}": one.code for n, one in enumerate(question.options) for name in ("was", "code")}
    assert "Branch service › Waiting" in desk.open(at)
    saved = desk.save(at, **fields, options__0__node="outlet.waiting")
    assert saved.status_code == 200
    assert desk.draft.by_code[question.code].options[0].node == "outlet.waiting"
    for code in ("nowhere", "outlet", "Bad Code"):
        refused = desk.save(at, **fields, options__0__node=code)
        assert refused.status_code == 422
        assert "e-options.0.node" in refused.text
    with sample.ground.writing() as session:
        taxonomy.retire(session, 0, "outlet.waiting", ME, NOON)
    assert "e-options.0.node" in desk.open(at), "beside the field, since the node ended"
    assert desk.save(at, **fields, options__0__node="outlet.waiting", text__en="Why?").status_code == 200, "what stands may stay in a draft"
    with sample.ground.reading() as session:
        assert [one.code for one in nodes.findings(session, desk.draft)] == ["node_retired"]


def test_what_is_shipped_names_nodes_of_the_shipped_tree(ground: Ground) -> None:
    asked = [one for template in templates() for one in template.definition.questions()]
    asked += [Question.model_validate(one["content"]) for one in shipped.questions().values() if "type" in one["content"]]
    with ground.reading() as session:
        tree = nodes.tree(session)
        named = [(one.code, option, node) for one in asked for option, node in nodes.named(one)]
        assert len(named) > 60
        assert [one for one in named if nodes.wrong(tree, one[2])] == []


@pytest.mark.sqlite_only
def test_a_file_for_the_bank_is_refused_line_by_line_where_its_nodes_are_not_there(sample: Sample) -> None:
    with sample.ground.writing() as session:
        shipped.load(session, ME, NOON)
    head = ["line", "code", "type", "journey", "text:en", "node"]
    asked = [["question", "why", "multiple", "outlet", "Why?", ""], ["option", "a", "", "", "Queue", "outlet.waiting"]]
    asked += [["option", "b", "", "", "Staff", "outlet.attitude"]]
    (taken,) = preview(sample, "q.csv", csv_of(*asked, head=head))
    assert (taken.act, taken.content["options"][0]["node"]) == ("added", "outlet.waiting")
    asked[1][-1] = "outlet"
    (refused,) = preview(sample, "q.csv", csv_of(*asked, head=head))
    assert (refused.act, refused.reason, refused.detail) == ("rejected", "node_is_head", "outlet")


@pytest.mark.sqlite_only
def test_the_banks_form_and_the_comparison_know_nodes(ground: Ground) -> None:
    options = [{"code": "o1", "text": {"en": "Queue"}}, {"code": "o2", "text": {"en": "Staff"}}]
    question = Question.model_validate({"code": "why", "type": "multiple", "text": {"en": "Why"}, "options": options})
    with ground.reading() as session:
        tree = nodes.tree(session)
    form = filled(question, ["en"], tree)
    assert ("outlet.waiting", "网点服务 › 排队等候") in form.filed or ("outlet.waiting", "Branch service › Waiting") in form.filed
    made, _form = read({**form.values, "option-0-node": "outlet.waiting"}, question, ["en"], tree)
    assert made is not None
    assert made.options[0].node == "outlet.waiting"
    none, wrong = read({**form.values, "option-0-node": "nowhere"}, question, ["en"], tree)
    assert none is None
    assert wrong.errors == {"option-0-node": "node_unknown"}
    both = []
    for one in (question, made):
        both.append(Definition.from_json({"title": {}, "pages": [{"id": "p", "questions": [one.model_dump(mode="json")]}]}))
    assert [(one.part, one.before, one.after) for one in compare(*both)] == [("node", "–", "outlet.waiting")]
    with pytest.raises(ValueError, match="node"):
        Question.model_validate({**question.model_dump(mode="json"), "options": [{"code": "o1", "node": "Not a code"}]})
