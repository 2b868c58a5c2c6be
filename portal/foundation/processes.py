"""Processes that belong together end together."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int | None = None) -> None:
    """Ask the kernel to end this process when its parent ends, however it ends.

    A web server's workers live on when their parent is killed, and would serve old code on its port.

    parent  its pid, where it told: it may have ended while this process was still being loaded, and then nobody else knows
    """
    if not sys.platform.startswith("linux"):
        return
    parent = parent or os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended between the two lines
        os.kill(os.getpid(), signal.SIGTERM)
