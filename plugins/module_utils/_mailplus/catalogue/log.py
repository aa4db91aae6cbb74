# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    Figure,
    Timeline,
    log,
    read,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import LogSummary

AREA = Area(
    "log",
    (
        log(
            "admin_log",
            "What administrators did",
            read("Audit.AdminLog", "list"),
            known=("log_list", "offset", "total"),
            place="Auditing > Log",
            privilege="Auditing: Log",
            rows_key="log_list",
            ids=("id", "log_id"),
            rows_summary=LogSummary,
            figures=(
                Figure(
                    "admin_log_rows",
                    "Rows of the administrators' log",
                    "total",
                    "rows",
                    metric="log_rows",
                    known="log_known",
                ),
            ),
        ),
        log(
            "transaction_log",
            "What became of each mail",
            read("Audit.TransactionLog", "list"),
            known=("items", "offset", "total", "is_migrating"),
            place="Auditing > Log",
            privilege="Auditing: Log",
            rows_key="items",
            ids=("id", "log_id"),
            rows_summary=LogSummary,
            figures=(
                Figure(
                    "transaction_log_rows",
                    "Rows of the log of mails",
                    "total",
                    "rows",
                    metric="log_rows",
                    known="log_known",
                ),
            ),
            timeline=Timeline("mail_flow", "Mail flow"),
        ),
    ),
    group="logs",
)
