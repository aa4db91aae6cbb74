# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of a cluster, and what they run on."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    Members,
    check,
    entries,
    read,
    settings,
    status,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    server_names,
    server_states,
    summarise_servers,
)

_SERVER_LIST = "Server Management: Server List"

AREA = Area(
    "server",
    (
        status(
            "server_list",
            "The servers of the cluster",
            read("ServerList", "list"),
            place="Server Management > Server List",
            privilege=_SERVER_LIST,
            evidence="LM",
            summarise=summarise_servers,
            members=Members("servers", "Servers", "cluster", server_states, server_names, "cluster_nodes"),
        ),
        settings(
            "balancer",
            "The address that both servers of a cluster share",
            read("Cluster", "get_balancer_info"),
            place="Server Management > Server List > Manage",
            privilege=_SERVER_LIST,
            evidence="LU",
        ),
        entries(
            "packages",
            "Packages, as MailPlus Server sees them",
            read("Util", "list_package"),
            place="Not on a page",
            privilege=None,
            evidence="LDU",
            ids=("id", "package", "name"),
        ),
        settings(
            "network_interface",
            "The network interface of MailPlus Server",
            read("Cluster", "get_interface"),
            place="Service > Protocol > Network Interface",
            privilege="Server Management: Protocol",
            evidence="LU",
            personal=("mac", "mac_address"),
        ),
        entries(
            "network_interfaces",
            "Network interfaces that MailPlus Server can use",
            read("Util", "list_network_interface"),
            place="Service > Protocol > Network Interface",
            privilege=None,
            evidence="LDU",
            personal=("mac", "mac_address"),
            ids=("id", "ifname", "name"),
        ),
        status(
            "system_info",
            "The NAS, as MailPlus Server sees it",
            read("Util", "info_system"),
            place="Not on a page",
            privilege=None,
            evidence="LDU",
            personal=("serial", "serial_number", "sn", "mac"),
        ),
        status(
            "storage_volumes",
            "Volumes that can hold mail",
            read("CreateWizard", "get_storage_volume_list"),
            place="The wizard that sets up MailPlus Server",
            privilege=None,
            evidence="LDU",
        ),
        check(
            "settings_check",
            "Settings that differ from what MailPlus Server suggests",
            read("Diagnosis", "mailserver_check", (1, 2)),
            place="Server Management > Server List > Check Settings",
            privilege=_SERVER_LIST,
            evidence="LU",
        ),
        check(
            "cluster_health",
            "What the servers of the cluster find about each other",
            read("Cluster", "check_health"),
            place="Server Management > Server List",
            privilege=_SERVER_LIST,
            evidence="LU",
        ),
    ),
    group="servers",
)
