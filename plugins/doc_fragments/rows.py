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
  row_keys:
    description:
      - Which keys of a row hold its V(time), V(status), V(reason), V(sender), V(recipient), V(subject) and V(type).
        Summaries and filters rest on them. Nobody has published what these keys are, so the usual names are tried; what
        is named here comes first.
      - "A mapping from a meaning to the name of a key, or to a list of names, of which the first that a row has counts:
        C({time: ts, reason: [why, note]}). Below the name of a log or queue, it is for that one alone:
        C({time: ts, admin_log: {time: when, type: what}})."
      - In a key such as C(mail.subject) that a row does not have, a dot leads into a mapping.
      - An unknown meaning or name fails before anything is asked. Where a key is not in a row, the usual names are
        tried.
    type: dict
    default: {}
    version_added: 0.2.0
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
