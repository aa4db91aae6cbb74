# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ansible_collections
import pytest
import requests
import yaml
from ansible_collections.mailfleet.mailplus.tests.simulator import run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import QUEUE, client, serving

# ansible-test makes the collection importable for this process only.
IMPORTED_FROM = Path(next(iter(ansible_collections.__path__))).parent
MODULE = "ansible_collections.mailfleet.mailplus.tests.simulator"
DEMO = Path(sys.modules[run_fleet.__module__].__file__ or "").parent / "fleets" / "demo.yml"


def test_https_that_the_authority_vouches_for() -> None:
    with run_fleet({"nas": {"one": {}}}) as fleet, client(fleet, "one") as dsm:
        assert fleet["one"].url.startswith("https://127.0.0.1:")
        dsm.login()
        assert len(fleet["one"].sessions) == 1


@pytest.mark.parametrize(
    ("certificate", "complaint"),
    [("self_signed", "self[- ]signed"), ("expired", "expired"), ("wrong_name", "not valid for|doesn't match")],
)
def test_certificates_that_are_not_to_be_trusted(certificate: str, complaint: str) -> None:
    with run_fleet({"nas": {"one": {"certificate": certificate}}}) as fleet, client(fleet, "one") as dsm:
        with pytest.raises(requests.exceptions.SSLError, match=complaint):
            dsm.login()
        assert fleet["one"].requests == []


def test_nobody_listens() -> None:
    with serving({"unreachable": True}) as dsm, pytest.raises(requests.exceptions.ConnectionError, match="refused"):
        dsm.login()


@pytest.mark.parametrize("https", [True, False])
def test_accepted_and_never_answered(*, https: bool) -> None:
    with serving({"unresponsive": True, "https": https}) as dsm, pytest.raises(requests.exceptions.Timeout):
        dsm.request(data={"a": "b"}, timeout=0.2)


def test_a_port_of_ones_own() -> None:
    with serving() as dsm:
        taken = dsm.nas.port
        with pytest.raises(OSError, match="in use"), run_fleet({"nas": {"two": {"port": taken}}}):
            pass
    with serving({"port": taken}) as dsm:
        assert dsm.nas.port == taken


def test_idle_connections_are_closed() -> None:
    with serving({"keep_alive": 0.05}) as dsm:
        dsm.login()
        time.sleep(0.3)
        dsm.login()
        assert len({request.connection for request in dsm.nas.requests}) == 2


def test_another_address() -> None:
    with run_fleet({"nas": {"one": {"address": "127.0.0.2"}}}) as fleet, client(fleet, "one") as dsm:
        assert dsm.nas.url.startswith("https://127.0.0.2:")
        dsm.login()


def test_nothing_is_left_behind() -> None:
    threads = threading.active_count()
    with run_fleet({"nas": {"one": {}, "two": {}}}) as fleet, client(fleet, "one") as dsm:
        dsm.login()
        directory, url = fleet.ca_path.parent, fleet["two"].url
        assert directory.is_dir()
    assert not directory.exists()
    assert threading.active_count() == threads
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(url, timeout=1)


def test_a_request_that_hangs_does_not_keep_the_fleet() -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with serving({"faults": [{"fault": "hang"}]}) as dsm:
            waiting = pool.submit(requests.post, dsm.nas.url, data={"a": "b"}, timeout=20)
            while not dsm.nas.requests:
                time.sleep(0.01)
        with pytest.raises(requests.exceptions.ConnectionError):
            waiting.result(timeout=2)


def test_a_thousand_nas_in_one_process() -> None:
    with run_fleet({"defaults": {"https": False}, "nas": {"n": {"count": 1000}}}) as fleet:
        assert len({nas.port for nas in fleet.values()}) == len(fleet) == 1000
        for name in ("n-0001", "n-1000"):
            with client(fleet, name) as dsm:
                dsm.login()
                assert len(dsm.data(QUEUE, "list")["items"]) == 12


