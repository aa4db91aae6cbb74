# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs, and who searches them."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    Column,
    Events,
    Figure,
    Timeline,
    entries,
    log,
    read,
    settings,
    total,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import LogSummary

_LOG = "Auditing: Log"
_LOG_PAGE = "Auditing > Log"


def _rows(name: str, label: str) -> Figure:
    return Figure(f"{name}_rows", label, "total", "rows", metric="log_rows", known="log_known")


AREA = Area(
    "log",
    (
        log(
            "admin_log",
            "What administrators did",
            read("Audit.AdminLog", "list"),
            place=_LOG_PAGE,
            privilege=_LOG,
            evidence="LMP",
            personal=("*",),
            rows_key="log_list",
            ids=("id", "log_id"),
            rows_summary=LogSummary,
            figures=(_rows("admin_log", "Rows of the administrators' log"),),
            events=Events("admin_changes", "What administrators did", (Column("actor", "Who"), Column("deed", "What"))),
        ),
        log(
            "transaction_log",
            "What became of each mail",
            read("Audit.TransactionLog", "list"),
            place=_LOG_PAGE,
            privilege=_LOG,
            evidence="LMP",
            personal=("*",),
            rows_key="items",
            ids=("id", "log_id"),
            rows_summary=LogSummary,
            figures=(_rows("transaction_log", "Rows of the log of mails"),),
            timeline=Timeline("mail_flow", "Mail flow"),
        ),
        log(
            "mail_log",
            "What became of each mail, on servers before version 3",
            read("Log.Mail", "list"),
            place=_LOG_PAGE,
            privilege=_LOG,
            evidence="LMU",
            ids=("id", "log_id"),
            rows_summary=LogSummary,
            figures=(_rows("mail_log", "Rows of the older log of mails"),),
            personal=("*",),
        ),
        log(
            "security_log",
            "Mails that a security setting stopped",
            read("Log.Security", "list"),
            place=_LOG_PAGE,
            privilege=_LOG,
            evidence="LMU",
            ids=("id", "log_id"),
            rows_summary=LogSummary,
            figures=(_rows("security_log", "Rows of the log of threats"),),
            personal=("*",),
        ),
        log(
            "dovecot_log",
            "Logins over IMAP and POP3",
            read("Audit.DovecotLog", "list"),
            place=_LOG_PAGE,
            privilege=_LOG,
            evidence="MU",
            ids=("id", "log_id"),
            rows_summary=LogSummary,
            figures=(_rows("dovecot_log", "Rows of the log of logins"),),
            personal=("*",),
        ),
        settings(
            "log_settings",
            "How logs are archived, sent on and rotated",
            read("Log", "conf_get"),
            place="Auditing > Log Management",
            privilege="Auditing: Log Management",
            evidence="LDU",
            personal=("user", "username"),
        ),
        log(
            "log_files",
            "The files of the logs",
            read("Log", "list_log"),
            place="Auditing > Log List",
            privilege="Auditing: Log List",
            evidence="LDU",
            ids=("id", "name", "file"),
        ),
        entries(
            "search_tasks",
            "Searches in the mail of users",
            read("Audit.SearchTask", "list"),
            place="Auditing > Mail Search",
            privilege="Auditing: Mail Search",
            evidence="LMU",
            ids=("id", "task_id", "name"),
            personal=("*",),
            figures=(total("search_tasks", "Searches in the mail of users", "searches"),),
        ),
    ),
    group="logs",
)
