# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the mail of one Plesk: in few requests, and what fails costs itself."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

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
UNREAD = ("ok", "failed", "failed")


def lists(primary: str, other: str) -> str:
    """The answer to which sites there are."""
    return f"<packet><webspace><get>{primary}</get></webspace><site><get>{other}</get></site></packet>"


def first(whole: str) -> Callable[[int, object], str | None]:
    """What answers the first request with ``whole``."""
    return lambda number, _asked: whole if number == 1 else None


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


def test_a_name_that_plesk_says_nothing_of_is_not_known() -> None:
    mail = read(FakePlesk(before=lambda _number, _asked: lists(result(), result())), "missing.example")
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
        account("anna") + result() + account("bob"),
        account("anna") + result(),
        result("<mail-name><name>anna</name></mail-name>"),
        result("<mailname><name>anna</name></mailname><mailname><name>bob</name></mailname>"),
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


@pytest.mark.parametrize("told", ["", result(), result(PREFS) * 2, result("<site-id>12</site-id>")])
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


# ------------------------------------------------------------------------------------------------ whether these are all


def test_whether_all_sites_are_told_can_be_read_by_a_program() -> None:
    assert read(FakePlesk({12: "example.com", 13: "example.org"})).listing == {
        "status": "ok",
        "data": None,
        "summary": {"sites": 2, "all": True},
        "error": None,
    }


@pytest.mark.parametrize(
    ("primary", "other", "status", "name"),
    [
        (error(1006), site(12, "example.com"), "forbidden", "permission_denied"),
        (site(12, "example.com"), error(1023), "unsupported", "no_such_operation"),
        (site(12, "example.com"), "", "failed", "unexpected_answer"),
        (result(), site(12, "example.com") + result("<id>13</id>"), "failed", "unexpected_answer"),
        (result("<id>13</id>"), site(12, "example.com"), "failed", "unexpected_answer"),
        (result(), site(12, "example.com") + result(), "failed", "unexpected_answer"),
    ],
)
def test_sites_that_may_be_missing_are_told_to_a_program(primary: str, other: str, status: str, name: str) -> None:
    mail = read(FakePlesk(before=first(lists(primary, other))))
    assert statuses(mail) == {"example.com": OK}
    assert mail.listing["status"] == status
    assert mail.listing["error"] is not None
    assert mail.listing["error"]["name"] == name
    assert mail.listing["summary"] is None
    assert len(mail.warnings) == 1


@pytest.mark.parametrize(("primary", "other"), [("", ""), (result(), ""), (result(), error(1006))])
def test_no_sites_are_not_told_where_plesk_does_not_say_so(primary: str, other: str) -> None:
    with pytest.raises(ServerError):
        read(FakePlesk(before=first(lists(primary, other))))


def test_a_user_who_sees_no_site_is_told() -> None:
    mail = read(FakePlesk({}))
    assert (mail.sites, mail.listing["status"], mail.listing["summary"]) == ({}, "ok", {"sites": 0, "all": True})
    assert mail.warnings == ["Plesk tells of no site: it has none, or this user sees none."]


def test_names_that_were_answered_are_all_that_was_asked() -> None:
    plesk = FakePlesk()
    assert read(plesk, "example.com").listing["status"] == "ok"
    assert read(plesk, "example.com", "gone.example").listing["status"] == "ok"
    assert read(plesk, "gone.example").warnings == []
    unanswered = FakePlesk(before=first(lists(error(1013), error(1006))))
    assert read(unanswered, "gone.example").listing["status"] == "forbidden"
    answered = FakePlesk(before=first(lists(error(1006), site(12, "example.com"))))
    assert read(answered, "example.com").listing["status"] == "ok"


# ---------------------------------------------------------------------------------------------- what is odd is not lost


def test_sites_of_one_number_are_told_and_their_accounts_given_to_neither() -> None:
    plesk = FakePlesk(before=first(lists(site(12, "a.example") + site(13, "c.example"), site(12, "b.example"))))
    mail = read(plesk)
    assert statuses(mail) == {"a.example": UNREAD, "c.example": OK, "b.example": UNREAD}
    assert "<site-id>12</site-id>" not in plesk.packets[1]


