# SPDX-License-Identifier: GPL-3.0-or-later
"""The areas of the catalogue. Written by make generate: a module has to name what it imports."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import (
    account,
    antispam,
    antivirus,
    authentication,
    domain,
    imap_pop3,
    license,
    log,
    mailplus,
    migration,
    queue,
    report,
    security,
    server,
    smtp,
    statistics,
    system,
)

AREAS = (
    account.AREA,
    antispam.AREA,
    antivirus.AREA,
    authentication.AREA,
    domain.AREA,
    imap_pop3.AREA,
    license.AREA,
    log.AREA,
    mailplus.AREA,
    migration.AREA,
    queue.AREA,
    report.AREA,
    security.AREA,
    server.AREA,
    smtp.AREA,
    statistics.AREA,
    system.AREA,
)
