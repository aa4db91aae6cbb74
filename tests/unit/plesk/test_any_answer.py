# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a Plesk answers, there is a whole result or one clear error, and nothing else is raised."""

from __future__ import annotations

import json
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import hypothesis.strategies as st
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import ServerError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import hide_secrets
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.client import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.envelope import envelopes
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.sites import read_mail
from ansible_collections.mailfleet.mailplus.tests.unit.support.fake_plesk import FakePlesk, entered, parsed
from hypothesis import given

NAMES = (
    "result", "status", "errcode", "errtext", "id", "site-id", "data", "gen_info", "name", "prefs", "mailname",
    "mailbox", "quota", "usage", "enabled", "forwarding", "address", "alias", "autoresponder", "attachment", "password",
    "value",
    "nonexistent-user", "bounce", "reject", "mail-provider", "aps", "local", "none", "webmail", "_ansible_no_log", "x",
)  # fmt: skip
texts = st.sampled_from(["ok", "error", "12", "-1", "true", "1001", "1013", "", " ", "anna", "example.com", "é{{ 1 }}"])
trees = st.recursive(
    texts.map(escape),
    lambda inner: st.lists(st.tuples(st.sampled_from(NAMES), inner), max_size=5).map(
        lambda parts: "".join(f"<{name}>{text}</{name}>" for name, text in parts)
    ),
    max_leaves=25,
)
results = st.lists(trees.map(lambda inner: f"<result><status>ok</status>{inner}</result>") | trees, max_size=3).map(
    "".join
)


@given(
    st.binary(max_size=200)
    | st.text(max_size=100).map(lambda text: f"<packet>{text}</packet>".encode("utf-8", "replace"))
)
def test_any_bytes_are_a_packet_or_one_clear_error(body: bytes) -> None:
    try:
        told = parsed(body).name
    except ServerError as error:
        told = str(error)
    assert told == "packet" or len(told.splitlines()) == 1


@given(listing=results, accounts=results, preferences=results, whole=st.booleans())
def test_any_packet_gives_whole_envelopes_or_one_clear_error(
    listing: str, accounts: str, preferences: str, whole: bool
) -> None:
    def told(text: str) -> object:
        return lambda _asked: text

    answers = {"accounts": told(accounts), "preferences": told(preferences)} | (
        {} if whole else {"listing": told(listing)}
    )
    plesk = FakePlesk({12: "example.com"}, **answers)  # type: ignore[arg-type]
    try:
        mail = read_mail(plesk, Credentials(secret_key="k3y-k3y-k3y"), [], entered)
    except ServerError:
        return
    for site in mail.sites.values():
        for envelope in envelopes(site):
            assert (envelope["status"] == "ok") == (envelope["error"] is None) == (envelope["data"] is not None)
            json.dumps(hide_secrets(envelope["data"]), ensure_ascii=False).encode()
            assert "_ansible_no_log" not in {key for key in _keys(envelope["data"]) if not key.startswith("~")}


def _keys(value: object) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_keys, value))
    return set(value).union(*map(_keys, value.values())) if isinstance(value, dict) else set()


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1), max_size=3))
def test_any_name_is_asked_for_as_it_is(names: list[str]) -> None:
    plesk = FakePlesk({12: "example.com"})
    wanted = [name for name in names if "\ufffe" not in name and "\uffff" not in name]
    read_mail(plesk, Credentials(secret_key="k3y-k3y-k3y"), wanted, entered)
    sent = ElementTree.fromstring(plesk.packets[0])  # noqa: S314 - ours
    found = [each.text for each in sent.iterfind("site/get/filter/name")]
    assert found == list(dict.fromkeys(wanted))
