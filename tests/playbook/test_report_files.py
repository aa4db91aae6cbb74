# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's files: formats, times, personal data, and reports of facts that an earlier run cached."""

from __future__ import annotations

import csv
import json
import os
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import DEFAULT, TABLES, select
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.views import of_catalogue
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import UNTOUCHABLE
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    LENIENT,
    Project,
    hosts,
    modes,
    play,
    requests_of,
    role,
    role_vars,
    schema,
    text_of,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data, Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet
from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families

FILES = {
    "html": ["report.html"],
    "json": ["report.json"],
    "csv": [
        "hosts.csv",
        "findings.csv",
        "changes.csv",
        *(f"{name}.csv" for name in (*(table.name for table in TABLES), *of_catalogue())),
    ],
    "junit": ["junit.xml"],
    "markdown": ["report.md"],
    "prometheus": ["mailplus.prom"],
}
WRITTEN = [name for names in FILES.values() for name in names]
ROWS = [f"rows/{name}.jsonl" for name in ("admin_log", "queue", "transaction_log")]
READ = ["ha1", "ha2", "open", "plain"]
# Rules whose values are personal, so that they would be in the report, and not only in the files of hosts.
NOSY = {
    "rules": [
        {
            "id": f"nosy {section} {path}",
            "severity": "low",
            "section": section,
            "path": f"data.{path}",
            "condition": {"equals": "nothing like it"},
        }
        for section, path in (
            ("queue", "items.0.sender"),
            ("queue", "items.0.description"),
            ("transaction_log", "items.0.subject"),
            ("transaction_log", "items.0.message_id"),
            ("admin_log", "log_list.0.ip"),
            ("report", "recipient"),
            ("smtp_general", "relay.account"),
        )
    ]
}
MODES: dict[str, Data] = {
    "remove": {},
    "keep": {"mailplus_state_personal_data": "keep"},
    "hash": {"mailplus_state_personal_data": "hash", "mailplus_state_personal_data_key": "a key, long enough"},
    "hash2": {"mailplus_state_personal_data": "hash", "mailplus_state_personal_data_key": "a key, long enough"},
    "other": {"mailplus_state_personal_data": "hash", "mailplus_state_personal_data_key": "another key"},
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    described: Data = {
        "plain": {"queue": {"total": 3}},
        "ha1": {"cluster": "ha"},
        "ha2": {"cluster": "ha"},
        "open": {"data": {"SYNO.MailPlusServer.IMAP_POP3": {"get": {"enable_imap": True}}}},
        "gone": {"unreachable": True},
    }
    with run_fleet({"now": "2026-01-31T09:45:00Z", "nas": described}) as running:
        yield running


@pytest.fixture(scope="module")
def project(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Gathered and reported with each way of treating personal data, and the facts cached."""
    project = Project(tmp_path_factory.mktemp("report"))
    variables = {"mailplus_state_policies": ["policies/hardening.yml", NOSY], "mailplus_state_title": "Fleet & <title>"}
    variables["mailplus_state_formats"] = [*FILES, "jsonl"]
    project.write("hosts.yml", hosts(fleet, {**LENIENT, **variables}))
    tasks = []
    for name, given in MODES.items():
        directory = {"mailplus_state_directory": str(project.directory / name)}
        tasks += [role("gather", **directory, **given), role("report", **directory, **given)]
    project.play([play(*tasks)], environment=cache(project))
    return project


def cache(project: Project) -> dict[str, str]:
    return {
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(project.directory / "cache"),
    }


def texts(project: Project, directory: str) -> dict[str, str]:
    """Everything that was written, by name; of the runs, which are named by their time, the last one."""
    root = project.directory / directory
    found = {str(path.relative_to(root)): text_of(path) for path in sorted(root.rglob("*")) if path.is_file()}
    return {name if not name.startswith("history/") else "history": text for name, text in found.items()}


def test_every_format_is_written_and_can_be_read(project: Project) -> None:
    found = texts(project, "remove")
    assert set(found) == {*WRITTEN, *ROWS, "history", "fleet.json", *(f"hosts/{name}.json" for name in (*READ, "gone"))}
    report = json.loads(found["report.json"])
    Draft202012Validator(schema("report")).validate(report)
    Draft202012Validator(schema("state")).validate(json.loads(found["fleet.json"]))
    assert report["title"] == "Fleet & <title>"
    assert [row["host"] for row in csv.DictReader(found["hosts.csv"].splitlines())] == sorted([*READ, "gone"])
    suites = ElementTree.fromstring(found["junit.xml"])  # noqa: S314 - of the tests' own making
    assert sorted(suite.attrib["name"] for suite in suites) == sorted([*READ, "gone"])
    assert list(text_string_to_metric_families(found["mailplus.prom"]))
    assert "Fleet &amp; &lt;title&gt;" in found["report.html"]
    assert "<title>Fleet & <title>" not in found["report.html"]
    for name, mode in modes(project.directory / "remove").items():
        assert mode == (0o700 if name in (".", "history", "hosts", "rows") else 0o600)


def personal(fleet: Fleet) -> set[str]:
    """Pieces of personal data that the NAS sent: addresses, subjects, IP addresses."""
    found: set[str] = set()
    for name in READ:
        text = json.dumps(
            [
                fleet[name].mailplus.rows(f"SYNO.MailPlusServer.{api}").page(0, 50)[1]
                for api in ("Queue", "Audit.AdminLog", "Audit.TransactionLog")
            ]
        )
        found |= set(re.findall(r"[\w.]+@[\w.]+", text)) | set(re.findall(r"\d+\.\d+\.\d+\.\d+", text))
        _offset, rows = fleet[name].mailplus.rows("SYNO.MailPlusServer.Audit.TransactionLog").page(0, 50)
        found |= {row["subject"] for row in rows if len(row["subject"]) > 3}
    return found


def shown(pieces: set[str], found: dict[str, str]) -> set[str]:
    everything = "\n".join(found.values())
    return {
        piece for piece in pieces if piece in everything or json.dumps(piece, ensure_ascii=False)[1:-1] in everything
    }


@pytest.mark.parametrize("way", [name for name in MODES if name != "keep"])
def test_personal_data_is_in_no_file(project: Project, fleet: Fleet, way: str) -> None:
    pieces = personal(fleet)
    assert len(pieces) > 50
    assert shown(pieces, texts(project, way)) == set()
    everything = "\n".join(texts(project, way).values())
    assert "reports@example.com" not in everything
    assert "r3lay & s3cret" not in everything
    for kind in ("address", "ip", "subject"):
        assert (f"[{kind}]" in everything) == (way == "remove")


def test_personal_data_can_be_kept(project: Project, fleet: Fleet) -> None:
    pieces = personal(fleet)
    assert shown(pieces, texts(project, "keep")) == pieces
    state = project.read("keep/hosts/plain.json")
    assert state["mailplus"]["sections"]["report"]["data"]["recipient"] == "reports@example.com"
    assert project.read("hash/hosts/plain.json") != state


def test_a_hash_depends_on_its_key_alone(project: Project) -> None:
    def hashes(directory: str) -> set[str]:
        return set(
            re.findall(r"\[(?:address|ip|subject) ([0-9a-f]{12})\]", "\n".join(texts(project, directory).values()))
        )

    assert hashes("hash")
    assert hashes("hash") == hashes("hash2")
    assert not hashes("hash") & hashes("other")
    assert without_times(project, "hash", "report.json") == without_times(project, "hash2", "report.json")


def without_times(project: Project, directory: str, name: str) -> str:
    """A file without the times that it states: when it was made and gathered, and what grows older meanwhile."""
    text = (project.directory / directory / name).read_text(encoding="utf-8")
    report = project.read(f"{directory}/report.json")
    stamps = [report["generated_at"], *(host["collected_at"] for host in report["hosts"] if host["collected_at"])]
    for stamp in stamps:
        text = text.replace(stamp, "TIME").replace(stamp[:16].replace("T", " "), "TIME").replace(stamp[:-1], "TIME")
    text = re.sub(r"(?m)^(mailplus_\w*timestamp_seconds\S*) \d+$", r"\1 TIME", text)
    ages = {f"{value}" for value in re.findall(r'"oldest_age_seconds": (\d+)', text + json.dumps(report))}
    return re.sub("|".join(sorted(ages)) or "$^", "AGE", text)


def test_a_report_of_cached_facts(project: Project, fleet: Fleet) -> None:
    for nas in fleet.values():
        nas.reset()
    reports = [role("report", mailplus_state_directory=str(project.directory / name)) for name in ("cached", "cached2")]
    project.play([play(*reports, role("assert"))], environment=cache(project))
    assert requests_of(fleet) == {}
    assert set(texts(project, "cached")) == {*WRITTEN, *ROWS, "history"}
    for name in (*WRITTEN, *ROWS):
        assert without_times(project, "cached", name) == without_times(project, "cached2", name), name
    first, later = (project.read(f"{name}/report.json")["hosts"] for name in ("remove", "cached"))
    assert [host["host"] for host in later] == sorted([*READ, "gone"])
    for before, after in zip(first, later, strict=True):
        if before["host"] == "gone":
            assert (before["status"], after["status"]) == ("failed", "not_gathered")
        else:
            # Gathered later than what the first report shows, so that some is older.
            assert aged(before) == aged(after)


def aged(host: Data) -> Data:
    """A host of a report without what time alone changes."""
    told = {key: host[key] for key in ("sections", "figures")}
    told = json.loads(re.sub(r'oldest_age_seconds": \d+', 'oldest_age_seconds": 0', json.dumps(told)))
    verdicts = [
        {**verdict, "actual": None} if verdict["rule"] == "queue_age" else verdict for verdict in host["verdicts"]
    ]
    return {**host, "collected_at": None, **told, "verdicts": verdicts}


def test_an_unchanged_fleet_changes_nothing(fleet: Fleet, tmp_path: Path) -> None:
    project = Project(tmp_path)
    variables = {"mailplus_state_directory": str(tmp_path / "state"), "mailplus_state_only_on_change": True}
    project.write("hosts.yml", hosts(fleet, {**LENIENT, **variables}))
    assert changes(project.play("mailfleet.mailplus.state")) == [True, True]
    before = texts(project, "state")
    run = project.play("mailfleet.mailplus.state")
    assert changes(run) == [False, False]
    assert set(re.findall(r"changed=(\d+)", run.stdout)) == {"0"}
    after = texts(project, "state")
    assert {name: text for name, text in after.items() if name != "history"} == {
        name: text for name, text in before.items() if name != "history"
    }
    fleet["plain"].set_answer("SYNO.MailPlusServer.IMAP_POP3", "get", {"enable_imaps": False})
    (tmp_path / "state" / "report.md").unlink()
    run = project.play("mailfleet.mailplus.state")
    assert changes(run) == [True, True]
    after = texts(project, "state")
    assert {name for name in before if before[name] != after[name]} >= {"fleet.json", "hosts/plain.json", "report.json"}
    assert after["hosts/open.json"] == before["hosts/open.json"]


def changes(run: Run) -> list[bool]:
    """Whether the tasks that write files did."""
    names = ("Write the state of the fleet", "Judge the state of the fleet")
    found = [result.returned for result in run.results if result.task.rpartition(" : ")[2] in names]
    return [returned["changed"] for returned in found if "totals" in returned]


def test_formats_can_be_chosen(fleet: Fleet, tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("hosts.yml", hosts(fleet, {**LENIENT, "mailplus_state_subset": ["queue"]}))
    tasks = [role("gather", mailplus_state_directory=str(tmp_path / "state"))]
    chosen = {**FILES, "jsonl": ["rows/queue.jsonl"]}
    for name in chosen:
        place = str(tmp_path / name)
        tasks.append(role("report", mailplus_state_directory=place, mailplus_state_formats=[name]))
    project.play([play(*tasks)])
    for name, files in chosen.items():
        assert sorted(texts(project, name)) == sorted(["history", *files])


def test_formats_go_where_they_are_needed(fleet: Fleet, tmp_path: Path) -> None:
    """As for node_exporter, which reads all that ends in .prom in a directory, as another user."""
    project = Project(tmp_path)
    state, textfile = tmp_path / "state", tmp_path / "node_exporter" / "textfile"
    places: Data = {
        "prometheus": {"directory": str(textfile), "mode": "0644", "group": os.getgid()},
        "csv": {"name": "{name}-{date}.csv"},
    }
    variables = {"mailplus_state_directory": str(state), "mailplus_state_files": places}
    project.write("hosts.yml", hosts(fleet, {**LENIENT, **variables, "mailplus_state_subset": ["queue"]}))
    with allowed(0o077):
        written = [project.play("mailfleet.mailplus.state") for _again in range(2)]
    assert [path.name for path in textfile.iterdir()] == ["mailplus.prom"]
    assert modes(tmp_path / "node_exporter") == {".": 0o755, "textfile": 0o755, "textfile/mailplus.prom": 0o644}
    assert list(text_string_to_metric_families((textfile / "mailplus.prom").read_text(encoding="utf-8")))
    date = project.read("state/report.json")["generated_at"][:10]
    assert {path.name for path in state.glob("*.csv")} == {
        f"{name.removesuffix('.csv')}-{date}.csv" for name in FORMATS["csv"]
    }
    assert {mode for name, mode in modes(state).items() if not (state / name).is_dir()} == {0o600}
    files = written[1].ok("mailfleet.mailplus.mailplus_state : Judge the state of the fleet")["files"]
    assert str(textfile / "mailplus.prom") in files
    assert all(Path(path).is_file() for path in files)


@contextmanager
def allowed(mask: int, largest: int | None = None) -> Iterator[None]:
    """What is started meanwhile makes files that anybody may read, and none that is larger than so many bytes."""
    before, limits = os.umask(mask), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits[0] if largest is None else largest, limits[1]))
    try:
        yield
    finally:
        os.umask(before)
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_odd_places_and_names_cost_nobody_a_report(fleet: Fleet, tmp_path: Path) -> None:
    project = Project(tmp_path)
    state = tmp_path / "new" / "also new" / "state"
    odd = {"x" * 251: fleet["plain"], "\u65e5" * 29: fleet["open"]}
    variables = {**LENIENT, "mailplus_state_directory": str(state)}
    found = {name: {**UNTOUCHABLE, **role_vars(fleet, nas)} for name, nas in odd.items()}
    project.write("hosts.yml", {"nas": {"hosts": found, "vars": variables}})
    with allowed(0):
        project.play("mailfleet.mailplus.state")
    assert {host["status"] for host in project.read("new/also new/state/fleet.json")["hosts"].values()} == {"ok"}
    assert [mode for mode in modes(tmp_path / "new").values() if mode & 0o077] == []
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    # Pipes, into which nobody writes, and what a run that was killed left behind.
    (lost,) = (path for path in (state / "hosts").iterdir() if path.name.startswith("x"))
    for path in (state / "report.md", state / "fleet.json", lost):
        path.unlink()
        os.mkfifo(path)
    (state / ".mailplus-abcd1234.part").touch()
    os.utime(state / ".mailplus-abcd1234.part", (0, 0))
    project.play("mailfleet.mailplus.report", "-e", "mailplus_max_age=1")
    report = project.read("new/also new/state/report.json")
    assert {host["host"]: host["status"] for host in report["hosts"]} == {
        "x" * 251: "not_gathered",
        "\u65e5" * 29: "ok",
    }
    project.play("mailfleet.mailplus.state")
    assert sorted(path.name for path in state.iterdir()) == sorted(["history", "hosts", "fleet.json", *WRITTEN])
    assert all(path.is_file() and not path.is_symlink() for path in [*state.glob("*.*"), *(state / "hosts").iterdir()])


def test_a_disk_that_is_full_is_told_of_the_file(fleet: Fleet, tmp_path: Path) -> None:
    project = Project(tmp_path)
    state = tmp_path / "state"
    project.write("hosts.yml", hosts(fleet, {**LENIENT, "mailplus_state_directory": str(state)}))
    project.play([play(role("gather"))])
    before = texts(project, "state")
    arguments = ("-e", "mailplus_max_age=1")
    with allowed(0o022, largest=48 * 1024):
        run = project.play("mailfleet.mailplus.report", *arguments, failing=True)
    assert f"{state}/report.html cannot be read or written: File too large." in " ".join(run.output.split())
    assert texts(project, "state") == before


# What ended the report of a whole fleet, or filled the screen: keys that are formats, a number and a word without end.
KEYS = ("{x}", "{}", "a}b", "{:>400000000}", "{0.__class__}", "%(x)s", "%999999999d", "{{ 1 / 0 }}")


def test_what_one_server_says_costs_nobody_the_report(tmp_path: Path) -> None:
    described: Data = {"one": {"queue": {"total": 3}}, "two": {}}
    with run_fleet({"now": "2026-01-31T09:45:00Z", "nas": described}) as fleet:
        project = Project(tmp_path)
        state = {"mailplus_state_directory": str(tmp_path / "state")}
        project.write("hosts.yml", hosts(fleet, {**LENIENT, **state}))
        project.play("mailfleet.mailplus.gather")
        (tmp_path / "state" / "fleet.json").rename(tmp_path / "baseline.json")
        for nas in fleet.values():
            nas.set_answer("SYNO.MailPlusServer.IMAP_POP3", "get", dict.fromkeys(KEYS, "{y}"))
            rows = [{"id": number, "status": f"{number}" + "x" * 20_000} for number in range(20)]
            nas.set_answer("SYNO.MailPlusServer.Queue", "list", {"items": rows, "total": 10**400})
        arguments = ("-e", f"mailplus_state_baseline={tmp_path}/baseline.json")
        run = project.play("mailfleet.mailplus.state", *arguments, expected_warnings=[": queue: "])
    found = texts(project, "state")
    report = json.loads(found["report.json"])
    Draft202012Validator(schema("report")).validate(report)
    for host in report["hosts"]:
        assert {difference["path"] for difference in host["drift"]["differences"]} >= {
            f"imap_pop3.data.{key}" for key in KEYS
        }
        assert host["sections"]["queue"]["total"] is None
    suites = ElementTree.fromstring(found["junit.xml"])  # noqa: S314 - of the tests' own making
    (drift, _other) = (suite.find("testcase[@name='drift']/system-out").text for suite in suites)  # type: ignore[union-attr]
    for key in KEYS:
        assert f"imap_pop3.data.{key} (medium) added: absent in the baseline, {{y}} here" in str(drift)
    assert list(text_string_to_metric_families(found["mailplus.prom"]))
    assert max(len(line) for line in run.output.splitlines()) < 5_000


def source() -> Data:
    """An inventory source that reads the hosts of hosts.yml."""
    names = ("port", "https", "username", "password", "ca_path")
    connection = {name: f"{{{{ mailplus_state_{name} }}}}" for name in names}
    return {
        "plugin": "mailfleet.mailplus.mailplus",
        "from_group": "nas",
        "strict": True,
        "use_vars_plugins": True,
        "connection": connection,
    }


SOURCES = ("-i", "hosts.yml", "-i", "fleet.mailplus.yml")
ENABLED = {"ANSIBLE_INVENTORY_ENABLED": "mailfleet.mailplus.mailplus,ansible.builtin.yaml"}
UNREAD = "1 of 5 NAS could not be read: gone."


def of_inventory(fleet: Fleet, directory: Path) -> Project:
    """What the inventory source needs, and a fleet that nobody has asked."""
    project = Project(directory)
    project.write("hosts.yml", hosts(fleet, {"mailplus_state_directory": str(directory / "state")}))
    project.write("fleet.mailplus.yml", source())
    for nas in fleet.values():
        nas.reset()
    return project


def test_a_report_of_what_the_inventory_read(fleet: Fleet, tmp_path: Path) -> None:
    project = of_inventory(fleet, tmp_path)
    report = ("mailfleet.mailplus.report", *SOURCES)
    run = project.play(*report, failing=True, environment=ENABLED, expected_warnings=[UNREAD])
    assert set(requests_of(fleet).values()) == {4}, "a login, the reads, those of domains, and a logout"
    found = {host["host"]: host for host in project.read("state/report.json")["hosts"]}
    assert {name: host["status"] for name, host in found.items()} == {**dict.fromkeys(READ, "ok"), "gone": "failed"}
    assert found["gone"]["error"]["name"] == "connection_refused"
    assert found["gone"]["reason"] == found["gone"]["error"]["message"]
    assert any(verdict["verdict"] == "pass" for verdict in found["plain"]["verdicts"])
    assert set(texts(project, "state")) == {*WRITTEN, "history", "fleet.json"}
    state = project.read("state/fleet.json")["hosts"]
    Draft202012Validator(schema("state")).validate(project.read("state/fleet.json"))
    assert {name: host["status"] for name, host in state.items()} == {
        name: host["status"] for name, host in found.items()
    }
    assert shown(personal(fleet), texts(project, "state")) == set()
    failed = "Fail the hosts that were not read, or whose findings are too severe"
    assert {result.host for result in run.results if result.task.endswith(failed)} == {"gone"}


def test_in_plays_too_the_inventory_is_enough(fleet: Fleet, tmp_path: Path) -> None:
    """What a run gathers comes before, and no file of an earlier run wins over what was read now."""
    project = of_inventory(fleet, tmp_path)
    narrow = role("gather", mailplus_state_subset=["queue"], mailplus_state_directory=str(tmp_path / "first"))
    first = play(narrow, role("report", mailplus_state_directory=str(tmp_path / "first")), hosts="nas:!gone")
    then = [
        role("report", mailplus_state_directory=str(tmp_path / "first"), mailplus_state_max_age=1),
        {"name": "Fails", "block": [role("assert")], "rescue": [{"name": "Rescued", "ansible.builtin.debug": {}}]},
    ]
    plays = [play(role("report")), {**play(*then), "name": "Other"}, first]
    run = project.play(plays, *SOURCES, environment=ENABLED, expected_warnings=[UNREAD])
    assert {result.host for result in run.results if result.task == "Rescued"} == {"gone"}
    gathered = project.read("first/report.json")["hosts"]
    assert {tuple(host["sections"]) for host in gathered} == {("queue",)}
    of_now = project.read("state/report.json")["hosts"]
    assert all(len(host["sections"]) == len(select(DEFAULT)) for host in of_now if host["host"] != "gone")
    assert set(requests_of(fleet).values()) == {7}


def test_what_the_inventory_holds_is_data(fleet: Fleet, tmp_path: Path) -> None:
    """Text of a server in a variable is no template, also where it looks like one."""
    project = of_inventory(fleet, tmp_path)
    mark = tmp_path / "evaluated"
    fleet["plain"].set_answer(
        "SYNO.MailPlusServer.IMAP_POP3", "get", {"x": f"{{{{ lookup('pipe', 'touch {mark}') }}}}"}
    )
    report = ("mailfleet.mailplus.report", *SOURCES)
    project.play(*report, failing=True, environment=ENABLED, expected_warnings=[UNREAD])
    assert "lookup" in json.dumps(project.read("state/fleet.json"))
    assert not mark.exists()


def test_a_host_whose_name_ends_in_a_port_fails_and_no_other_one(fleet: Fleet, tmp_path: Path) -> None:
    """add_host would take it for another host."""
    project = of_inventory(fleet, tmp_path)
    named = {
        name: {
            "host": nas.host,
            "port": nas.port,
            "https": nas.https,
            "username": nas.username,
            "password": nas.password,
            "ca_path": str(fleet.ca_path),
        }
        for name, nas in (("nas1", fleet["plain"]), ("nas1:5001", fleet["gone"]))
    }
    project.write("fleet.mailplus.yml", {"plugin": "mailfleet.mailplus.mailplus", "hosts": named})
    lenient = {"mailplus_state_fail_unknown_severity": "never", "mailplus_state_directory": str(tmp_path / "odd")}
    run = project.play(
        "mailfleet.mailplus.report",
        *("-i", "fleet.mailplus.yml", "-e", "mailplus_hosts=all", "-e", json.dumps(lenient)),
        failing=True,
        environment={**ENABLED, "ANSIBLE_STRATEGY": "ansible.builtin.free"},
        expected_warnings=["1 of 2 NAS could not be read: nas1:5001."],
    )
    assert {result.host for result in run.results if result.status == "failed"} == {"nas1:5001"}


def test_links_lead_to_the_page_from_wherever_a_format_goes(fleet: Fleet, tmp_path: Path) -> None:
    """The path of a link in Markdown holds no blank and no bracket, which would end it."""
    project = Project(tmp_path)
    state, pages = tmp_path / "state (1)", tmp_path / "my pages (1)" / "#1"
    files: Data = {name: {"directory": str(tmp_path / name)} for name in ("markdown", "csv", "junit", "json")}
    files["html"] = {"directory": str(pages), "name": "page-{date}.html"}
    rule = {**NOSY["rules"][0], "section": "queue", "path": "total", "condition": {"equals": -1}}
    variables: Data = {"mailplus_state_directory": str(state), "mailplus_state_policies": [{"rules": [rule]}]}
    settings = {**LENIENT, **variables, "mailplus_state_files": files, "mailplus_state_subset": ["queue"]}
    project.write("hosts.yml", hosts(fleet, settings))
    run = project.play("mailfleet.mailplus.state", "--limit", "plain")
    (page,) = pages.glob("page-*.html")
    (in_markdown,) = re.findall(r"\]\(([^ ()]*)\)", (tmp_path / "markdown" / "report.md").read_text(encoding="utf-8"))
    junit = (tmp_path / "junit" / "junit.xml").read_text(encoding="utf-8")
    with (tmp_path / "csv" / "findings.csv").open(encoding="utf-8", newline="") as file:
        links = {"csv": next(csv.DictReader(file))["link"]}
    links["junit"] = re.findall("^Report: (.*?)(?:<|$)", junit, re.MULTILINE)[0]
    report = json.loads((tmp_path / "json" / "report.json").read_text(encoding="utf-8"))
    links["json"] = report["hosts"][0]["link"]
    links["markdown"] = unquote(in_markdown.rpartition("#")[0]) + "#rule-1"
    for name, link in links.items():
        path, mark, place = link.rpartition("#")
        assert not Path(path).is_absolute()
        assert (tmp_path / name / path).resolve() == page.resolve(), name
        assert f'id="{place}"' in page.read_text(encoding="utf-8"), mark
    told = [
        result.returned["hosts"] for result in run.results if "totals" in result.returned and "hosts" in result.returned
    ]
    assert told[-1]["plain"]["link"] == f"{page}#host-1"


def test_rows_of_yesterday_do_not_read_as_those_of_today(fleet: Fleet, tmp_path: Path) -> None:
    project = Project(tmp_path)
    variables: Data = {"mailplus_state_directory": str(tmp_path / "state"), "mailplus_state_formats": ["jsonl"]}
    project.write("hosts.yml", hosts(fleet, {**LENIENT, **variables, "mailplus_state_subset": ["queue"]}))
    play = ("mailfleet.mailplus.state", "--limit", "plain,gone")
    project.play(*play)
    before = lines_of_queue(tmp_path)
    assert [line["status"] for line in before if "status" in line] == ["ok", "failed"]
    run = project.play(*play, "-e", "mailplus_state_port=1")
    assert [(line["host"], line["status"], line["rows"]) for line in lines_of_queue(tmp_path)] == [
        ("plain", "failed", 0),
        ("gone", "failed", 0),
    ]
    assert changes(run)[-1]


def lines_of_queue(place: Path) -> list[Data]:
    """The lines of the rows of the queue, those of a host together."""
    text = (place / "state" / "rows" / "queue.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
