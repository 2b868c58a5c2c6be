"""A row for every address that names a thing: what keeps it from those who may not know of it. A new address needs a row here.

The longest beginning that fits an address is its row:
`unit`   the thing belongs to a unit: tested here with one of one's own unit and one of another
`held`   the same, tested where the file beside it says, since making such a thing takes a story
`bank`   one for the whole bank: whoever holds the permission may know of it
`own`    belongs to the person who made it, or to their session
`link`   an unguessable link is the right itself
"""

ROWS: dict[str, tuple[str, str]] = {
    "/api/v1/": ("bank", "keys hold for the whole bank; what they may do is their scopes"),
    "/c/": ("link", "a customer's page of their case"),
    "/complaints/": ("link", "a customer's page of their complaint"),
    "/i/": ("link", "ideas that are shown to everybody"),
    "/media/": ("bank", "pictures of questionnaires, shown on public pages"),
    "/officers/": ("own", "the officers' zone: what an officer may see of others is tested in tests/officers"),
    "/privacy/": ("link", "a customer's page of their request"),
    "/q/": ("link", "a poster's code"),
    "/r/": ("link", "a referral's code"),
    "/s/": ("link", "a customer's page"),
    "/portal/access/roles/": ("bank", "the bank's own roles"),
    "/portal/account/": ("own", "one's own sessions: tests/portal/people/test_sessions_and_factors.py"),
    "/portal/alert-rules/": ("bank", "rules hold for the whole bank"),
    "/portal/analysis/": ("own", "a file that this person just sent"),
    "/portal/annotations/": ("bank", "notes on the charts"),
    "/portal/answers/": ("held", "tests/questionnaires/answering/test_outcomes.py"),
    "/portal/api-keys/": ("bank", "keys of programs"),
    "/portal/appeals/": ("held", "tests/scheduler/cases/test_appeal_pages.py"),
    "/portal/approval-routes/": ("bank", "who approves what"),
    "/portal/assisted/": ("held", "tests/questionnaires/answering/test_outcomes.py"),
    "/portal/bank/": ("bank", "the question bank"),
    "/portal/campaigns/": ("bank", "campaigns are head office's"),
    "/portal/case-library/": ("bank", "lessons without persons"),
    "/portal/case-setup/": ("bank", "kinds of cases"),
    "/portal/cases/": ("unit", "case"),
    "/portal/cases/bulk/": ("own", "a bulk act of this person"),
    "/portal/cases/filters/": ("own", "a saved filter"),
    "/portal/complaints/": ("held", "tests/scheduler/complaints/test_complaint_pages.py"),
    "/portal/contact-lists/": ("held", "tests/scheduler/contacts/test_lists.py"),
    "/portal/customers/": ("unit", "customer"),
    "/portal/customers/import/": ("own", "a file that this person just sent"),
    "/portal/emergency/": ("bank", "emergencies are seen by those who judge them"),
    "/portal/event-catalogue/": ("bank", "kinds of events"),
    "/portal/event-misfits/": ("bank", "events that could not be read"),
    "/portal/exports/": ("held", "tests/questionnaires/reports/test_exports.py"),
    "/portal/feedback/import/": ("own", "a file that this person just sent"),
    "/portal/figures/": ("bank", "signed-off figures"),
    "/portal/groups/": ("bank", "groups of the directory"),
    "/portal/house/docs/": ("bank", "the product's own documents"),
    "/portal/house/documents/": ("bank", "policy documents: whom one concerns is tested in tests/portal/house/test_house_pages.py"),
    "/portal/house/switches/": ("bank", "parts of the product"),
    "/portal/improvement/": ("held", "tests/scheduler/improvement/test_improvement_pages.py"),
    "/portal/indexes/": ("bank", "how indexes are made up"),
    "/portal/issues/": ("held", "tests/scheduler/improvement/test_improvement_pages.py"),
    "/portal/journeys/": ("bank", "the map of journeys"),
    "/portal/media/": ("bank", "pictures of questionnaires"),
    "/portal/message-texts/": ("bank", "texts of messages"),
    "/portal/messages/": ("held", "tests/scheduler/delivery/test_message_pages.py"),
    "/portal/my-day/": ("own", "one's own absences"),
    "/portal/officers/": ("held", "tests/officers"),
    "/portal/pilots/": ("bank", "pilots are head office's"),
    "/portal/policy/": ("bank", "the contact policy"),
    "/portal/poster-sheets/": ("held", "tests/questionnaires/answering/test_codes.py"),
    "/portal/posters/": ("held", "tests/questionnaires/answering/test_codes.py"),
    "/portal/precision/": ("bank", "how surely figures are known"),
    "/portal/privacy/": ("bank", "the request desk is head office's"),
    "/portal/promoters/": ("held", "tests/scheduler/promoters/test_promoters.py"),
    "/portal/questionnaires/": ("bank", "the library"),
    "/portal/reports/": ("held", "tests/questionnaires/reports/test_reports.py"),
    "/portal/simulator/": ("bank", "simulations of the policy"),
    "/portal/targets/": ("held", "tests/questionnaires/metrics/test_figures.py"),
    "/portal/taxonomy/": ("bank", "kinds of problems"),
    "/portal/test-links/": ("bank", "the library"),
    "/portal/themes/": ("bank", "looks of answer pages"),
    "/portal/topics/": ("bank", "words of topics"),
    "/portal/touchpoints/": ("bank", "touchpoints"),
    "/portal/units/": ("unit", "unit"),
    "/portal/units/import/": ("own", "a file that this person just sent"),
    "/portal/users/": ("unit", "user"),
    "/portal/users/import/": ("own", "a file that this person just sent"),
    "/portal/views/": ("own", "a saved view"),
    "/portal/webhooks/": ("bank", "who is told of events"),
}
KINDS = ("unit", "held", "bank", "own", "link")


def row_of(address: str) -> tuple[str, str] | None:
    """The row of an address: that of the longest beginning."""
    fitting = [beginning for beginning in ROWS if address.startswith(beginning)]
    return ROWS[max(fitting, key=len)] if fitting else None
