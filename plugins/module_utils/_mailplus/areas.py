# SPDX-License-Identifier: GPL-3.0-or-later
"""The areas of the catalogue. Written by make generate: a module has to name what it imports."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import (
    imap_pop3,
    log,
    mailplus,
    queue,
    report,
    security,
    server,
    smtp,
)

AREAS = (
    imap_pop3.AREA,
    log.AREA,
    mailplus.AREA,
    queue.AREA,
    report.AREA,
    security.AREA,
    server.AREA,
    smtp.AREA,
)
