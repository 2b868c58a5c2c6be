"""What questionnaires adds to the product."""

from portal.shell.features import Feature

FEATURE = Feature(name="questionnaires")
