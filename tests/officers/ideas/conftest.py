"""Fixtures of this room."""

import pytest

from tests.officers.ideas.world import Ideas


@pytest.fixture
def ideas(sample) -> Ideas:
    """The room of ideas at the small bank."""
    return Ideas(sample)
