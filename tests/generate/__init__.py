# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what follows from the catalogue, the options and the shapes of results, and finds what is out of date.

``make generate`` writes, ``make generate-check`` compares, as ``make lint`` does.
"""

from __future__ import annotations
