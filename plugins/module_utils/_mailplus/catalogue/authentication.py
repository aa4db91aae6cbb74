# SPDX-License-Identifier: GPL-3.0-or-later
"""SPF, DKIM, DMARC and DANE."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, entries, read, settings

_AUTHENTICATION = "Security: Authentication"

AREA = Area(
    "authentication",
    (
        settings(
            "authentication",
            "How the senders of mail are verified",
            read("Security", "get_authentication", (2, 3)),
            holds="SPF, DKIM and DMARC",
            place="Security > Authentication",
            privilege=_AUTHENTICATION,
            evidence="LU",
        ),
        entries(
            "dkim_trusted_senders",
            "Networks whose mail is signed",
            read("Security.DkimTrustSender", "list"),
            place="Security > Authentication > DKIM > Whitelist",
            privilege=_AUTHENTICATION,
            evidence="LMU",
            ids=("id", "ip", "network"),
        ),
        settings(
            "dane",
            "The TLSA record for DANE",
            read("Security.Dane", "get_tlsa_record"),
            place="Not in the guide",
            privilege=_AUTHENTICATION,
            evidence="LDU",
        ),
        entries(
            "dane_trusted_recipients",
            "Domains that DANE does not bind",
            read("Security.Dane", "list_trust_recipient"),
            place="Not in the guide",
            privilege=_AUTHENTICATION,
            evidence="LDU",
            ids=("id", "domain", "name"),
        ),
    ),
    group="authentication",
)
