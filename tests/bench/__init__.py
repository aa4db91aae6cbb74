# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark: what reading a fleet costs, beside other ways to the same end. See docs/performance.md."""
