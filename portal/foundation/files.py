"""Where templates and static files lie: in a checkout beside the packages, in an installed wheel inside `portal`."""

from pathlib import Path

import portal


def resources(name: str) -> Path:
    """The folder `templates` or `static`.

    Raises  FileNotFoundError where the installation lacks it
    """
    inside = Path(portal.__file__).parent
    for folder in (inside / name, inside.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(name)
