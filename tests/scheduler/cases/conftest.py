"""A desk with answers and cases."""

import pytest

from tests.bank import Sample
from tests.scheduler.cases.desk import Desk, add_questionnaire


@pytest.fixture
def desk(sample: Sample) -> Desk:
    """A touchpoint with its questionnaire, ready to be answered."""
    made = Desk(sample)
    with sample.ground.writing() as session:
        add_questionnaire(session, sample, made.version_id)
    return made
