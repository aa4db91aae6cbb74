# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails on their way."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    Breakdown,
    Figure,
    Ranking,
    log,
    read,
    settings,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    QueueSummary,
    destinations,
    reasons,
)

_QUEUE = "Auditing: Queue"

AREA = Area(
    "queue",
    (
        log(
            "queue",
            "Mails waiting for delivery",
            read("Queue", "list"),
            place="Queue",
            privilege=_QUEUE,
            evidence="LMP",
            rows_key="items",
            ids=("id", "queue_id"),
            rows_summary=QueueSummary,
            figures=(
                Figure(
                    "queue_mails",
                    "Mails waiting",
                    "total",
                    "mails",
                    brief=True,
                    by=Breakdown("status", "summary.by_status", "queue_read_mails", "queue_complete"),
                    known="queue_known",
                ),
                Figure("queue_oldest_age_seconds", "Age of the oldest mail", "summary.oldest_age_seconds", "seconds"),
            ),
            rankings=(
                Ranking("queue_reasons", "Why mails wait", reasons, "top_reasons", "Reason", "mails", brief=True),
                Ranking(
                    "queue_destinations",
                    "Where waiting mails go",
                    destinations,
                    "top_destinations",
                    "Destination",
                    "mails",
                    brief=True,
                ),
            ),
        ),
        settings(
            "queue_settings",
            "Settings of the queue",
            read("Queue", "conf_get"),
            holds="How long a mail waits before it is returned",
            place="Queue > Settings",
            privilege=_QUEUE,
            evidence="LU",
        ),
    ),
)
