# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of a cluster."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, Members, read, status
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    server_states,
    summarise_servers,
)

AREA = Area(
    "server",
    (
        status(
            "server_list",
            "The servers of the cluster",
            read("ServerList", "list"),
            known=("server_list", "balancer_enabled", "cluster_syncing"),
            place="Server Management > Server List",
            privilege="Server Management: Server List",
            summarise=summarise_servers,
            members=Members("servers", "Servers", "cluster", server_states),
        ),
    ),
)
