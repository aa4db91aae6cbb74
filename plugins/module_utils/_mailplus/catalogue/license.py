# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    DAYS,
    DSM_ADMINISTRATOR,
    Area,
    Column,
    Figure,
    Table,
    check,
    entries,
    read,
    status,
    total,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.tables import licenses

_LICENSE = "License"
_KEYS = ("*", "key", "code", "license", "license_code", "activation_code", "serial_key")

AREA = Area(
    "license",
    (
        status(
            "license_limit",
            "How many accounts the licences allow",
            read("License", "get_user_limit"),
            place=_LICENSE,
            privilege=DSM_ADMINISTRATOR,
            evidence="LU",
            secret=("*",),
            figures=(
                Figure(
                    "license_accounts_allowed",
                    "Accounts that the licences allow",
                    "data",
                    "accounts",
                    meaning="license_accounts",
                ),
            ),
        ),
        status(
            "license_usage",
            "How many accounts use a licence",
            read("License", "get_active_user_num"),
            place=_LICENSE,
            privilege=DSM_ADMINISTRATOR,
            evidence="LU",
            secret=("*",),
            figures=(
                Figure(
                    "license_accounts_used", "Accounts that use a licence", "data", "accounts", meaning="license_used"
                ),
            ),
        ),
        entries(
            "licenses",
            "The licences, with validity and expiry",
            read("License", "list_by_device", (3,)),
            read("License", "list", (2,)),
            place=_LICENSE,
            privilege=DSM_ADMINISTRATOR,
            evidence="LU",
            ids=("id", "license_id"),
            secret=_KEYS,
            figures=(
                total("licenses", "Licences", "licences"),
                Figure("license_left_days", "Time until a licence ends", "tables.licenses.left_days", DAYS),
            ),
        ),
        status(
            "bitdefender_license",
            "The licences of Bitdefender",
            read("License.BitDefender", "offline_check"),
            place="License > Bitdefender",
            privilege=DSM_ADMINISTRATOR,
            evidence="LU",
            secret=_KEYS,
        ),
        status(
            "bitdefender_limit",
            "How many accounts the licences of Bitdefender allow",
            read("License.BitDefender", "offline_get_user_limit"),
            place="License > Bitdefender",
            privilege=DSM_ADMINISTRATOR,
            evidence="LU",
            secret=("*",),
        ),
        check(
            "license_validity",
            "Whether the licences are valid, as Synology sees it",
            read("License", "check_server_validity"),
            place=_LICENSE,
            privilege=DSM_ADMINISTRATOR,
            evidence="LU",
            secret=_KEYS,
        ),
    ),
    group="licenses",
    tables=(
        Table(
            "licenses",
            "Licences",
            ("licenses",),
            (
                Column("accounts", "Accounts"),
                Column("state", "State"),
                Column("ends", "Ends"),
                Column("left_days", "Left", DAYS),
            ),
            licenses,
            worst="left_days",
        ),
    ),
)
