# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of the files with the gathered state, hosts/NAME.json and fleet.json.

The text under each key is its documentation: what the schema says of it is made from here.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Error, Facts
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import Count, Moment
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HOST_STATUSES


class Host(TypedDict):
    """hosts/NAME.json: one host."""

    schema_version: Literal[1]
    """The version of the file. It is raised when a key is renamed, removed or means something else."""
    host: str
    """Its name in the inventory."""
    status: Annotated[str, HOST_STATUSES]
    """How much of it was read. ok: all sections; partial: some; unsupported: the NAS has none of them; failed: it could
    not be asked, or none of them could be read; not_gathered: it was not asked."""
    reason: str | None
    """Why the status is not ok. Null where it is."""
    error: Error | None
    """The error of a host that failed. Null where there is none."""
    mailplus: Facts | None
    """What was gathered: the fact C(mailplus). Null where the host was not asked or did not answer."""
    last_read: Moment | None
    """When the host was read, in UTC. Of a host that could not be read now, when it was the last time: that state is in
    C(last_good/NAME.json). Null where nobody knows."""


class Fleet(TypedDict):
    """fleet.json: all hosts of the play."""

    schema_version: Literal[1]
    """The version of the file, as in the file of a host."""
    totals: Annotated[dict[str, Count], HOST_STATUSES]
    """Hosts by status."""
    hosts: dict[str, Host]
    """The hosts by their names in the inventory, those included that were not read."""
