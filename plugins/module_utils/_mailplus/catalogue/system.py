# SPDX-License-Identifier: GPL-3.0-or-later
"""The DSM below MailPlus Server."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    BYTES,
    DAYS,
    DSM_ADMINISTRATOR,
    DSM_USER,
    PERCENT,
    SECONDS,
    Area,
    Column,
    Figure,
    Grouping,
    Table,
    entries,
    read,
    settings,
    status,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.tables import (
    backups,
    certificates,
    packages,
    systems,
    volumes,
)

# A word that DSM does not know fails the whole read. What tells of a status comes with it.
_OF_PACKAGES = ("status",)
_OF_BACKUPS = ("last_bkp_time", "next_bkp_time", "last_bkp_result", "is_modified", "schedule", "get_source")

AREA = Area(
    "system",
    (
        status(
            "dsm",
            "DSM: version, model and uptime",
            read("SYNO.DSM.Info", "getinfo", (2,)),
            place="DSM: Control Panel > Info Center",
            privilege=DSM_USER,
            evidence="R",
            personal=("serial",),
            figures=(Figure("uptime_seconds", "Time since DSM started", "data.uptime", SECONDS),),
        ),
        entries(
            "dsm_packages",
            "Packages of DSM, with version and status",
            read("SYNO.Core.Package", "list", (1, 2), {"additional": list(_OF_PACKAGES)}),
            place="DSM: Package Center",
            privilege=DSM_USER,
            evidence="RM",
            rows_key="packages",
            ids=("id",),
        ),
        entries(
            "certificates",
            "Certificates, with what uses them",
            read("SYNO.Core.Certificate.CRT", "list"),
            place="DSM: Control Panel > Security > Certificate",
            privilege=DSM_ADMINISTRATOR,
            evidence="M",
            personal=("email", "mail"),
            rows_key="certificates",
            ids=("id",),
            figures=(
                Figure("certificate_left_days", "Time until a certificate ends", "tables.certificates.left_days", DAYS),
            ),
        ),
        settings(
            "tls_profile",
            "Which TLS the services of DSM accept",
            read("SYNO.Core.Web.Security.TLSProfile", "get"),
            place="DSM: Control Panel > Security > Advanced",
            privilege=DSM_ADMINISTRATOR,
            evidence="R",
        ),
        status(
            "dsm_ldap",
            "The LDAP server that DSM is bound to",
            read("SYNO.Core.Directory.LDAP", "get", (1, 2)),
            place="DSM: Control Panel > Domain/LDAP",
            privilege=DSM_USER,
            evidence="M",
            personal=("bind_dn", "base_dn"),
        ),
        status(
            "dsm_domain",
            "The domain that DSM has joined",
            read("SYNO.Core.Directory.Domain", "get"),
            place="DSM: Control Panel > Domain/LDAP",
            privilege=DSM_ADMINISTRATOR,
            evidence="M",
            personal=("user", "username", "account", "admin", "administrator", "base_dn"),
        ),
        status(
            "storage",
            "Volumes, pools and disks",
            read("SYNO.Storage.CGI.Storage", "load_info"),
            place="DSM: Storage Manager",
            privilege=DSM_ADMINISTRATOR,
            evidence="RM",
            personal=("serial", "serial_number", "disk_serial", "uuid", "wwn"),
            figures=(
                Figure("volume_free_percent", "Least free share of a volume", "tables.volumes.free_percent", PERCENT),
            ),
        ),
        settings(
            "time",
            "Time zone, and where the clock is set by",
            read("SYNO.Core.Region.NTP", "get", (1, 2, 3)),
            place="DSM: Control Panel > Regional Options",
            privilege=DSM_ADMINISTRATOR,
            evidence="R",
        ),
        status(
            "backup_tasks",
            "Tasks of Hyper Backup",
            read("SYNO.Backup.Task", "list", params={"additional": list(_OF_BACKUPS)}),
            place="DSM: Hyper Backup",
            privilege=DSM_ADMINISTRATOR,
            evidence="M",
            personal=("name", "task_name", "user", "username", "owner"),
            figures=(
                Figure(
                    "backup_age_seconds", "Time since a backup task ran, at most", "tables.backups.age_seconds", SECONDS
                ),
            ),
        ),
    ),
    group="system",
    tables=(
        Table(
            "systems",
            "DSM, clock and directory",
            ("dsm", "time", "dsm_ldap"),
            (
                Column("version", "DSM"),
                Column("model", "Model"),
                Column("uptime_seconds", "Up for", SECONDS),
                Column("zone", "Time zone"),
                Column("clock", "Clock set by"),
                Column("time_server", "Time server"),
                Column("ldap", "Bound to LDAP"),
                Column("ldap_encryption", "Encryption of LDAP"),
            ),
            systems,
            grouping=Grouping("dsm_versions", "Versions of DSM", ("version",)),
        ),
        Table(
            "packages",
            "MailPlus Server and MailPlus",
            ("dsm_packages", "packages"),
            (Column("name", "Package"), Column("version", "Version"), Column("status", "Status")),
            packages,
            grouping=Grouping("package_versions", "Versions of MailPlus Server and MailPlus", ("name", "version")),
        ),
        Table(
            "certificates",
            "Certificates",
            ("certificates",),
            (
                Column("name", "Certificate"),
                Column("issuer", "Issuer"),
                Column("default", "Default"),
                Column("services", "Used by"),
                Column("ends", "Ends"),
                Column("left_days", "Left", DAYS),
            ),
            certificates,
            worst="left_days",
        ),
        Table(
            "volumes",
            "Volumes",
            ("storage",),
            (
                Column("name", "Volume"),
                Column("status", "Status"),
                Column("size_bytes", "Size", BYTES),
                Column("free_percent", "Free", PERCENT),
            ),
            volumes,
            worst="free_percent",
        ),
        Table(
            "backups",
            "Backups",
            ("backup_tasks",),
            (
                Column("name", "Task"),
                Column("last", "Last run, as the NAS has it"),
                Column("result", "Result"),
                Column("age_seconds", "Age, at most", SECONDS),
            ),
            backups,
            worst="age_seconds",
        ),
    ),
    by_name_only=True,
)
