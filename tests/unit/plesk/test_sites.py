# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the mail of one Plesk: in few requests, and what fails costs itself."""

from __future__ import annotations

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import Kind, ServerError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.client import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.sites import Mail, read_mail
from ansible_collections.mailfleet.mailplus.tests.unit.support.fake_plesk import (
    PREFS,
    FakePlesk,
    account,
    entered,
    error,
    result,
    site,
    site_id,
)


def read(plesk: FakePlesk, *names: str) -> Mail:
    found = read_mail(plesk, Credentials(secret_key="k3y-k3y-k3y"), names, entered)
    assert plesk.is_closed
    return found


def statuses(mail: Mail) -> dict[str, tuple[str, str, str]]:
    return {
        name: (found["site"]["status"], found["accounts"]["status"], found["preferences"]["status"])
        for name, found in mail.sites.items()
    }


OK = ("ok", "ok", "ok")


def test_two_thousand_accounts_in_a_hundred_sites_take_two_requests() -> None:
    rows = "".join(account(f"user{number}") for number in range(20))
    plesk = FakePlesk({number: f"site{number}.example" for number in range(1, 101)}, accounts=lambda _asked: rows)
    mail = read(plesk)
    assert len(plesk.packets) == 2
    assert set(statuses(mail).values()) == {OK}
    assert (
        sum(found["accounts"]["summary"]["accounts"] for found in mail.sites.values() if found["accounts"]["summary"])
        == 2000
    )


def test_each_site_has_what_is_its_own() -> None:
    plesk = FakePlesk({12: "example.com", 13: "bücher.example"}, accounts=lambda asked: account(f"of{site_id(asked)}"))
    mail = read(plesk)
    assert [found["accounts"]["data"][0]["address"] for found in mail.sites.values()] == [
        "of12@example.com",
        "of13@bücher.example",
    ]
    assert [found["id"] for found in mail.sites.values()] == [12, 13]
    assert mail.sites["example.com"]["site"]["data"] == {
        "name": "example.com",
        "ascii_name": "example.com",
        "status": 0,
        "real_size": None,
    }


def test_a_server_without_sites_is_read() -> None:
    plesk = FakePlesk({})
    assert read(plesk).sites == {}
    assert len(plesk.packets) == 1


def test_a_site_without_accounts_has_none() -> None:
    mail = read(FakePlesk(accounts=lambda _asked: result()))
    assert mail.sites["example.com"]["accounts"]["data"] == []
    assert mail.sites["example.com"]["accounts"]["summary"] == {
        "accounts": 0,
        "mailboxes": 0,
        "usage": 0,
        "aliases": 0,
        "forwardings": 0,
        "autoresponders": 0,
    }


def test_named_sites_are_asked_for_by_name_and_once() -> None:
    plesk = FakePlesk({12: "example.com", 13: "example.org", 14: "example.net"})
    assert list(read(plesk, "example.org", "example.com", "example.org").sites) == ["example.org", "example.com"]
    assert plesk.packets[0].count("<get>") == 4
    assert len(plesk.packets) == 2


def test_a_name_that_plesk_does_not_know_costs_no_other() -> None:
    mail = read(FakePlesk(), "missing.example", "example.com")
    assert statuses(mail) == {"missing.example": ("unsupported",) * 3, "example.com": OK}
    assert mail.sites["missing.example"]["id"] is None
    failed = mail.sites["missing.example"]["accounts"]["error"]
    assert failed is not None
    assert (failed["name"], failed["code"]) == ("no_such_object", 1013)


@pytest.mark.parametrize("told", ["", result()])
def test_a_name_that_plesk_says_nothing_of_is_not_known(told: str) -> None:
    whole = "".join(f"<{operator}><get>{told}</get></{operator}>" for operator in ("webspace", "site"))
    mail = read(FakePlesk(before=lambda _number, _asked: f"<packet>{whole}</packet>"), "missing.example")
    failed = mail.sites["missing.example"]["site"]["error"]
    assert failed is not None
    assert failed["message"] == "This Plesk has no site 'missing.example'."


