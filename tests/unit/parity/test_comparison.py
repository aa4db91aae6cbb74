# SPDX-License-Identifier: GPL-3.0-or-later
"""Plesk and MailPlus Server side by side: what is there, what is missing, and what nobody can know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.comparison import (
    compare,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.items import (
    ACCOUNT,
    ALIAS,
    AUTORESPONDER,
    CATCH_ALL,
    DIFFERS,
    FORWARDING,
    KEPT,
    MISSING,
    NEW,
    NEW_USER,
    QUOTA,
    UNKNOWN,
    USED_SIZE,
    DomainParity,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.names import Renamed, parse_renamed
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.sides import nas_of, sites_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.targets import Targets
from ansible_collections.mailfleet.mailplus.tests.unit.support.parity import (
    OFF,
    account,
    alias,
    listed,
    nas,
    plesk,
    refused,
    rows,
    site,
)
from hypothesis import given
from hypothesis import strategies as st

SOME_QUOTA = {"quota": 4, "unit": "MB"}
_ONLY_HERE = "only_mailplus: Plesk has no account and no alias of this name"


def compared(
    servers: Mapping[str, Any],
    fleet: Mapping[str, Any],
    renamed: Any = None,
    unread_nas: Sequence[str] = (),
    unread: Sequence[str] = (),
) -> list[DomainParity]:
    sites = [one for name, result in servers.items() for one in sites_of(name, result)]
    targets = Targets([nas_of(name, sections) for name, sections in fleet.items()], unread_nas)
    return compare(sites, targets, parse_renamed(renamed) if renamed else Renamed(), unread)


def outcomes(parities: Sequence[DomainParity], subject: str = ACCOUNT) -> dict[str, str]:
    """By name what came of it, and what is told of it, of all that is not simply kept."""
    return {
        item.name: f"{item.outcome}: {item.detail}" for one in parities for item in one.items if item.subject == subject
    }


def one(account_: Mapping[str, Any], domain: Mapping[str, Any], subject: str) -> dict[str, str]:
    return outcomes(compared({"plesk": plesk(site({**account_}))}, {"nas": nas({"example.com": domain})}), subject)


def test_accounts_on_both_on_plesk_alone_and_on_mailplus_alone() -> None:
    found = compared(
        {"plesk": plesk(site(account("Anna"), account("ben")))},
        {"nas": nas({"example.com": {"users": rows("anna", "carla")}})},
    )
    assert len(found) == 1
    assert (found[0].server, found[0].domain, found[0].targets) == ("plesk", "example.com", ("nas",))
    assert found[0].counts[ACCOUNT, KEPT] == 1
    assert outcomes(found) == {"ben@example.com": "missing: no ben@example.com on MailPlus Server"}
    assert outcomes(found, NEW_USER) == {"carla@example.com": _ONLY_HERE}


@pytest.mark.parametrize(
    ("domain", "told"),
    [
        ({"groups": rows("info")}, "differs: info@example.com is the group info@example.com, and no mailbox"),
        (
            {"aliases": [alias("info", "x")]},
            "differs: info@example.com is an alias of x@example.com, and no mail",
        ),
        ({"aliases": [alias("info")]}, "differs: info@example.com is an alias of nobody, and no mailbox"),
        ({"aliases": [{"name": "info"}]}, "differs: info@example.com is an alias, and no mailbox"),
        (
            {"users": refused("Timed out."), "aliases": [alias("info", "x")]},
            "unknown: info@example.com is an alias of x@example.com, and whether it is a user as well is unknown: "
            "domain_users: Timed out",
        ),
        (
            {"users": [{"name": "i.berger", "email": "INFO@example.com"}]},
            "unknown: the row of the user i.berger@example.com names info@example.com, under a key",
        ),
        ({"users": rows("info")}, None),
        (
            {"users": rows("DIRECTORY\\info")},
            "kept: is the user info@example.com, whose name in",
        ),
        ({"users": rows("info@example.net")}, "kept: is the user info@example.com, whose name in the list"),
        ({"users": rows("A\\info", "INFO")}, "unknown: nas: several rows may be the user info@example.com"),
        ({"users": listed("user_list", rows("anna"), truncated=True)}, "unknown: nas: domain_users: there are more"),
        ({"users": listed("user_list", rows("anna"), truncated=None)}, "unknown: nas: domain_users: whether these"),
        ({"users": refused("Timed out.")}, "unknown: nas: domain_users: Timed out"),
        ({"aliases": refused("Timed out.")}, "unknown: nas: aliases: Timed out"),
        ({"groups": refused("Timed out.")}, "unknown: nas: domain_groups: Timed out"),
        ({"users": [{"id": 7}]}, "unknown: nas: 1 rows of domain_users tell no name"),
        ({"users": [7]}, "unknown: nas: 1 rows of domain_users tell no name"),
    ],
)
def test_how_an_account_is_found(domain: Mapping[str, Any], told: str | None) -> None:
    found = one(account("info"), domain, ACCOUNT)
    assert [*found] == (["info@example.com"] if told else [])
    assert told is None or found["info@example.com"].startswith(told)


@pytest.mark.parametrize(
    ("domain", "told"),
    [
        ({"users": rows("info")}, None),
        ({"aliases": [alias("info", "anna")]}, "kept: info@example.com is an alias of anna@example.com"),
        ({"aliases": [alias("info", "x@example.net")]}, "kept: info@example.com is an alias of x@example.net"),
        ({"aliases": [alias("info", "gone", "anna")]}, "kept"),
        ({"aliases": [alias("info", "all"), alias("all", "anna")]}, "kept"),
        ({"aliases": [alias("info")]}, "differs: info@example.com is an alias of nobody, and nobody gets its mail"),
        ({"aliases": [alias("info", "gone")]}, "differs: info@example.com is an alias of gone@example.com, and nobody"),
        ({"aliases": [alias("info", "info")]}, "differs"),
        ({"aliases": [alias("info", "all"), alias("all", "info")]}, "differs"),
        ({"aliases": [{"name": "info"}]}, "unknown: info@example.com is an alias; aliases: the members of info@"),
        ({"groups": rows("info")}, "unknown: info@example.com is the group info@example.com; the members of groups"),
        ({"groups": rows("all"), "aliases": [alias("info", "all")]}, "unknown"),
    ],
)
def test_an_account_without_a_mailbox_may_be_an_alias_that_leads_to_somebody(
    domain: Mapping[str, Any], told: str | None
) -> None:
    found = one(account("info", mailbox=OFF), {"users": rows("anna"), **domain}, ACCOUNT)
    assert [*found] == (["info@example.com"] if told else [])
    assert told is None or found["info@example.com"].startswith(told)


def test_whether_a_mailbox_is_needed_may_be_unknown() -> None:
    found = one(account("info", mailbox=None), {"users": rows("anna"), "aliases": [alias("info", "anna")]}, ACCOUNT)
    assert found["info@example.com"].endswith("Plesk does not tell whether it has a mailbox")


@pytest.mark.parametrize(
    ("servers", "domains", "renamed"),
    [
        # Two domains of Plesk become one by the mapping; or by a further name of the domain.
        ({"p": ["example.com", "example.org"]}, {"example.com": {}}, {"domains": {"example.org": "example.com"}}),
        ({"p": ["example.com", "example.org"]}, {"example.com": {"further": rows("example.org")}}, None),
        ({"p": ["example.com"], "q": ["example.com"]}, {"example.com": {}}, None),
    ],
)
def test_two_mailboxes_are_not_kept_in_one(
    servers: Mapping[str, Sequence[str]], domains: Mapping[str, dict[str, Any]], renamed: Any
) -> None:
    told = {name: plesk(*(site(account("info"), name=of) for of in sites)) for name, sites in servers.items()}
    users = {"users": [{"name": "info", "quota": 3, "unit": "MB"}]}
    found = compared(told, {"nas": nas({name: users | one for name, one in domains.items()})}, renamed)
    items = [item for parity in found for item in parity.items if item.subject == ACCOUNT]
    assert [item.outcome for item in items] == [DIFFERS, DIFFERS]
    assert all("too, and one user has one mailbox" in item.detail for item in items)


def test_the_mapping_may_say_that_two_are_one_whose_mail_has_to_fit_together() -> None:
    servers = {"plesk": plesk(site(account("anna"), account("ben")))}
    users = {"users": [{"name": "anna", "quota": 1, "unit": "MB"}]}
    renamed = {"accounts": {"ben@example.com": "anna@example.com"}}
    found = compared(servers, {"nas": nas({"example.com": users})}, renamed)
    assert outcomes(found)["ben@example.com"] == "kept: is anna@example.com, as anna@example.com of plesk is"
    assert outcomes(found)["anna@example.com"] == "kept: is anna@example.com, as ben@example.com of plesk is"
    sizes = outcomes(found, USED_SIZE)
    assert sizes["anna@example.com"] == "differs: 2 MiB on Plesk, a quota of 1 MiB on MailPlus Server"


def test_an_alias_is_known_where_nothing_else_may_have_its_name() -> None:
    told = account("anna", aliases=["office"], mailbox=OFF, forwarding={"enabled": True, "addresses": ["x@y.example"]})
    aliases = [alias("office", "anna"), alias("anna", "x@y.example")]
    for doubt in ({"users": listed("user_list", rows("anna"), truncated=True)}, {"groups": refused("No.")}):
        found = one(told, {"users": rows("anna"), "aliases": aliases, **doubt}, ALIAS)
        assert found["office@example.com"].startswith("unknown: it is an alias of anna@example.com; domain_")
    cut = {"users": listed("user_list", [], truncated=True), "aliases": aliases}
    assert one(told, cut, FORWARDING)["anna@example.com"].startswith("unknown: domain_users: there are more rows")


def test_an_alias_of_an_account_that_is_missing_is_missing() -> None:
    found = one(account("anna", aliases=["office"]), {"aliases": [alias("office", "anna")]}, ALIAS)
    assert found == {"office@example.com": "missing: its account is missing"}


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_an_alias_that_the_nas_of_a_domain_tell_differently_is_unknown(order: Sequence[str]) -> None:
    users = {"users": rows("anna", "ben")}
    fleet = {
        "one": nas({"example.com": {**users, "aliases": [alias("office", "anna")]}}),
        "two": nas({"example.com": {**users, "aliases": [alias("office", "ben")]}}),
    }
    found = compared({"plesk": plesk(site(account("anna", aliases=["office"])))}, {name: fleet[name] for name in order})
    assert outcomes(found, ALIAS)["office@example.com"].startswith(
        "unknown: office@example.com is not the same everywhere"
    )


def test_what_may_be_on_a_nas_that_was_not_read_is_not_equal() -> None:
    servers = {"plesk": plesk(site(account("anna")))}
    users = {"users": [{"name": "anna", "quota": 4, "unit": "MB"}]}
    (found,) = compared(servers, {"one": nas({"example.com": users})}, unread_nas=["gone"])
    assert {*found.counts} == {(ACCOUNT, KEPT), (QUOTA, UNKNOWN), (USED_SIZE, UNKNOWN), (CATCH_ALL, UNKNOWN)}


def test_aliases_of_aliases_take_no_time() -> None:
    names = [f"a{number}" for number in range(600)]
    chain = [alias(name, follower) for name, follower in zip(names, [*names[1:], "anna"], strict=True)]
    clique = [alias(f"c{number}", *(f"c{other}" for other in range(40))) for number in range(40)]
    domain = {"users": rows("anna"), "aliases": [*chain, *clique]}
    found = one(account("a0", mailbox=OFF), domain, ACCOUNT)
    assert found["a0@example.com"].startswith("kept")
    assert one(account("c0", mailbox=OFF), domain, ACCOUNT)["c0@example.com"].endswith("nobody gets its mail")


def test_one_address_on_two_servers_is_two_mailboxes_whatever_its_new_name() -> None:
    servers = {name: plesk(site(account("ben"), name="example.org")) for name in ("p", "q")}
    renamed = {"accounts": {"ben@example.org": "ben@example.com"}}
    found = compared(servers, {"nas": nas({"example.com": {"users": rows("ben")}})}, renamed)
    assert [item.outcome for each in found for item in each.items if item.subject == ACCOUNT] == [DIFFERS, DIFFERS]


def test_of_independent_nas_the_least_quota_counts() -> None:
    servers = {"plesk": plesk(site(account("anna")))}
    fleet = {
        name: nas({"example.com": {"users": [{"name": "anna", "quota": size, "unit": "MB"}]}})
        for name, size in {"one": 9, "two": 1}.items()
    }
    assert outcomes(compared(servers, fleet), QUOTA)["anna@example.com"].startswith(
        "differs: 2 MiB on Plesk, a quota of 1"
    )


@pytest.mark.parametrize(
    "domain",
    [
        {"users": [{"name": "anna", "quota": 5, "unit": {}}, {"name": ["x"]}, None, 7]},
        {"users": rows("anna"), "further": ["example.net", 7, {"name": {}}]},
        {"users": rows("anna"), "aliases": [{"name": "x", "member_list": {"name": "y"}}, []]},
        {"users": rows("anna"), "catch_all": [7]},
    ],
)
def test_rows_of_any_form_cost_no_report(domain: Mapping[str, Any]) -> None:
    found = compared({"plesk": plesk(site(account("anna")))}, {"nas": nas({"example.com": domain})})
    assert found[0].counts[ACCOUNT, KEPT] == 1


def test_further_names_that_a_row_does_not_tell_leave_open_which_domains_there_are() -> None:
    servers = {"plesk": plesk(site(account("anna"), name="example.net"))}
    found = compared(servers, {"nas": nas({"example.com": {"further": ["example.net"]}})})
    assert outcomes(found)["anna@example.net"] == "unknown: nas: 1 rows of additional_domains tell no name"


@pytest.mark.parametrize(
    ("domain", "told"),
    [
        ({"aliases": [alias("sales", "ANNA")]}, None),
        ({"aliases": [alias("sales", "anna@example.com", "ben")]}, None),
        ({"aliases": [alias("sales", "ben")]}, "differs: it is an alias of ben@example.com on MailPlus Server"),
        (
            {"aliases": [{"name": "sales", "member_list": [{}]}]},
            "unknown: it is an alias; aliases: the members of sales@example.com are not told",
        ),
        ({"users": rows("anna", "sales")}, "differs: it is the user sales@example.com, who is not anna@example.com"),
        (
            {"users": [{"name": "anna"}, {"name": "zoe", "mail": "sales@example.com"}]},
            "unknown: the row of the user zoe@example.com names sales@example.com",
        ),
        ({"users": rows("anna"), "groups": rows("sales")}, "unknown: it is the group sales@example.com, whose mem"),
        ({}, "missing: no sales@example.com on MailPlus Server"),
        ({"aliases": refused()}, "unknown: nas: aliases: That went wrong"),
    ],
)
def test_aliases(domain: Mapping[str, Any], told: str | None) -> None:
    found = one(account("anna", aliases=["sales"]), {"users": rows("anna"), **domain}, ALIAS)
    assert [*found] == (["sales@example.com"] if told else [])
    assert told is None or found["sales@example.com"].startswith(told)


def test_aliases_that_plesk_does_not_tell_are_unknown() -> None:
    found = one(account("anna", aliases=None), {"users": rows("anna")}, ALIAS)
    assert found == {"*@example.com": "unknown: anna@example.com: Plesk does not tell its aliases"}


@pytest.mark.parametrize(
    ("domain", "told"),
    [
        ({"users": rows("anna")}, "unknown: MailPlus Server lets only the user read where mail is forwarded"),
        ({"aliases": [alias("anna", "ben", "x@example.org")]}, "kept: by an alias"),
        ({"aliases": [alias("anna", "ben")]}, "differs: the alias on MailPlus Server lacks x@example.org"),
        ({"groups": rows("anna")}, "unknown: it is a group on MailPlus Server"),
        ({}, "missing: its account is missing"),
        ({"users": refused()}, "unknown: nas: domain_users: That went wrong; on Plesk to ben@example.com"),
    ],
)
def test_forwardings(domain: Mapping[str, Any], told: str) -> None:
    forwarding = {"enabled": True, "addresses": ["ben@example.com", "x@example.org"]}
    found = one(account("anna", forwarding=forwarding), domain, FORWARDING)
    assert found["anna@example.com"].startswith(told)


def test_what_an_administrator_cannot_read_is_unknown_and_what_is_off_is_nothing() -> None:
    users = {"users": rows("anna")}
    assert "only the user" in one(account("anna", autoresponder={"enabled": True}), users, AUTORESPONDER).popitem()[1]
    assert one(account("anna", autoresponder=None), users, AUTORESPONDER).popitem()[1].startswith("unknown")
    assert one(account("anna", forwarding=None), users, FORWARDING).popitem()[1].startswith("unknown")
    assert one(account("anna"), users, AUTORESPONDER) == one(account("anna"), users, FORWARDING) == {}


@pytest.mark.parametrize(
    ("mailbox", "user", "quota", "used"),
    [
        ({"quota": 2**21, "usage": 2**20}, SOME_QUOTA, None, None),
        ({"quota": 2**23, "usage": 2**20}, SOME_QUOTA, "differs: 8 MiB on Plesk, a quota of 4 MiB", None),
        ({"quota": 2**23, "usage": 2**23}, SOME_QUOTA, "differs", "differs: 8 MiB on Plesk, a quota of 4 MiB"),
        ({"quota": None, "unlimited": True, "usage": 1}, SOME_QUOTA, "differs: no limit on Plesk", None),
        ({"quota": None, "unlimited": None, "usage": None}, SOME_QUOTA, "unknown: Plesk does not", "unknown: Plesk"),
        ({"quota": 1, "usage": 1}, {}, "unknown: MailPlus Server tells the quota", "unknown: MailPlus Server tells"),
        ({"quota": 1, "usage": 1}, {"quota": 0, "unit": "MB"}, "unknown", "unknown"),
        ({"quota": 1, "usage": 1}, {"quota": True, "unit": "MB"}, "unknown", "unknown"),
        ({"quota": 1, "usage": 1}, {"quota": 7}, "unknown", "unknown"),
    ],
)
def test_quotas_and_sizes(mailbox: Any, user: Any, quota: str | None, used: str | None) -> None:
    told = account("anna", mailbox={"enabled": True, "unlimited": False, **mailbox})
    domain = {"users": [{"name": "anna", **user}]}
    for subject, expected in ((QUOTA, quota), (USED_SIZE, used)):
        found = [*one(told, domain, subject).values()]
        assert len(found) == (expected is not None)
        assert expected is None or found[0].startswith(expected)


def test_what_keeps_no_mail_on_plesk_has_no_size() -> None:
    (found,) = compared({"plesk": plesk(site(account("anna", mailbox=OFF)))}, {"nas": nas({"example.com": {}})})
    assert not [key for key in found.counts if key[0] in (QUOTA, USED_SIZE)]


NOBODY = {"action": "forward", "address": "info@example.com"}


@pytest.mark.parametrize(
    ("nobody", "catch_all", "told"),
    [
        (None, {"enable": False, "setting": ""}, None),
        (NOBODY, {"enable": True, "setting": "info"}, None),
        (NOBODY, {"enable": True, "setting": "INFO@example.com"}, None),
        (
            NOBODY,
            {"enable": True, "setting": "anna"},
            "differs: mail for nobody goes to info@example.com on Plesk, and",
        ),
        (
            NOBODY,
            {"enable": False, "setting": "info"},
            "differs: mail for nobody goes to info@example.com on Plesk, an",
        ),
        (None, {"enable": True, "setting": "info"}, "differs: mail for nobody is refused on Plesk, and goes to info@"),
        (None, {"enable": 0}, "unknown: nas: domain_settings: catch_all is not told"),
        (None, None, "unknown: nas: domain_settings: catch_all is not told"),
        ({"action": None}, {"enable": False}, "unknown: Plesk does not tell"),
    ],
)
def test_catch_all(nobody: Any, catch_all: Any, told: str | None) -> None:
    found = compared({"plesk": plesk(site(nobody=nobody))}, {"nas": nas({"example.com": {"catch_all": catch_all}})})
    items = [*outcomes(found, CATCH_ALL).values()]
    assert len(items) == (told is not None)
    assert told is None or items[0].startswith(told)


def test_domains_are_the_same_however_they_are_written() -> None:
    servers = {"plesk": plesk(site(account("anna"), name="Bücher.example"))}
    found = compared(servers, {"nas": nas({"xn--bcher-kva.EXAMPLE": {"users": rows("anna")}})})
    assert outcomes(found) == {}
    # To Python's codec, these are one domain.
    servers = {"plesk": plesk(site(account("anna"), name="straße.example"))}
    found = compared(servers, {"nas": nas({"strasse.example": {"users": rows("anna")}})})
    assert outcomes(found)["anna@straße.example"].startswith("missing: no NAS has the domain xn--strae-oqa.example")


def test_a_further_name_of_a_domain() -> None:
    servers = {"plesk": plesk(site(account("anna"), name="example.org"))}
    domain = {"users": rows("anna", "ben"), "further": rows("example.org")}
    found = compared(servers, {"nas": nas({"example.com": domain})})
    assert (found[0].domain, found[0].new_domain, outcomes(found)) == ("example.org", "example.com", {})
    assert outcomes(found, NEW_USER) == {"ben@example.com": _ONLY_HERE}


def test_a_domain_that_no_nas_has_is_missing_where_all_domains_are_known() -> None:
    servers = {"plesk": plesk(site(account("anna")))}
    assert outcomes(compared(servers, {"nas": nas({})}))["anna@example.com"] == (
        "missing: no NAS has the domain example.com"
    )
    unread = outcomes(compared(servers, {"nas": nas({})}, unread_nas=["other"]))
    assert unread == {"anna@example.com": "unknown: other was not read"}
    cut = {"domains": listed("domains", rows("example.net"), truncated=True)}
    assert outcomes(compared(servers, {"nas": cut}))["anna@example.com"].startswith("unknown: nas: domains: there are")
    further = {"nas": nas({"example.net": {"further": refused("No.")}})}
    assert outcomes(compared(servers, further))["anna@example.com"] == "unknown: nas: additional_domains: No"
    assert outcomes(compared(servers, {"nas": {}}))["anna@example.com"] == "unknown: nas: domains was not read"


def test_a_domain_on_two_nas_and_on_two_plesk() -> None:
    site_ = site(account("anna"), account("ben"))
    two = {"one": nas({"example.com": {"users": rows("anna", "x")}}), "two": nas({"example.com": {"users": rows("x")}})}
    found = compared({"a": plesk(site_), "b": plesk(site(account("x")))}, two)
    assert [(each.server, each.targets) for each in found] == [("a", ("one", "two")), ("b", ("one", "two"))]
    assert outcomes(found) == {"ben@example.com": "missing: no ben@example.com on MailPlus Server"}
    assert outcomes(found, NEW_USER) == {}


def test_who_is_only_on_mailplus_is_unknown_where_plesk_does_not_tell_all() -> None:
    fleet = {"nas": nas({"example.com": {"users": rows("anna")}})}
    failed = site(accounts=refused("No."))
    found = compared({"plesk": plesk(failed)}, fleet)
    assert outcomes(found) == {"*@example.com": "unknown: Plesk did not tell its accounts: No"}
    assert outcomes(found, NEW_USER)["anna@example.com"].startswith("unknown: Plesk did not tell")
    found = compared({}, fleet, unread=["plesk"])
    assert (found[0].accounts, found[0].counts) == (None, {(NEW_USER, UNKNOWN): 1})


def test_of_a_domain_that_plesk_does_not_have_users_are_counted_alone() -> None:
    (found,) = compared({}, {"nas": nas({"example.com": {"users": rows("anna", "ben")}})})
    assert (found.server, found.accounts, found.counts, found.items) == ("", 0, {(NEW_USER, NEW): 2}, [])


def test_domains_and_accounts_that_were_renamed() -> None:
    renamed = {"domains": {"old.example": "new.example"}, "accounts": {"Ben@old.example": "benjamin@new.example"}}
    told = (
        account("anna", aliases=["sales"]),
        account("ben", mailbox=OFF, forwarding={"enabled": True, "addresses": ["anna@old.example"]}),
    )
    nobody = {"action": "forward", "address": "ben@old.example"}
    domain = {
        "users": rows("anna"),
        "aliases": [alias("sales", "anna"), alias("benjamin", "anna@new.example")],
        "catch_all": {"enable": True, "setting": "benjamin"},
    }
    servers = {"plesk": plesk(site(*told, name="old.example", nobody=nobody))}
    found = compared(servers, {"nas": nas({"new.example": domain})}, renamed)
    assert outcomes(found) == {"ben@old.example": "kept: benjamin@new.example is an alias of anna@new.example"}
    assert outcomes(found, FORWARDING) == {"ben@old.example": "kept: by an alias"}
    assert outcomes(found, ALIAS) == outcomes(found, CATCH_ALL) == {}


# ------------------------------------------------------------------------------------------------- of any two sides

NAMES = st.sampled_from(["anna", "Anna", "ben", "info", "ÄNNE", "a.b"])
ENVELOPES = st.one_of(
    st.lists(st.builds(lambda name: {"name": name}, NAMES)),
    st.builds(
        lambda names, cut: listed("x", rows(*names), truncated=cut), st.lists(NAMES), st.sampled_from([True, None])
    ),
    st.just(refused()),
    st.lists(st.sampled_from([{}, {"id": 1}, 7, None])),
)
DOMAINS = st.fixed_dictionaries({"users": ENVELOPES, "groups": ENVELOPES, "aliases": ENVELOPES})
SITES = st.lists(NAMES, unique=True).map(lambda names: site(*(account(name, aliases=["sales"]) for name in names)))


@given(SITES, st.dictionaries(st.sampled_from(["example.com", "example.net"]), DOMAINS))
def test_every_account_is_in_one_class(told: Any, domains: Any) -> None:
    found = compared({"plesk": plesk(told)}, {"nas": nas(domains)})
    counts = sum(count for each in found for (subject, _outcome), count in each.counts.items() if subject == ACCOUNT)
    assert counts == len(told["accounts"]["data"])


@given(NAMES, DOMAINS)
def test_what_is_unknown_is_neither_there_nor_missing(name: str, domain: Any) -> None:
    (found,) = compared({"plesk": plesk(site(account(name)))}, {"nas": nas({"example.com": domain})})
    (outcome,) = (outcome for subject, outcome in found.counts if subject == ACCOUNT)
    assert outcome == _expected(name.lower(), domain)


def _expected(name: str, domain: Any) -> str:
    users, *others = (domain[what] for what in ("users", "groups", "aliases"))
    in_users, in_others = _named(users).count(name), [_named(one).count(name) for one in others]
    if in_users or any(in_others):
        if (in_users or next(filter(None, in_others))) > 1:
            return UNKNOWN
        return KEPT if in_users else DIFFERS if _is_whole(users) else UNKNOWN
    return MISSING if all(map(_is_whole, (users, *others))) else UNKNOWN


def _named(told: Any) -> list[str]:
    found = told if isinstance(told, list) else (told["data"] or {}).get("x", ())
    return [row["name"].lower() for row in found if isinstance(row, dict) and "name" in row]


def _is_whole(told: Any) -> bool:
    return isinstance(told, list) and len(_named(told)) == len(told)


def test_two_thousand_accounts_in_a_hundred_sites() -> None:
    sites = [
        site(*(account(f"user{number}", aliases=[f"alias{number}"]) for number in range(20)), name=f"site{at}.example")
        for at in range(100)
    ]
    users = rows(*(f"user{number}" for number in range(20)))
    aliases = [alias(f"alias{number}", f"user{number}") for number in range(20)]
    domains = {f"site{at}.example": {"users": users, "aliases": aliases} for at in range(100)}
    found = compared({"plesk": plesk(*sites)}, {"nas": nas(domains)})
    assert sum(each.counts[ACCOUNT, KEPT] for each in found) == 2000
    assert sum(each.counts[ALIAS, KEPT] for each in found) == 2000
