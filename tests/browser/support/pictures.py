# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the report, to look at and for the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

PHONE = (390, 844)
DESKTOP = (1440, 900)

Scheme = Literal["light", "dark"]


def take(browser: Browser, report: Path, picture: Path, size: tuple[int, int], scheme: Scheme = "light") -> None:
    """What is seen of ``report`` when it is opened."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page = context.new_page()
    page.goto(report.as_uri())
    page.screenshot(path=picture)
    context.close()
