# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail that comes from elsewhere."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    log,
    read,
    settings,
    status,
    total,
)

AREA = Area(
    "migration",
    (
        log(
            "migration_tasks",
            "Migrations from other servers",
            read("RemoteMigrate", "list_task"),
            place="Server Management > Mail Migration",
            privilege="Server Management: Mail Migration",
            evidence="LU",
            ids=("id", "task_id", "name"),
            personal=("*",),
            figures=(total("migration_tasks", "Migrations from other servers", "migrations"),),
        ),
        log(
            "mail_import_export",
            "Imports and exports of mailboxes",
            read("MailImportExport", "list"),
            place="Not in the guide",
            privilege=None,
            evidence="LU",
            ids=("id", "task_id", "name"),
            personal=("*",),
            figures=(total("mail_import_export_tasks", "Imports and exports of mailboxes", "tasks"),),
        ),
        status(
            "mailserver_migration",
            "How far the migration from Synology Mail Server is",
            read("Migration", "get_progress"),
            place="Not in the guide",
            privilege=None,
            evidence="LU",
            personal=("*",),
        ),
        settings(
            "mailserver_migration_settings",
            "Settings of the migration from Synology Mail Server",
            read("Migration", "get_settings"),
            place="Not in the guide",
            privilege=None,
            evidence="LU",
            secret=("pass", "password", "passwd", "pwd", "token"),
            personal=("account", "user", "username", "admin", "name"),
        ),
        status(
            "mailserver_mail_migration",
            "How far the mails from Synology Mail Server are",
            read("Migration", "get_mail_migration_progress"),
            place="Not in the guide",
            privilege=None,
            evidence="LU",
            personal=("*",),
        ),
    ),
    group="migrations",
)
