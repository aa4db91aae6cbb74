# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.page import html
from ansible_collections.mailfleet.mailplus.tests.browser.support import samples
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

BIG = 500

_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_MAKERS: dict[str, Callable[[], Report]] = {
    "demo": samples.demo_report,
    "three": samples.three_report,
    "hostile": samples.hostile_report,
    "big": lambda: samples.fleet_report(BIG),
}


@dataclass
class Opened:
    """A page with a report, and what it said and asked for since it was opened."""

    page: Page
    url: str
    said: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, context: BrowserContext, file: Path) -> Opened:
        opened = cls(context.new_page(), file.as_uri())
        opened.page.on("console", lambda message: opened.said.append(message.text))
        opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.said.append(dialog.message))
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.goto(opened.url)
        return opened


Open = Callable[..., Opened]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, with a profile of its own."""
    if _CHROMIUM is None:
        reason = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("MAILPLUS_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # Chromium opens a socket in TMPDIR, whose path must be shorter than that of many a checkout.
        environment: dict[str, str | float | bool] = {**os.environ, "TMPDIR": "/tmp"}  # noqa: S108 - in a directory that it makes for itself alone
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS, env=environment)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of a report by the name of the report, made when it is first asked for."""
    directory = tmp_path_factory.mktemp("reports")

    def file(name: str) -> Path:
        path = directory / f"{name}.html"
        if not path.exists():
            report = samples.changed_report(directory / name) if name == "changed" else _MAKERS[name]()
            path.write_text(html(report), encoding="utf-8")
        return path

    return file


@pytest.fixture
def open_report(browser: Browser, files: Callable[[str], Path]) -> Iterator[Open]:
    """Opens a report by its name, with options of a browser context."""
    contexts = []

    def open_report(name: str, **options: Any) -> Opened:
        context = browser.new_context(**options)
        contexts.append(context)
        return Opened.open(context, files(name))

    yield open_report
    for context in contexts:
        context.close()