@contextlib.contextmanager
def command(directory: Path, *options: str, fleet: Path = DEMO) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, "-W", "error", "-m", MODULE, "--fleet", str(fleet), "--directory", str(directory)]
    environment = {**os.environ, "PYTHONPATH": str(IMPORTED_FROM)}
    with subprocess.Popen(
        [*arguments, *options],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    with command(tmp_path) as process:
        assert first_line(process) == f"ready: 8 NAS, inventory {tmp_path / 'inventory.yml'}\n"
        inventory: dict[str, Any] = yaml.safe_load((tmp_path / "inventory.yml").read_text(encoding="utf-8"))
        host = inventory["nas"]["hosts"]["mail-berlin"]
        assert set(host) == {
            "ansible_host",
            "mailplus_port",
            "mailplus_https",
            "mailplus_username",
            "mailplus_password",
            "mailplus_ca_path",
        }
        with requests.Session() as http:
            http.trust_env = False
            answer = http.post(
                f"https://{host['ansible_host']}:{host['mailplus_port']}/webapi/entry.cgi",
                data={"api": "SYNO.API.Info", "method": "query", "version": 1},
                verify=host["mailplus_ca_path"],
                timeout=30,
            )
        assert answer.json()["success"] is True
        assert sorted(path.name for path in tmp_path.iterdir()) == ["ca.pem", "inventory.yml"]
        process.send_signal(number)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


def test_the_command_ends_with_its_parent(tmp_path: Path) -> None:
    with command(tmp_path, "--exit-with-parent") as process:
        first_line(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_the_command_writes_down_the_requests(tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    with command(tmp_path / "fleet", "--requests", str(log)) as process:
        first_line(process)
        host = yaml.safe_load((tmp_path / "fleet" / "inventory.yml").read_text(encoding="utf-8"))["nas"]["hosts"][
            "mail-oslo"
        ]
        with requests.Session() as http:
            http.trust_env = False
            url = f"https://127.0.0.1:{host['mailplus_port']}/webapi/query.cgi?version=1"
            http.post(url, data={"api": "SYNO.API.Info"}, verify=host["mailplus_ca_path"], timeout=30)
        process.terminate()
        process.wait(timeout=30)
    (line,) = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert (line["nas"], line["url"], line["api"]) == ("mail-oslo", "/webapi/query.cgi?version=1", "SYNO.API.Info")


def test_the_command_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    fleet = tmp_path / "fleet.yml"
    fleet.write_text("nas: {one: {colour: red}}", encoding="utf-8")
    with command(tmp_path, fleet=fleet) as process:
        output, error = process.communicate(timeout=30)
    assert process.returncode == 2
    assert output == ""
    assert error.startswith("nas.one: unknown key colour")
    assert error.count("\n") == 1


def test_a_text_that_ansible_would_take_for_a_template(tmp_path: Path) -> None:
    account = {"username": "a", "password": '{{ x }} "\\ü'}
    with run_fleet({"nas": {"one": {"accounts": [account], "https": False}}}) as fleet:
        path = tmp_path / "inventory.yml"
        fleet.write_inventory(path)
    text = path.read_text(encoding="utf-8")
    assert 'mailplus_password: !unsafe "{{ x }} \\"\\\\ü"' in text
    assert path.stat().st_mode & 0o777 == 0o644


def test_the_demo_fleet() -> None:
    with run_fleet(DEMO) as fleet:
        outcome: dict[str, object] = {}
        for name in fleet:
            with client(fleet, name) as dsm:
                try:
                    code = dsm.login_code()
                except requests.exceptions.ConnectionError:
                    outcome[name] = "refused"
                    continue
                if code is None:
                    dsm.login()
                    code = dsm.code(QUEUE, "list")
                outcome[name] = code if code is not None else dsm.data(QUEUE, "list")["total"]
    assert outcome == {
        "mail-berlin": 3,
        "mail-ha-1": 5,
        "mail-ha-2": 0,
        "mail-lisbon": 4200,
        "mail-oslo": 12,
        "mail-prague": 102,
        "mail-riga": 400,
        "mail-turin": "refused",
    }


def test_the_demo_fleet_has_something_to_show() -> None:
    prefix, week = "SYNO.MailPlusServer.", 7 * 86400
    with run_fleet(DEMO) as fleet:

        def told(name: str, *calls: tuple[str, str, int, dict[str, Any]]) -> list[Any]:
            with client(fleet, name) as dsm:
                dsm.login()
                return [dsm.call(api, method, version, **params) for api, method, version, params in calls]

        security = [(f"{prefix}Domain", "get_security", 2, {"domain_id": number}) for number in (1, 2, 3)]
        keys = [answer["data"]["dkim_key_length"] for answer in told("mail-berlin", *security)]
        assert keys == [2048, 1024, 0]
        licences: list[Any] = [
            (f"{prefix}License", method, 1, {}) for method in ("get_user_limit", "get_active_user_num")
        ]
        limit, active = (answer["data"] for answer in told("mail-lisbon", *licences))
        assert active > limit["user_limit"]
        (virus,) = told("mail-oslo", (f"{prefix}Security", "get_antivirus", 3, {}))
        assert time.time() - virus["data"]["update_time"] > 2 * week
        (certificates,) = told("mail-ha-1", ("SYNO.Core.Certificate.CRT", "list", 1, {}))
        (default,) = (each for each in certificates["data"]["certificates"] if each["is_default"])
        assert 0 < ssl.cert_time_to_seconds(default["valid_till"]) - time.time() < 2 * week
        (tabs,) = told("mail-ha-2", (f"{prefix}Delegation", "list_enable_tab", 1, {}))
        enabled = list(tabs["data"]["enable_tab"].values())
        assert 0.25 < enabled.count(True) / len(enabled) < 0.75
