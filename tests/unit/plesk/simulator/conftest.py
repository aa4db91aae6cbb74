# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.mailfleet.mailplus.tests.unit.support.plesk import Asking, asking

ANNA = {
    "mailbox": {"quota": 1_000_000, "usage": 4096},
    "forwarding": {"address": ["anna@example.net", "team@example.net"]},
    "alias": ["a", "berger"],
    "autoresponder": {
        "subject": "Away",
        "content_type": "text/html",
        "charset": "UTF-8",
        "text": "<b>Monday</b>",
        "attachment": [{"tmp_name": "/tmp/x", "file_name": "a.pdf"}],  # noqa: S108 - only a text
        "forward": "boss@example.net",
    },
    "password": {"value": "Top-Secret-1"},
    "antivir": "inout",
    "outgoing_messages_mbox_limit": "100",
    "description": "The first",
}
SITES = {
    "example.com": {"accounts": {"anna": ANNA, "ben": {}}},
    "sub.example.com": {"webspace": "example.com", "prefs": {"nonexistent_user": {"bounce": "Nobody"}}},
    "bücher.example": {"prefs": None, "status": 16},
}


@pytest.fixture
def server() -> Iterator[Asking]:
    """Two subscriptions, one with a second site; accounts on the first site alone."""
    with asking({"sites": SITES}) as client:
        yield client
