# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that filter rows or write them to a file, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Which of the rows that were read to keep, and where to put them."""

    DOCUMENTATION = r"""
options:
  since:
    description:
      - Keep rows of this time and later.
      - It is a span before now (V(3h), V(90m), V(2d), V(1w)), a day, from its beginning (V(today), V(yesterday),
        V(2026-01-31)), or a time (V(2026-01-31 08:00), V(2026-01-31T08:00:00Z), V(2026-01-31T08:00:00+01:00)), also
        as seconds since 1970 (V(1769846400)). A day of a span is 24 hours.
      - A day, and a time without a zone, is one of the NAS. Where O(time_zone) is not set and the NAS does not tell its
        zone, the task fails and says so.
      - It is applied to rows while they are read. No NAS is known to filter. Where the rows come newest first, reading
        ends with the first page that is older; RV(ignore:filtered.ended_early) tells. A row behind it that is newer
        after all, such as one that was logged late, is missed then.
      - What becomes of a row whose time cannot be told, O(unjudged) says.
    type: str
  until:
    description:
      - Keep rows of this time and earlier, as with O(since). Of a day, that is to its end, so V(yesterday) for both is
        that day.
    type: str
  statuses:
    description:
      - Keep rows with one of these statuses, in upper or lower case. Where no row has one of them, a warning names
        those that rows have.
    type: list
    elements: str
    default: []
  sender:
    description:
      - Keep rows with this address as their sender, in upper or lower case.
      - It is the whole address. What is quoted before one in angles, as in C("Anna" <anna@example.com>), is a name. A
        row with text that may hold another address than those found in it is kept where one of these fits, and could
        not be judged where none does.
    type: str
    version_added: 0.2.0
  recipient:
    description:
      - Keep rows with this address among their recipients, in upper or lower case, as with O(sender).
    type: str
    version_added: 0.2.0
  domain:
    description:
      - Keep rows whose sender, or one of whose recipients, has an address in this domain, such as V(example.com). Those
        in V(mail.example.com) are of another domain.
    type: str
    version_added: 0.2.0
  reason:
    description:
      - Keep rows whose reason holds this text, in upper or lower case.
    type: str
    version_added: 0.2.0
  text:
    description:
      - Keep rows that hold this text in any of their values or keys, in upper or lower case.
    type: str
  unjudged:
    description:
      - "What becomes of rows that a filter could not judge, since no key is known under which they hold what it needs:
        their time, status, sender, recipient or reason. O(row_keys) names such keys."
      - V(fail_if_all) leaves them out, with a warning that tells how many, and fails where an option could judge none
        of the rows. No file is written then. Where no section is named and others could be read, that is a warning.
      - V(drop) leaves them out, and never fails. V(keep) keeps them as if they fitted. A warning tells how many.
    type: str
    choices: [fail_if_all, drop, keep]
    default: fail_if_all
    version_added: 0.2.0
  limit_counts:
    description:
      - What O(limit) counts where rows are filtered. With V(matching), that many rows are kept, and as many are read as
        that takes; with V(read), that many are read, and of these the ones that match are kept.
    type: str
    choices: [matching, read]
    default: matching
  dest:
    description:
      - File to write the rows to as JSON Lines, instead of returning them. A name that ends in C(.gz) is compressed.
      - The file is on the controller, or on the host that the task is delegated to. Its directory must exist.
        Where several NAS are read, name the host in it, or they write one file after the other.
      - It appears under its name only when it is whole. A reading that broke off leaves C(NAME.part), and the same task
        takes it up from there. A task fails while another one writes the file, and where C(NAME.part) is a link.
      - A task whose O(since) or O(until) means another moment than before is not the same and begins anew. So does
        every one with a span.
      - With it, the rows of a log of any length take little memory.
    type: path
"""
