# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that filter rows or write them to a file, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Which of the rows that were read to keep, and where to put them."""

    DOCUMENTATION = r"""
options:
  since:
    description:
      - Keep rows of this time and later, in ISO 8601 with a zone, such as V(2026-01-31T08:00:00Z).
      - It is applied to the rows that O(offset) and O(limit) name, while they are read. No NAS is known to filter.
      - A row whose time cannot be told is kept, and counted as unjudged; a warning tells how many.
    type: str
  until:
    description:
      - Keep rows of this time and earlier, as with O(since).
    type: str
  statuses:
    description:
      - Keep rows with one of these statuses. A row whose status cannot be told is kept, and counted as unjudged;
        a warning tells how many.
    type: list
    elements: str
    default: []
  text:
    description:
      - Keep rows that hold this text in any of their values or keys, in upper or lower case.
    type: str
  dest:
    description:
      - File to write the rows to as JSON Lines, instead of returning them. A name that ends in C(.gz) is compressed.
      - The file is on the controller, or on the host that the task is delegated to. Its directory must exist.
        Where several NAS are read, name the host in it, or they write one file after the other.
      - It appears under its name only when it is whole. A reading that broke off leaves C(NAME.part), and the same task
        takes it up from there. A task fails while another one writes the file, and where C(NAME.part) is a link.
      - With it, the rows of a log of any length take little memory.
    type: path
"""