def test_no_site_takes_the_place_of_another() -> None:
    plesk = FakePlesk({11: "example.com (13)", 12: "example.com", 13: "example.com"})
    assert sorted(found["id"] or 0 for found in read(plesk).sites.values()) == [11, 12, 13]


@pytest.mark.parametrize(
    "asked", ["b\u00fccher.example", "xn--bcher-kva.example", "B\u00dcCHER.example", "bu\u0308cher.example"]
)
@pytest.mark.parametrize("beside", ["<ascii-name>xn--bcher-kva.example</ascii-name>", ""])
def test_a_name_may_be_answered_in_another_form(asked: str, beside: str) -> None:
    told = result(f"<id>12</id><data><gen_info><name>b\u00fccher.example</name>{beside}</gen_info></data>")
    assert statuses(read(FakePlesk(before=first(lists(error(1013), told))), asked)) == {"b\u00fccher.example": OK}


def test_another_site_than_was_asked_for_is_not_shown_as_that() -> None:
    mail = read(FakePlesk(before=first(lists(error(1013), site(7, "other.example")))), "example.com")
    assert statuses(mail) == {"example.com": ("failed",) * 3}
    assert mail.listing["status"] == "failed"
    failed = mail.sites["example.com"]["site"]["error"]
    assert failed is not None
    assert failed["name"] == "other_site"


def test_all_sites_of_a_name_that_was_asked_for_are_read() -> None:
    told = lists(site(12, "example.com"), site(13, "example.com"))
    assert statuses(read(FakePlesk(before=first(told)), "example.com")) == {"example.com": OK, "example.com (13)": OK}


# ----------------------------------------------------------------------------------------------- whose the accounts are


def test_accounts_and_preferences_of_a_site_are_asked_side_by_side() -> None:
    plesk = FakePlesk({12: "example.com", 13: "example.org"})
    read(plesk)
    sent = plesk.packets[1]
    places = [
        sent.index(f"<{name}><filter><site-id>{number}<") for number in (12, 13) for name in ("get_info", "get_prefs")
    ]
    assert places == sorted(places)


def swapping(numbers: dict[int, int]) -> FakePlesk:
    """A Plesk that takes one site for another, in one packet and alone."""

    def taken(asked: Element) -> int:
        return numbers.get(site_id(asked), site_id(asked))

    return FakePlesk(
        {number: f"site{number}.example" for number in range(1, 101)},
        accounts=lambda asked: account(f"of{taken(asked)}"),
        preferences=lambda asked: result(f"<site-id>{taken(asked)}</site-id>{PREFS}"),
    )


def test_accounts_of_another_site_are_given_to_none() -> None:
    plesk = swapping({7: 8, 8: 7})
    found = statuses(read(plesk))
    assert {name for name, told in found.items() if told != OK} == {"site7.example", "site8.example"}
    assert found["site7.example"] == UNREAD
    assert len(plesk.packets) < 25


def test_answers_in_another_order_are_given_to_none() -> None:
    plesk = swapping({number: number % 100 + 1 for number in range(1, 101)})
    mail = read(plesk)
    assert set(statuses(mail).values()) == {UNREAD}
    assert len(plesk.packets) <= 10


def test_a_packet_that_is_answered_out_of_order_is_asked_in_parts() -> None:
    def reversed_pairs(number: int, asked: list[Element]) -> str | None:
        if number == 1 or len(asked) == 2:
            return None
        inner = "".join(
            f"<get_info>{account(f'of{of}')}</get_info><get_prefs>{result(f'<site-id>{of}</site-id>{PREFS}')}</get_prefs>"
            for of in reversed([site_id(each) for each in asked[::2]])
        )
        return f"<packet><mail>{inner}</mail></packet>"

    mail = read(
        FakePlesk(
            {12: "a.example", 13: "b.example"},
            accounts=lambda asked: account(f"of{site_id(asked)}"),
            before=reversed_pairs,
        )
    )
    assert [found["accounts"]["data"][0]["address"] for found in mail.sites.values()] == [
        "of12@a.example",
        "of13@b.example",
    ]


@pytest.mark.parametrize("number", ["13", "x", ""])
def test_accounts_that_say_that_they_are_of_another_site_are_of_none(number: str) -> None:
    told = result(f"<site-id>{number}</site-id><mailname><name>anna</name></mailname>")
    assert statuses(read(FakePlesk(accounts=lambda _asked: told))) == {"example.com": UNREAD}
