# SPDX-License-Identifier: GPL-3.0-or-later
"""What the HTML report says of changes since the last run: small lines over the runs."""

from __future__ import annotations

from collections.abc import Sequence

# More are in the files for programs.
MOST_CHANGES, MOST_CHANGED_HOSTS = 25, 5

WIDTH, HEIGHT = 100, 24


def run_line(values: Sequence[int | None]) -> str:
    """The path of a figure over the runs, lowest at the bottom. It has a gap where the figure is unknown."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    least, span = min(known), max(known) - min(known)
    path, pen = "", "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x = WIDTH * (place + 0.5) / len(values)
        y = HEIGHT / 2 if not span else HEIGHT - 2 - (HEIGHT - 4) * (value - least) / span
        path += f"{pen}{x:.4g} {y:.4g}"
        pen = "L"
    # A point alone is drawn as a dot.
    return path.replace("M", " M").strip() + "h0"
