"""A programme's report of one page: goal, figure against target, issues, what was decided, what was learnt."""

from datetime import datetime

from portal.foundation.clock import day_in
from portal.foundation.i18n import _, pick
from portal.foundation.settings import Settings
from questionnaires.metrics.rules.estimate import Estimate
from scheduler.delivery.compose import bank_name
from scheduler.evidence.papers import Paper, Section
from scheduler.evidence.papers import make as make_paper
from scheduler.improvement import words
from scheduler.improvement.reading import ProgrammeView

MOST_ISSUES, MOST_MEETINGS, HIDDEN_BELOW = 14, 4, 10


def make(view: ProgrammeView, settings: Settings, language: str, now: datetime) -> bytes:
    """The PDF, in the reader's language."""
    programme = view.programme
    indicator = str(words.INDICATORS.get(programme.indicator, programme.indicator))
    facts = [
        (_("Goal"), programme.goal),
        (_("Owner"), f"{view.owner} · {pick(*view.unit)}"),
        (_("Time"), f"{programme.starts_on} – {programme.ends_on}"),
        (_("Units"), ", ".join(pick(*one) for one in view.units) or pick(*view.unit)),
        (_("Surveys"), ", ".join(pick(*one) for one in view.surveys) or "–"),
        (_("Figure"), " · ".join(part for part in (indicator, pick(*view.touchpoint)) if part)),
        (_("Before"), spoken(view.start)),
        (_("Since the beginning"), spoken(view.now)),
        (_("Target"), f"{programme.target:g}" + _reached(view)),
    ]
    sections = [_issues(view), _meetings(view)]
    if programme.conclusion:
        sections.append(Section(str(_("What was learnt")), [programme.conclusion]))
    foot = str(
        _(
            "As of %(day)s. Figures come with their 95 %% interval and number of answers; fewer than 10 are not shown.",
            day=day_in(settings.zone, now),
        )
    )
    paper = Paper(
        bank_name(settings, language), programme.name, [(str(label), str(value)) for label, value in facts], sections, foot=foot,
        spoken=language,
    )  # fmt: skip
    return make_paper(paper, settings.print_font)


def _reached(view: ProgrammeView) -> str:
    if view.reached is None:
        return ""
    return f" · {_('reached') if view.reached else _('not reached')}"


def spoken(estimate: Estimate) -> str:
    """A figure with its interval and n; hidden below ten answers."""
    if estimate.n < HIDDEN_BELOW or estimate.value is None or estimate.lower is None or estimate.upper is None:
        return str(_("too few answers (n %(n)s)", n=estimate.n if estimate.n >= HIDDEN_BELOW else "< 10"))
    return f"{estimate.value:.0f} ({estimate.lower:.0f} – {estimate.upper:.0f}, n {estimate.n})"


def _issues(view: ProgrammeView) -> Section:
    head = [str(_("Issue")), str(_("Kind")), str(_("State")), str(_("Owner"))]
    rows = [
        [f"{line.issue.number} {line.issue.title}", str(words.KINDS[line.issue.kind]), str(words.STATES[line.issue.state]), line.owner]
        for line in view.issues[:MOST_ISSUES]
    ]
    verified = sum(line.issue.state == "verified" for line in view.issues)
    said = str(_("%(n)s issues, %(verified)s of them verified by the figure.", n=len(view.issues), verified=verified))
    return Section(str(_("Issues")), [said], [head, *rows] if rows else [], (0.52, 0.14, 0.16, 0.18))


def _meetings(view: ProgrammeView) -> Section:
    held = [one for one in view.meetings if one.state == "held"][:MOST_MEETINGS]
    return Section(
        str(_("Meetings")), [f"{one.held_on} {one.title}: {one.minutes[:160]}" for one in held] or [str(_("No meeting was held yet."))]
    )
