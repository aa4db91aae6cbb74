# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a Plesk listens."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address as HttpAddress
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Product

PLESK = Product(
    name="Plesk",
    machine="the server",
    language="XML",
    ways=("host", "port"),
    ports="Plesk listens on 8443",
    if_late="Name fewer sites (sites).",
    if_large="Name fewer sites (sites).",
    if_cut="name fewer sites (sites) and see the log of Plesk",
)


@dataclass(frozen=True)
class Address(HttpAddress):
    """Where a Plesk listens, and all that an address tells."""

    @property
    def product(self) -> Product:
        return PLESK
