# SPDX-License-Identifier: GPL-3.0-or-later
"""plesk_mail_info in real plays: who asks, what is refused, what fails alone, and what is never shown."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._login_gate import MOST_REFUSALS
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    HERE,
    JUMP_HOST,
    NAMESPACE,
    UNTOUCHABLE,
    debug,
    module_task,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import FAST, Ansible, Data, Run, Unsafe
from ansible_collections.mailfleet.mailplus.tests.plesk import Plesk, PleskServers, run_plesk, run_plesks

MODULE = "plesk_mail_info"
LOGIN = {"username": "{{ plesk_username }}", "password": "{{ plesk_password }}"}
KEY = {"secret_key": "{{ plesk_secret_key }}"}
PLACE = {"port": "{{ plesk_port }}", "ca_path": "{{ plesk_ca_path }}"}
HUSH = "Hush-4711-Hush"
ACCOUNT_PASSWORD = {"password": {"value": HUSH, "type": "plain"}}
ANNA = {
    "mailbox": {"quota": 1048576, "usage": 4096},
    "alias": ["a.berger"],
    "forwarding": {"enabled": True, "address": ["anna@example.org"]},
    **ACCOUNT_PASSWORD,
    "unknown": {"mailbox-password": HUSH, "colour": "blue"},
}
SITES = {
    "example.com": {"accounts": {"anna": ANNA, "bob": {}}},
    "bücher.example": {"accounts": {"änne": {}}, "prefs": {"nonexistent_user": {"forward": "all@example.com"}}},
    "shop.example.com": {"webspace": "example.com"},
}
# A refused password that holds nothing else of these tests.
WRONG = "Wr0ng-{{ 7 * 7 }}-Wr0ng"


@pytest.fixture(scope="module")
def everyone() -> Iterator[PleskServers]:
    fleet: Data = {
        "plesk": {
            "one": {"sites": SITES},
            "two": {"sites": SITES},
            "odd": {"certificate": "self_signed", "sites": SITES},
        }
    }
    with run_plesks(fleet) as servers:
        yield servers


@pytest.fixture
def servers(everyone: PleskServers) -> PleskServers:
    for plesk in everyone.values():
        plesk.reset()
    return everyone


def variables(plesk: Plesk) -> Data:
    return {
        "ansible_host": plesk.host,
        "plesk_port": plesk.port,
        "plesk_username": Unsafe(plesk.username),
        "plesk_password": Unsafe(plesk.password),
        "plesk_secret_key": Unsafe(plesk.secret_key),
        "plesk_ca_path": str(plesk.ca_path),
    }


def inventory(servers: Mapping[str, Plesk], *names: str, **others: Data) -> Data:
    hosts = {name: UNTOUCHABLE | variables(servers[name]) for name in names or servers}
    return {"plesk": {"hosts": hosts}, "others": {"hosts": others}}


def play(*tasks: Data, who: Mapping[str, str] | None = None, hosts: str = "plesk", **keywords: Any) -> list[Data]:
    defaults = {f"group/{NAMESPACE}.plesk": {**PLACE, **(who or KEY)}}
    told = {"name": "Play", "hosts": hosts, "gather_facts": False, "module_defaults": defaults, **keywords}
    return [{**told, "tasks": list(tasks)}]


def assert_hidden(run: Run, *secrets: str) -> None:
    """Nothing of these is in what was printed, however it may be written."""
    for secret in secrets:
        written = {secret, json.dumps(secret)[1:-1], base64.b64encode(secret.encode()).decode()}
        assert not [text for text in written if text in run.output], f"see {run.directory}/output.txt"


# ----------------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize("who", [LOGIN, KEY], ids=["login", "key"])
def test_sites_with_accounts_and_preferences(ansible: Ansible, servers: PleskServers, who: Mapping[str, str]) -> None:
    tasks = (task("Ask", MODULE), task("Check", MODULE, check_mode=True))
    run = ansible.play(play(*tasks, who=who), inventory(servers, "one"), "-vvv")
    found = run.ok("Ask")
    assert found["changed"] is False
    assert list(found["sites"]) == ["example.com", "bücher.example", "shop.example.com"]
    anna, bob = found["sites"]["example.com"]["accounts"]["data"]
    assert anna["mailbox"] == {"enabled": True, "quota": 1048576, "unlimited": False, "usage": 4096}
    assert anna["forwarding"] == {"enabled": True, "addresses": ["anna@example.org"]}
    assert (anna["aliases"], anna["colour"], anna["password"]) == (["a.berger"], "blue", "[hidden]")
    assert (bob["mailbox"]["quota"], bob["mailbox"]["unlimited"]) == (None, True)
    books = found["sites"]["bücher.example"]
    assert books["accounts"]["data"][0]["address"] == "änne@bücher.example"
    assert books["preferences"]["data"]["nonexistent_user"]["address"] == "all@example.com"
    assert run.ok("Check")["sites"] == found["sites"]
    assert found["listing"] == {"status": "ok", "data": None, "summary": {"sites": 3, "all": True}, "error": None}
    plesk = servers["one"]
    assert (len(plesk.requests), plesk.writes, plesk.login_attempts) == (4, [], 0)
    assert_hidden(run, HUSH, plesk.password, plesk.secret_key)
    assert HUSH not in json.dumps(found)


def test_two_thousand_accounts_in_a_hundred_sites(ansible: Ansible) -> None:
    described = {"sites": {"example.net": {"count": 100, "accounts": {"user": {"count": 20}}}}}
    with run_plesk(described) as plesk:
        run = ansible.play(play(task("Ask", MODULE)), inventory({"one": plesk}))
        assert len(plesk.requests) <= 3
    sites = run.ok("Ask")["sites"].values()
    assert [site["accounts"]["summary"]["accounts"] for site in sites] == [20] * 100


def test_text_of_a_server_is_data(ansible: Ansible) -> None:
    odd = {"_ansible_no_log": "x", "__ansible_type": "y", "shown": "{{ 7 * 7 }}"}
    described = {"sites": {"example.com": {"accounts": {"anna": {"description": "{{ 7 * 7 }}", "unknown": odd}}}}}
    show = debug("Show", "{{ asked.sites['example.com'].accounts.data[0] }}")
    with run_plesk(described) as plesk:
        run = ansible.play(play(task("Ask", MODULE, register="asked"), show), inventory({"one": plesk}))
    (anna,) = run.ok("Ask")["sites"]["example.com"]["accounts"]["data"]
    assert (anna["description"], anna["shown"]) == ("{{ 7 * 7 }}", "{{ 7 * 7 }}")
    assert (anna["~_ansible_no_log"], anna["~__ansible_type"]) == ("x", "y")
    assert run.ok("Show")["msg"] == anna


def test_a_hostile_server_of_an_older_version_is_read(ansible: Ansible) -> None:
    with run_plesk({"sites": SITES, "hostile": True, "old_shapes": True}) as plesk:
        run = ansible.play(play(task("Ask", MODULE)), inventory({"one": plesk}), "-vvv")
    assert run.ok("Ask")["sites"]["example.com"]["accounts"]["data"][0]["redirect"]
    assert_hidden(run, HUSH)


# ------------------------------------------------------------------------------------------------------- what fails


def test_a_site_that_fails_costs_no_other(ansible: Ansible, servers: PleskServers) -> None:
    servers["one"].faults.add("error", operator="mail", operation="get_info", site="example.com", code=1006)
    run = ansible.play(
        play(
            task("All", MODULE),
            task("Named", MODULE, {"sites": ["example.com", "bücher.example", "gone.example"]}, ignore_errors=True),
            task("Other", MODULE, {"sites": ["bücher.example"]}),
        ),
        inventory(servers, "one"),
        expected_warnings=["Not all of the mail could be read of example.com"],
    )
    found = run.ok("All")["sites"]
    assert {name: site["accounts"]["status"] for name, site in found.items()} == {
        "example.com": "forbidden",
        "bücher.example": "ok",
        "shop.example.com": "ok",
    }
    assert found["example.com"]["preferences"]["status"] == "ok"
    failed = run.failed("Named")
    assert failed["sites"]["bücher.example"]["accounts"]["status"] == "ok"
    assert failed["sites"]["gone.example"]["accounts"]["error"]["code"] == 1013
    assert len(failed["msg"].splitlines()) == 1
    assert list(run.ok("Other")["sites"]) == ["bücher.example"]


def test_accounts_that_may_be_of_another_site_are_given_to_none(ansible: Ansible, servers: PleskServers) -> None:
    mixed, reordered = servers["one"], servers["two"]
    mixed.faults.add("replace", name="site-id", value="2", operation="get_prefs", site="example.com")
    reordered.faults.add("reordered_result", operator="mail")
    run = ansible.play(
        play(task("Ask", MODULE)),
        inventory(servers, "one", "two"),
        expected_warnings=["Not all of the mail could be read of example.com"],
    )
    found = {result.host: result.returned["sites"] for result in run.results}
    assert {name: site["accounts"]["status"] for name, site in found["one"].items()} == {
        "example.com": "failed",
        "bücher.example": "ok",
        "shop.example.com": "ok",
    }
    assert found["one"]["example.com"]["accounts"]["error"]["name"] == "other_site"
    assert {name: [row["name"] for row in site["accounts"]["data"]] for name, site in found["two"].items()} == {
        "example.com": ["anna", "bob"],
        "bücher.example": ["änne"],
        "shop.example.com": [],
    }


def test_sites_that_may_be_missing_are_told_to_programs_and_people(ansible: Ansible) -> None:
    described = {"sites": SITES, "permissions": {"webspace.*": 1006}}
    with run_plesk(described) as plesk:
        run = ansible.play(
            play(task("All", MODULE), task("Named", MODULE, {"sites": ["shop.example.com"]})),
            inventory({"one": plesk}),
            expected_warnings=["There may be more sites, since Plesk could not tell of some"],
        )
    found = run.ok("All")
    assert list(found["sites"]) == ["shop.example.com"]
    assert (found["listing"]["status"], found["listing"]["error"]["method"]) == ("forbidden", "get")
    assert run.ok("Named")["listing"]["status"] == "ok"


def test_a_user_who_sees_no_site_is_told(ansible: Ansible) -> None:
    with run_plesk({"sites": {}}) as plesk:
        run = ansible.play(
            play(task("Ask", MODULE)),
            inventory({"one": plesk}),
            expected_warnings=["Plesk tells of no site: it has none, or this user sees none."],
        )
    assert (run.ok("Ask")["sites"], run.ok("Ask")["listing"]["summary"]) == ({}, {"sites": 0, "all": True})


def test_what_plesk_repeats_of_a_key_is_hidden(ansible: Ansible) -> None:
    user = {"username": "admin", "password": "x", "secret_key": "k3y-0815-k3y"}
    repeated = {
        "note": "hello k3y-0815-k3y",
        "mailpass": {"type": "plain", "text": HUSH},
        "hash": f"$6$salt${HUSH * 4}",
    }
    described = {"users": [user], "sites": {"example.com": {"accounts": {"anna": {"unknown": repeated}}}}}
    show = debug("Show", "{{ asked }}")
    with run_plesk(described) as plesk:
        run = ansible.play(play(task("Ask", MODULE, register="asked"), show), inventory({"one": plesk}), "-vvv")
    (anna,) = run.ok("Ask")["sites"]["example.com"]["accounts"]["data"]
    assert (anna["note"], anna["mailpass"], anna["hash"]) == ("hello [hidden]", "[hidden]", "[hidden]")
    assert_hidden(run, "k3y-0815-k3y", HUSH)


def test_a_wrong_password_stops_before_the_fleet_is_locked_out(ansible: Ansible) -> None:
    with run_plesks({"plesk": {f"plesk{number}": {} for number in range(20)}}) as servers:
        wrong = {"username": "admin", "password": "{{ wrong }}"}
        told = inventory(servers)
        told["plesk"]["vars"] = {"wrong": Unsafe(WRONG)}
        tasks = (task("Ask", MODULE, ignore_errors=True), task("Again", MODULE))
        run = ansible.play(play(*tasks, who=wrong), told, "-vvv", failing=True)
        attempts = [plesk.login_attempts for plesk in servers.values()]
        assert sum(attempts) == MOST_REFUSALS
        assert max(attempts) == 1
    errors = [result.returned["error"] for result in run.results]
    assert {error["name"] for error in errors} == {"wrong_credentials", "not_asked"}
    assert [error["code"] for error in errors if error["name"] == "wrong_credentials"] == [1001] * MOST_REFUSALS
    assert_hidden(run, WRONG)


def test_a_key_from_another_address_is_sent_once(ansible: Ansible) -> None:
    user = {"username": "admin", "password": "x", "secret_key": "k3y-0815-k3y", "key_address": "192.0.2.1"}
    with run_plesk({"users": [user]}) as plesk:
        tasks = (task("Ask", MODULE, ignore_errors=True), task("Again", MODULE))
        run = ansible.play(play(*tasks), inventory({"one": plesk}), "-vvv", failing=True)
        assert plesk.login_attempts == 1
    assert run.failed("Ask")["error"]["name"] == "key_not_valid"
    assert run.failed("Again")["error"]["name"] == "not_asked"
    assert_hidden(run, "k3y-0815-k3y")


def test_a_certificate_that_is_not_trusted_is_said_so_and_nothing_is_sent(
    ansible: Ansible, servers: PleskServers
) -> None:
    tasks = (task("Ask", MODULE, ignore_errors=True), task("Unchecked", MODULE, {"validate_certs": False}))
    run = ansible.play(play(*tasks), inventory(servers, "odd"))
    failed = run.failed("Ask")
    assert failed["error"]["name"] == "certificate_not_trusted"
    assert failed["msg"].startswith(f"The certificate of https://{servers['odd'].host}:{servers['odd'].port} is not")
    assert list(run.ok("Unchecked")["sites"]) == list(SITES)
    assert len(servers["odd"].requests) == 2


@pytest.mark.parametrize(
    ("fault", "options", "name"),
    [
        ("system", {"code": 1003}, "api_off"),
        ("doctype", {}, "declarations"),
        ("html", {}, "http_failed"),
        ("empty", {}, "not_xml"),
        ("redirect", {"location": "http://192.0.2.1/"}, "redirected"),
        ("root", {}, "not_plesk"),
        ("cut_text", {}, "truncated_xml"),
        ("reordered_result", {}, "unexpected_answer"),
        ("encoding", {"declared": "ISO-8859-1", "used": "iso-8859-1"}, "not_utf8"),
    ],
)
def test_what_is_no_answer_is_one_clear_line(
    ansible: Ansible, servers: PleskServers, fault: str, options: Data, name: str
) -> None:
    servers["one"].faults.add(fault, **options)
    run = ansible.play(play(task("Ask", MODULE)), inventory(servers, "one"), failing=True)
    failed = run.failed("Ask")
    assert failed["error"]["name"] == name
    assert len(failed["msg"].splitlines()) == 1
    assert "Traceback" not in run.output
    assert len(servers["one"].requests) == 1


# -------------------------------------------------------------------------------------------------------------- ways


def test_a_module_and_a_jump_host_answer_the_same(ansible: Ansible, servers: PleskServers) -> None:
    given = {**PLACE, **LOGIN, "host": "{{ ansible_host }}"}
    tasks = (
        task("Action", MODULE),
        task("Jump", MODULE, delegate_to="jump_host"),
        module_task("Module", MODULE, given),
    )
    hosts = inventory(servers, "one", jump_host=JUMP_HOST)
    run = ansible.play(play(*tasks, who=LOGIN), hosts, "-vvv")
    assert run.ok("Jump")["sites"] == run.ok("Module")["sites"] == run.ok("Action")["sites"]
    assert run.modules_on_jump_host == {MODULE}
    assert_hidden(run, HUSH, servers["one"].password)


def test_a_jump_host_does_not_send_a_refused_login_again(ansible: Ansible, servers: PleskServers) -> None:
    wrong = {"username": "admin", "password": "Wr0ng"}
    tasks = [task(name, MODULE, delegate_to="jump_host", ignore_errors=True) for name in ("Ask", "Again")]
    hosts = inventory(servers, "one", jump_host=JUMP_HOST)
    run = ansible.play(play(*tasks, who=wrong), hosts, environment=FAST)
    assert run.failed("Ask")["error"]["name"] == "wrong_credentials"
    assert run.failed("Again")["error"]["name"] == "not_asked"
    assert servers["one"].login_attempts == 1


def test_options_of_the_environment(ansible: Ansible, servers: PleskServers) -> None:
    one, two = servers["one"], servers["two"]
    told = {
        "PLESK_HOST": one.host,
        "PLESK_PORT": str(one.port),
        "PLESK_SECRET_KEY": one.secret_key,
        "PLESK_CA_PATH": str(servers.ca_path),
    }
    hosts = {"all": {"hosts": {"localhost": HERE, "two": {"ansible_host": "192.0.2.1"}}}}
    ask = {"name": "Ask", "hosts": "localhost", "gather_facts": False, "tasks": [task("Ask", MODULE)]}
    inner = {"PLESK_HOST": two.host, "PLESK_PORT": str(two.port), "PLESK_SECRET_KEY": two.secret_key}
    other = {**ask, "hosts": "two", "tasks": [task("Other", MODULE, environment=inner)]}
    run = ansible.play([ask, other], hosts, environment=told)
    assert list(run.ok("Ask")["sites"]) == list(SITES)
    assert list(run.ok("Other")["sites"]) == list(SITES)
    assert (len(one.requests), len(two.requests)) == (2, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "secret_key missing, or username and password: set as options of the task, in module_defaults under "
             "group/mailfleet.mailplus.plesk, for the playbook parity as plesk_secret_key and plesk_username and "
             "plesk_password, or in the environment as PLESK_SECRET_KEY and PLESK_USERNAME and PLESK_PASSWORD."),
        ({"secret_key": "k", "username": "u"}, "secret_key stands alone"),
        ({"username": "u", "password": "Hush\nX: y"}, "password holds what no header of a request can carry"),
        ({"secret_key": "k", "port": 99999}, "port is between 1 and 65535, not 99999."),
        ({"secret_key": "k", "port": "many"}, "port"),
        ({"secret_key": {"a": "Hush"}}, "secret_key is text, not a mapping."),
        ({"username": "u", "password": ["Hush"]}, "password is text, not a list."),
        ({"secret_key": "k", "sites": [None]}, "sites is a list of text, and holds null."),
        ({"secret_key": "k", "sites": ["a b"]}, "sites holds names of sites, such as example.com, not 'a b'."),
        ({"secret_key": "k", "https": False}, "Unsupported parameters"),
        ({"secret_key": "k", "host": "plesk.example.com:8443"}, "host is a name or an address alone"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_line(ansible: Ansible, options: Data, message: str) -> None:
    hosts = {"all": {"hosts": {"nowhere": {**UNTOUCHABLE, "ansible_host": "192.0.2.1"}}}}
    run = ansible.play(play(task("Ask", MODULE, options), hosts="nowhere", module_defaults={}), hosts, failing=True)
    failed = run.failed("Ask")
    assert message in failed["msg"]
    assert failed["error"] is None
    assert len(failed["msg"].splitlines()) == 1
    assert "Traceback" not in run.output
    assert_hidden(run, "Hush")
