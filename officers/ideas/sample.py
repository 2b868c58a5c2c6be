"""The sample bank's ideas, campaigns and contest: made-up words through the real use cases."""

from portal.foundation.ground import Ground
from portal.shell.features import Sampling


def load(_ground: Ground, _sampling: Sampling) -> None:
    """Write them, the oldest first."""
