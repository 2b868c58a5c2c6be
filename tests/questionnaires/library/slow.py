"""A slow line for the builder's tests: what is asked, or what is answered, waits until it is let go. Nothing sleeps."""

import re
from typing import Any

from playwright.sync_api import Page, Route

FRAME = "() => new Promise(done => requestAnimationFrame(done))"


class Line:
    """The line between a page and the server, and what went over it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self._waiting: list[tuple[Route, Any]] = []
        self._closed: list[bool] = []
        page.on("request", lambda one: self.asked.append(f"{one.method} {one.url.split('/edit')[-1]}") if "/edit" in one.url else None)

    def hold(self, what: str, *, answer: bool = False) -> None:
        """Let nothing through to addresses that match; with `answer` the server hears it, and what it says waits."""
        closed = self._closed = [True]

        def wait(route: Route) -> None:
            if closed:
                self._waiting.append((route, route.fetch() if answer else None))
            else:
                route.fallback()

        self.page.route(re.compile(what), wait)

    def held(self, number: int = 1) -> None:
        """Wait until so many are held."""
        for _frame in range(600):
            if len(self._waiting) >= number:
                return
            self.page.evaluate(FRAME)
        raise AssertionError(f"{len(self._waiting)} of {number} are held: {self.asked}")

    def go(self) -> None:
        """Let everything through, from now on as well."""
        self._closed.clear()
        waiting, self._waiting = self._waiting, []
        for route, answer in waiting:
            if answer is None:
                route.continue_()
            else:
                route.fulfill(response=answer)

    def writes(self) -> list[str]:
        """What was written and which parts were opened, in order; who is here and the publishing check are left out."""
        return [one.split("&langs")[0] for one in self.asked if not one.endswith(("/here", "/findings"))]
