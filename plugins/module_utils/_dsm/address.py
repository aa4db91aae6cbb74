# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a DSM listens."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address as HttpAddress
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Product

DSM = Product(
    name="DSM",
    machine="the NAS",
    language="JSON",
    ways=("port", "https"),
    ports="DSM listens on 5001 for HTTPS, on 5000 for HTTP",
    if_late="Raise time_limit (of an inventory source, host_time_limit or time_limit), or ask for fewer rows.",
    if_large="Ask for fewer rows (limit), or raise max_answer_size.",
    if_cut="ask for fewer rows (limit) and see the log of the NAS",
)


@dataclass(frozen=True)
class Address(HttpAddress):
    """Where a DSM listens, and all that an address tells."""

    @property
    def product(self) -> Product:
        return DSM
