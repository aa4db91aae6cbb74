# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the lower floors share: clients of a simulated NAS, and what it recorded of them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import HttpTransport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import gather as gathering
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import Window
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE, select
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.tests.simulator import Nas, Request

PREFIX = "SYNO.MailPlusServer."
AUTH, COMPOUND, INFO = "SYNO.API.Auth", "SYNO.Entry.Request", "SYNO.API.Info"
CORE, SMTP_GENERAL, SECURITY = PREFIX + "MailPlus", PREFIX + "SMTP.General", PREFIX + "Security"
IMAP_POP3, REPORT, QUEUE = PREFIX + "IMAP_POP3", PREFIX + "Report", PREFIX + "Queue"
ADMIN_LOG, TRANSACTION_LOG = PREFIX + "Audit.AdminLog", PREFIX + "Audit.TransactionLog"

# The reads of the API client's page, of every kind but entries: enough for what holds for all.
_NAMES = {
    "core",
    "server_list",
    "smtp_general",
    "smtp_security",
    "imap_pop3",
    "security",
    "report",
    "admin_log",
    "transaction_log",
    "queue",
}
TEN = tuple(section for section in CATALOGUE if section.name in _NAMES)

LOGIN, LOGOUT, BATCH, DISCOVERY = (AUTH, "login"), (AUTH, "logout"), (COMPOUND, "request"), (INFO, "query")

# What would show that an exception of Python's, or of a library, was printed as it is.
_NOISE = re.compile(
    r"Traceback|<class|object at 0x|HTTPS?Connection|Max retries|\(Caused|Errno|urllib3|requests\."
    r"|\b[A-Za-z]*[a-z](Error|Exception)\b|\([A-Z][a-z]+[A-Z]\w*\)|codec"
)


def address_of(nas: Nas, **changes: Any) -> Address:
    return Address(**{"host": nas.host, "port": nas.port, "https": nas.https, "timeout": 5, **changes})


def credentials_of(nas: Nas, **changes: Any) -> Credentials:
    return Credentials(**{"username": nas.username, "password": nas.password, **changes})


def record_of(name: str, nas: Nas, ca_path: str, subset: Sequence[str]) -> HostRecord:
    """What a host of a fleet says of itself, or why it does not."""
    plan = gathering.Plan(select(subset))
    try:
        state = gathering.gather(address_of(nas, ca_path=ca_path), credentials_of(nas), plan)
    except DsmError as error:
        return host_record(name, {"msg": str(error), "error": error.details.as_dict()})
    return host_record(name, {"ansible_facts": {"mailplus": state.as_facts()}})


def client(
    nas: Nas, allowed: Collection[tuple[str, str]] = READ_ALLOWLIST, *, ca_path: str | None = None, **credentials: Any
) -> Client:
    """A client that is not logged in yet."""
    return Client(HttpTransport(address_of(nas, ca_path=ca_path)), credentials_of(nas, **credentials), allowed)


def gather(
    nas: Nas,
    *subset: str,
    offset: int = 0,
    limit: int | None = 50,
    reveal_secrets: bool = False,
    credentials: Credentials | None = None,
    **address: Any,
) -> Any:
    """The state of a NAS, untyped: tests look into its envelopes at will."""
    plan = gathering.Plan(select(subset) if subset else TEN, Window(offset, limit), reveal_secrets=reveal_secrets)
    return gathering.gather(address_of(nas, **address), credentials or credentials_of(nas), plan)


def calls(nas: Nas) -> list[tuple[str, str]]:
    """API and method of every request that arrived, in order."""
    return [(request.api, request.api_method) for request in nas.requests]


def requests_of(nas: Nas, call: tuple[str, str]) -> list[Request]:
    return [request for request in nas.requests if (request.api, request.api_method) == call]


def items_of(nas: Nas, api: str) -> list[dict[str, Any]]:
    """What was asked of an API, alone or within a batch, in order."""
    found = []
    for request in nas.requests:
        if request.api == api:
            found.append({**request.form, "version": int(request.form["version"])})
        found += [item for item in request.items if item.get("api") == api]
    return found


def sent_text(request: Request) -> str:
    """All of a request in one text."""
    return json.dumps([request.url, request.form, dict(request.headers), request.items], ensure_ascii=False)


def read_of(api: str, method: str = "get", versions: tuple[int, ...] = (1,), **params: Any) -> Read:
    return Read(api, method, versions, params)


def held(nas: Nas, api: str, method: str, **params: Any) -> Any:
    """What the simulated server holds."""
    return json.loads(nas.mailplus.answer(api, method, params))


def assert_clear(error: DsmError, secrets: Sequence[str] = ()) -> None:
    """One line that says what happened and what to do, without noise and without secrets."""
    text = str(error)
    assert len(text.splitlines()) == 1, text
    assert error.details.message.endswith("."), text
    assert error.details.hint.endswith("."), text
    assert not _NOISE.search(text), text
    shown = repr(error) + json.dumps(error.details.as_dict(), ensure_ascii=False) + text
    assert [secret for secret in secrets if secret in shown] == []
