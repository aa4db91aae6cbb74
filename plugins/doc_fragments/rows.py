# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that return lists, documented once. A test compares them with the argument spec."""

from __future__ import annotations


class ModuleDocFragment:
    """Which rows of a list."""

    DOCUMENTATION = r"""
options:
  offset:
    description:
      - Rows of each log or queue to leave out at its start.
    type: int
    default: 0
  limit:
    description:
      - Rows of each log or queue to return at most. V(-1) is for all rows, V(0) for none, which still tells how many
        there are. Lists that are configuration are read to their end, up to 10,000 entries.
      - All rows of a long log are many requests and much memory. Up to 500 rows are one request.
        At most 250,000 rows are returned, and 10,000,000 written to a file; a warning tells where that cuts a list.
    type: int
    default: 50
  time_zone:
    description:
      - Time zone of the NAS, for times that have none, such as C(2026-01-31 08:15:00) in a row. It is an IANA name such
        as V(Europe/Berlin), or an offset such as V(+01:00). The zone of the controller is never taken for it.
      - If it is not set, the NAS is asked for it where C(time), the time settings of DSM, or rows of a time are read.
        DSM tells it to its administrators alone, and some of its names fit no IANA name.
      - Without any, such times of rows are unknown. In the hour that comes twice when clocks are set back, a time is
        taken for the first one.
    type: str
"""
