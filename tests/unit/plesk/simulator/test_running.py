# SPDX-License-Identifier: GPL-3.0-or-later
"""Several servers, their files, and the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import ansible_collections
import pytest
import requests
import yaml
from ansible_collections.mailfleet.mailplus.tests.plesk import DescriptionError, read_servers, run_plesk, run_plesks
from ansible_collections.mailfleet.mailplus.tests.simulator import run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support.plesk import asking, get_info

# ansible-test makes the collection importable for this process only.
IMPORTED_FROM = Path(next(iter(ansible_collections.__path__))).parent
MODULE = "ansible_collections.mailfleet.mailplus.tests.plesk"


def test_several_servers_and_their_inventory(tmp_path: Path) -> None:
    described = {
        "defaults": {"users": [{"username": "root", "password": "{{ 7*7 }}", "secret_key": "k"}]},
        "plesk": {"one": {}, "two": {"hostname": "two.example.org", "latency": 0.01}},
    }
    with run_plesks(described) as servers:
        assert [(plesk.name, plesk.hostname) for plesk in servers.values()] == [
            ("one", "one.example.com"),
            ("two", "two.example.org"),
        ]
        servers.write_inventory(tmp_path / "inventory.yml")
        assert servers.inventory()["plesk"]["hosts"]["one"] == {
            "ansible_host": "127.0.0.1",
            "plesk_port": servers["one"].port,
            "plesk_username": "root",
            "plesk_password": "{{ 7*7 }}",
            "plesk_secret_key": "k",
            "plesk_ca_path": str(servers.ca_path),
        }
        text = (tmp_path / "inventory.yml").read_text()
        assert 'plesk_password: !unsafe "{{ 7*7 }}"' in text
        assert servers["one"].url != servers["two"].url


def test_plesk_and_nas_side_by_side() -> None:
    with run_fleet({"nas": {"one": {}}}) as fleet, run_plesk({}) as plesk:
        assert fleet["one"].port != plesk.port
        assert fleet.ca_path != plesk.ca_path


@pytest.mark.parametrize("certificate", ["self_signed", "expired", "wrong_name"])
def test_certificates_that_nobody_trusts(certificate: str) -> None:
    with asking({"certificate": certificate}) as server:
        with pytest.raises(requests.exceptions.SSLError):
            server.ask(get_info(1))
        assert server.plesk.requests == []


def test_ports_that_do_not_answer() -> None:
    with asking({"unreachable": True}) as server, pytest.raises(requests.ConnectionError):
        server.ask(get_info(1))
    with asking({"unresponsive": True}) as server, pytest.raises(requests.Timeout):
        server.ask(get_info(1), timeout=0.2)


def test_what_is_recorded() -> None:
    with asking({"sites": {"example.com": {}}}) as server:
        server.ask(get_info(1))
        server.ask(get_info(7))
        one, two = server.plesk.requests
        assert (one.method, one.path) == ("POST", "/enterprise/control/agent.php")
        assert (one.headers["KEY"], "<site-id>1</site-id>" in one.body) == (server.plesk.secret_key, True)
        assert [one.operations, two.operations] == [[("mail", "get_info", "example.com")], [("mail", "get_info", None)]]
        assert one.connection == two.connection
        server.plesk.reset()
        assert server.plesk.requests == []


@pytest.mark.parametrize(
    ("server", "message"),
    [
        ({"site": {}}, r"plesk\.one: unknown key site; known: address"),
        ({"certificate": "good"}, r"plesk\.one\.certificate: 'good' is none of trusted"),
        ({"users": []}, r"plesk\.one\.users: a server has at least one user"),
        ({"protocols": []}, r"plesk\.one\.protocols: a server speaks at least one"),
        ({"faults": [{"fault": "flood"}]}, r"plesk\.one\.faults: unknown fault 'flood'"),
        ({"sites": {"a.b": {"accounts": {"x": {"quota": 1}}}}}, r"sites\.a\.b\.accounts\.x: unknown key quota"),
        ({"sites": {"a.b": {"accounts": {"x": {"mailbox": {"quota": "1"}}}}}}, r"x\.mailbox\.quota: '1' is not a int"),
        ({"sites": {"a.b": {"accounts": {"x": {"antivir": "on"}}}}}, r"x\.antivir: 'on' is none of off"),
        ({"sites": {"a.b": {"prefs": {"nonexistent_user": "drop"}}}}, r"prefs\.nonexistent_user: 'drop' is none of"),
        ({"sites": {"a.b": {"webspace": "c.d"}}}, r"sites\.a\.b\.webspace: there is no site c\.d"),
        ({"sites": {"a.b": {"count": 0}}}, r"sites\.a\.b\.count: 0 is not a positive number"),
        ({"sites": {"a.b": {"accounts": {"x": {"count": "2"}}}}}, r"accounts\.x\.count: '2' is not a positive number"),
    ],
)
def test_descriptions_that_are_wrong(server: dict[str, Any], message: str) -> None:
    with pytest.raises(DescriptionError, match=message):
        read_servers({"plesk": {"one": server}})


@pytest.mark.parametrize(
    ("servers", "message"),
    [
        ({}, "plesk is empty"),
        ({"plesk": {"one": 1}}, r"plesk\.one: 1 is not a mapping"),
        ({"nas": {}}, "unknown key nas"),
    ],
)
def test_descriptions_of_no_servers(servers: dict[str, Any], message: str) -> None:
    with pytest.raises(DescriptionError, match=message):
        read_servers(servers)


def test_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", MODULE, "--directory", str(tmp_path), "--requests", str(tmp_path / "log")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(IMPORTED_FROM)}
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"ready: 1 Plesk servers, inventory {tmp_path / 'inventory.yml'}\n"
            host = yaml.safe_load((tmp_path / "inventory.yml").read_text())["plesk"]["hosts"]["plesk-berlin"]
            response = requests.post(
                f"https://{host['ansible_host']}:{host['plesk_port']}/enterprise/control/agent.php",
                data=f"<packet>{get_info(1)}</packet>",
                headers={"Content-Type": "text/xml", "KEY": host["plesk_secret_key"]},
                verify=host["plesk_ca_path"],
                timeout=20,
            )
            assert "<name>annelore.winterfeld</name>" in response.text
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert json.loads(line)["operations"] == [["mail", "get_info", "example.com"]]


def test_the_command_line_with_a_wrong_description(tmp_path: Path) -> None:
    (tmp_path / "servers.yml").write_text("plesk: {one: {site: {}}}")
    command = [sys.executable, "-m", MODULE, "--directory", str(tmp_path), "--servers", str(tmp_path / "servers.yml")]
    run = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(IMPORTED_FROM)}
    )
    assert (run.returncode, run.stderr.startswith("plesk.one: unknown key site")) == (2, True)