def test_primary_sites_of_subscriptions_are_read_with_the_others_and_once() -> None:
    def whole(number: int, _asked: object) -> str | None:
        primary, other = site(12, "example.com"), site(13, "shop.example.com")
        inner = f"<webspace><get>{primary}</get></webspace><site><get>{other}{primary}</get></site>"
        return f"<packet>{inner}</packet>" if number == 1 else None

    assert statuses(read(FakePlesk(before=whole))) == {"example.com": OK, "shop.example.com": OK}


def test_a_list_that_may_not_be_read_does_not_hide_that_there_may_be_more() -> None:
    def whole(number: int, _asked: object) -> str | None:
        inner = f"<webspace><get>{error(1006)}</get></webspace><site><get>{site(12, 'example.com')}</get></site>"
        return f"<packet>{inner}</packet>" if number == 1 else None

    mail = read(FakePlesk(before=whole))
    assert statuses(mail) == {"example.com": OK}
    (warning,) = mail.warnings
    assert "There may be more sites" in warning
    assert "webspace get, code 1006" in warning


@pytest.mark.parametrize(
    ("code", "status"), [(1006, "forbidden"), (1010, "unsupported"), (1014, "failed"), (1, "failed")]
)
def test_accounts_that_cannot_be_read_cost_nothing_else(code: int, status: str) -> None:
    plesk = FakePlesk(
        {12: "example.com", 13: "example.org"},
        accounts=lambda asked: error(code) if site_id(asked) == 12 else account("anna"),
    )
    assert statuses(read(plesk)) == {"example.com": ("ok", status, "ok"), "example.org": OK}


def test_an_error_in_the_middle_of_accounts_leaves_none_that_could_look_like_all() -> None:
    mail = read(FakePlesk(accounts=lambda _asked: account("anna") + error(1013) + account("bob")))
    assert statuses(mail) == {"example.com": ("ok", "unsupported", "ok")}
    assert mail.sites["example.com"]["accounts"]["data"] is None


@pytest.mark.parametrize(
    "told",
    [
        "",
        result("<mailname/>"),
        result("<mailname><name></name></mailname>"),
        result("<mailname><name><a/></name></mailname>"),
    ],
)
def test_accounts_that_are_none_are_said_so(told: str) -> None:
    mail = read(FakePlesk(accounts=lambda _asked: told))
    failed = mail.sites["example.com"]["accounts"]["error"]
    assert failed is not None
    assert failed["name"] == "unexpected_answer"


@pytest.mark.parametrize(
    "told", ["", result(), result(PREFS) * 2, result(f"<site-id>13</site-id>{PREFS}"), result("<site-id>12</site-id>")]
)
def test_preferences_that_are_not_those_of_the_site_are_said_so(told: str) -> None:
    mail = read(FakePlesk(preferences=lambda _asked: told))
    failed = mail.sites["example.com"]["preferences"]["error"]
    assert failed is not None
    assert (failed["name"], failed["method"]) == ("unexpected_answer", "get_prefs")


def test_a_site_that_cannot_be_listed_costs_no_other_and_is_told() -> None:
    told = error(1013, "Site is broken") + site(12, "example.com") + result("<data/>")
    mail = read(FakePlesk(listing=lambda _asked: told))
    assert statuses(mail) == {"example.com": OK}
    assert ["Site is broken" in warning for warning in mail.warnings] == [True, False]
    assert all(warning.startswith("There may be more sites") for warning in mail.warnings)


@pytest.mark.parametrize(
    "told",
    [
        result("<id>x</id><data><gen_info><name>a</name></gen_info></data>"),
        result("<id>0</id><data><gen_info><name>a</name></gen_info></data>"),
        result("<id>1</id><data><gen_info/></data>"),
        result("<id>1</id><data/>"),
        result("<data><gen_info><name>a</name></gen_info></data>"),
        error(1014),
    ],
)
def test_where_no_site_can_be_told_nothing_can_be_read(told: str) -> None:
    with pytest.raises(ServerError) as caught:
        read(FakePlesk(listing=lambda _asked: told))
    assert caught.value.kind is Kind.FAILED


def test_sites_of_one_name_do_not_hide_each_other() -> None:
    mail = read(FakePlesk({12: "example.com", 13: "example.com"}))
    assert list(mail.sites) == ["example.com", "example.com (13)"]


def test_no_name_of_a_site_means_anything_to_ansible() -> None:
    mail = read(FakePlesk({12: "_ansible_no_log"}))
    assert list(mail.sites) == ["~_ansible_no_log"]
