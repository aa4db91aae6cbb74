# SPDX-License-Identifier: GPL-3.0-or-later
"""The DSM below MailPlus Server."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    DSM_ADMINISTRATOR,
    DSM_USER,
    Area,
    entries,
    read,
    settings,
    status,
)

# DSM refuses the whole list for one word that it does not know.
_OF_PACKAGES = ("status",)
_OF_BACKUPS = ("last_bkp_time", "next_bkp_time", "last_bkp_result", "is_modified", "schedule", "get_source")

AREA = Area(
    "system",
    (
        status(
            "dsm",
            "DSM: version, model and uptime",
            read("SYNO.DSM.Info", "getinfo", (2,)),
            known=("model", "ram", "serial", "temperature", "temperature_warn", "uptime", "version", "version_string"),
            place="DSM: Control Panel > Info Center",
            privilege=DSM_USER,
            evidence="RK",
            personal=("serial",),
        ),
        entries(
            "dsm_packages",
            "Packages of DSM, with version and status",
            read("SYNO.Core.Package", "list", (1, 2), {"additional": list(_OF_PACKAGES)}),
            known=("packages", "id", "name", "version", "timestamp", "additional"),
            place="DSM: Package Center",
            privilege=DSM_USER,
            evidence="RMK",
            rows_key="packages",
            ids=("id",),
        ),
        entries(
            "certificates",
            "Certificates, with what uses them",
            read("SYNO.Core.Certificate.CRT", "list"),
            known=(
                "certificates",
                "id",
                "desc",
                "is_default",
                "is_broken",
                "issuer",
                "subject",
                "valid_from",
                "valid_till",
                "services",
            ),
            place="DSM: Control Panel > Security > Certificate",
            privilege=DSM_ADMINISTRATOR,
            evidence="MK",
            rows_key="certificates",
            ids=("id",),
        ),
        settings(
            "tls_profile",
            "Which TLS the services of DSM accept",
            read("SYNO.Core.Web.Security.TLSProfile", "get"),
            known=("default-level", "services"),
            place="DSM: Control Panel > Security > Advanced",
            privilege=DSM_ADMINISTRATOR,
            evidence="RK",
        ),
        status(
            "dsm_ldap",
            "The LDAP server that DSM is bound to",
            read("SYNO.Core.Directory.LDAP", "get", (1, 2)),
            known=("enable_client", "server_address", "host", "base_dn", "bind_dn", "encryption", "profile"),
            place="DSM: Control Panel > Domain/LDAP",
            privilege=DSM_USER,
            evidence="MK",
            personal=("bind_dn", "base_dn"),
        ),
        status(
            "dsm_domain",
            "The domain that DSM has joined",
            read("SYNO.Core.Directory.Domain", "get"),
            known=("enable_domain",),
            place="DSM: Control Panel > Domain/LDAP",
            privilege=DSM_ADMINISTRATOR,
            evidence="MK",
        ),
        status(
            "storage",
            "Volumes, pools and disks",
            read("SYNO.Storage.CGI.Storage", "load_info"),
            known=("volumes", "disks", "storagePools", "ssdCaches", "env"),
            place="DSM: Storage Manager",
            privilege=DSM_ADMINISTRATOR,
            evidence="RMK",
            personal=("serial",),
        ),
        settings(
            "time",
            "Time zone, and where the clock is set by",
            read("SYNO.Core.Region.NTP", "get", (1, 2, 3)),
            known=("enable_ntp", "server", "timezone", "timestamp", "date", "hour"),
            place="DSM: Control Panel > Regional Options",
            privilege=DSM_ADMINISTRATOR,
            evidence="RK",
        ),
        status(
            "backup_tasks",
            "Tasks of Hyper Backup",
            read("SYNO.Backup.Task", "list", params={"additional": list(_OF_BACKUPS)}),
            known=("task_id", "name", "type", "last_bkp_time", "next_bkp_time", "last_bkp_result"),
            place="DSM: Hyper Backup",
            privilege=DSM_ADMINISTRATOR,
            evidence="MK",
        ),
    ),
    group="system",
    by_name_only=True,
)
