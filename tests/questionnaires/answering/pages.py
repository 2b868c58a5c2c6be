"""The page in a browser: the app on a port of its own, pages passed one after the other, forms filled by what stands in them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser import PHONE


class Silent(WSGIRequestHandler):
    """Says nothing about each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The app on a port of its own; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def on_phone(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page of a profile of its own, in the size of a phone; a script that falls over fails the test."""
    context = browser.new_context(viewport=PHONE, **options)
    page = context.new_page()
    fell: list[str] = []
    page.on("pageerror", lambda error: fell.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert fell == []


def send(page: Page, *, scripted: bool = True, by: str = "next") -> None:
    """Press a button of the form and wait for what comes in its place."""
    if not scripted:
        with page.expect_navigation():
            page.click(f"button[value={by}]")
        return
    page.evaluate("document.querySelector('main').dataset.old = 1")
    page.click(f"button[value={by}]")
    page.wait_for_selector("main:not([data-old])")


def is_over(page: Page) -> bool:
    """Whether the questionnaire has ended: there is no form with pages any more."""
    return page.locator("input[name=_page]").count() == 0


FILL = """() => {
  const seen = new Set();
  for (const one of document.querySelectorAll('main form input, main form select, main form textarea')) {
    if (one.name.startsWith('_') || one.disabled || one.type === 'hidden' || one.type === 'file' || one.type === 'range') continue;
    const box = one.closest('.q');
    if (box && box.offsetParent === null) continue;
    if (one.type === 'radio' || one.type === 'checkbox') {
      const label = document.querySelector(`label[for="${one.id}"]`);
      if (seen.has(one.name) || label.offsetParent === null) continue;
      seen.add(one.name);
      if (!one.checked) label.click();
    } else if (one.tagName === 'SELECT') {
      const line = one.closest('.k > *');
      one.value = line ? String([...line.parentNode.children].indexOf(line) + 1) : one.options[one.options.length - 1].value;
    } else if (one.offsetParent !== null && !one.value) {
      const sum = one.closest('[data-total]');
      const kinds = {email: 'a@example.com', tel: '13800138000', date: '2026-06-10', time: '14:30'};
      if (sum) one.value = [...sum.querySelectorAll('input')].indexOf(one) === 0 ? sum.dataset.total : '0';
      else if (one.dataset.slide) one.value = one.dataset.slide.split(' ')[1];
      else one.value = kinds[one.type] || (one.inputMode === 'numeric' || one.inputMode === 'decimal' ? '3' : 'fine');
    }
  }
}"""
"""Answers whatever is asked, as a person would: the first of each choice, and something that fits in each field."""


def fill(page: Page) -> None:
    """Answer everything in sight; twice, since answers bring more into sight."""
    for _ in range(2):
        page.evaluate(FILL)
