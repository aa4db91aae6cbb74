# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, QUEUE, Dsm, serving

INFO = {"api": "SYNO.API.Info", "method": "query", "version": "1"}


def test_an_error_of_the_api_is_http_200_with_json(dsm: Dsm) -> None:
    answer = dsm.request(data={"api": QUEUE, "method": "list", "version": 1})
    assert answer.status_code == 200
    assert answer.json() == {"success": False, "error": {"code": 119}}
    assert answer.headers["x-request-error"] == "unauth"
    assert answer.headers["Content-Type"] == 'application/json; charset="UTF-8"'
    assert answer.headers["Keep-Alive"] == "timeout=20"
    assert answer.headers["Transfer-Encoding"] == "chunked"


def test_an_empty_body_is_refused_even_with_everything_in_the_url(dsm: Dsm) -> None:
    assert dsm.request(params=INFO).json() == {"success": False, "error": {"code": 101}}
    assert dsm.request(params=INFO, data={"query": "all"}).json()["success"] is True
    assert dsm.request("GET", params=INFO).json()["success"] is True


@pytest.mark.parametrize("missing", ["api", "method", "version"])
def test_what_every_request_needs(dsm: Dsm, missing: str) -> None:
    answer = dsm.request(data={key: value for key, value in INFO.items() if key != missing} | {"query": "all"})
    assert answer.json()["error"]["code"] == 101


def test_the_body_wins_over_the_url(dsm: Dsm) -> None:
    answer = dsm.request(params=INFO, data={"api": "SYNO.Nobody.Has"})
    assert answer.json()["error"]["code"] == 102


@pytest.mark.parametrize(("length", "status"), [(7000, 200), (8101, 414), (60000, 414)])
def test_a_url_may_not_be_long(dsm: Dsm, length: int, status: int) -> None:
    path = "/webapi/query.cgi?api=SYNO.API.Info&method=query&version=1&query="
    answer = dsm.request("GET", path + "x" * (length - len(path)))
    assert answer.status_code == status
    assert ("text/html" in answer.headers["Content-Type"]) == (status == 414)


@pytest.mark.parametrize("path", ["/webapi/nothing.cgi", "/webapi/", "/entry.cgi", "/webapi/entry.cgi/SYNO.Other"])
def test_an_unknown_path_is_an_html_page(dsm: Dsm, path: str) -> None:
    answer = dsm.request(path=path, data=INFO)
    assert answer.status_code == 404
    assert answer.text.startswith("<html>")


def test_the_path_may_end_with_the_api(dsm: Dsm) -> None:
    assert dsm.request(path="/webapi/entry.cgi/SYNO.API.Info", data=INFO).json()["success"] is True


def test_only_get_and_post(dsm: Dsm) -> None:
    assert dsm.request("PUT", data=INFO).status_code == 405
    assert [request.method for request in dsm.nas.requests] == ["PUT"]


def test_gzip_only_when_accepted(dsm: Dsm) -> None:
    form = {**INFO, "query": "all"}
    assert dsm.request(data=form).headers["Content-Encoding"] == "gzip"
    plain = dsm.request(data=form, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.json() == dsm.request(data=form).json()


def test_a_connection_is_kept_and_numbered(dsm: Dsm) -> None:
    for _i in range(3):
        dsm.request(data=INFO)
    dsm.http.close()
    dsm.request(data=INFO)
    numbers = [request.connection for request in dsm.nas.requests]
    assert numbers[0] == numbers[1] == numbers[2] != numbers[3]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SYNO.API.Auth", {"SYNO.API.Auth"}),
        ("SYNO.API.Auth,SYNO.Nobody.Has,SYNO.Entry.Request", {"SYNO.API.Auth", "SYNO.Entry.Request"}),
        ("SYNO.API.", {"SYNO.API.Info", "SYNO.API.Auth", "SYNO.API.Auth.UIConfig"}),
        ("SYNO.API", set()),
    ],
)
def test_discovery_by_name_and_prefix(dsm: Dsm, query: str, names: set[str]) -> None:
    assert set(dsm.data("SYNO.API.Info", "query", query=query)) == names


def test_discovery_of_everything(dsm: Dsm) -> None:
    everything = dsm.data("SYNO.API.Info", "query", query="all")
    assert everything == dsm.data("SYNO.API.Info", "query")
    assert everything["SYNO.MailPlusServer.Security"] == {
        "path": "entry.cgi",
        "minVersion": 1,
        "maxVersion": 4,
        "requestFormat": "JSON",
    }
    assert "requestFormat" not in everything["SYNO.API.Auth"]
    assert len([name for name in everything if name.startswith(PREFIX)]) == 66


@pytest.mark.parametrize(
    ("dsm_version", "info", "auth", "newest_auth"),
    [(5, "query.cgi", "auth.cgi", 4), (6, "query.cgi", "auth.cgi", 6), (7, "entry.cgi", "entry.cgi", 7)],
)
def test_paths_of_the_generations(dsm_version: int, info: str, auth: str, newest_auth: int) -> None:
    with serving({"dsm": dsm_version}) as dsm:
        apis = dsm.data("SYNO.API.Info", "query", cgi="query.cgi")
        assert apis["SYNO.API.Info"]["path"] == info
        assert (apis["SYNO.API.Auth"]["path"], apis["SYNO.API.Auth"]["maxVersion"]) == (auth, newest_auth)
        assert dsm.code("SYNO.API.Auth", "logout", cgi="auth.cgi") is None
        at_entry = dsm.code("SYNO.API.Auth", "logout", cgi="entry.cgi")
        assert at_entry == (None if dsm_version == 7 else 102)
        path = apis[QUEUE]["path"]
        assert (path == "entry.cgi") == (dsm_version > 5)
        dsm.login(version=4)
        assert dsm.code(QUEUE, "list", cgi=path) is None


@pytest.mark.parametrize(
    ("api", "method", "version", "code"),
    [
        ("SYNO.Nobody.Has", "get", 1, 102),
        (QUEUE, "list", 1, None),
        (QUEUE, "list", 2, 104),
        (QUEUE, "nothing", 1, 103),
        (PREFIX + "Domain", "list", 1, None),
        (PREFIX + "Domain", "list", 2, 103),
        (PREFIX + "Security", "get_contentscan", 2, None),
        (PREFIX + "Security", "get_contentscan", 3, 103),
        (PREFIX + "SMTP.General", "get_postmaster", 1, None),
        (PREFIX + "SMTP.General", "get_postmaster", 2, 103),
        (PREFIX + "SMTP.General", "get", 3, None),
        (PREFIX + "SMTP.General", "get", 4, 104),
        (PREFIX + "SMTP.General", "get", 0, 104),
        (PREFIX + "CreateWizard", "get_node_info", 3, 103),
    ],
)
def test_versions_and_methods(logged_in: Dsm, api: str, method: str, version: int, code: int | None) -> None:
    assert logged_in.code(api, method, version) == code


def test_methods_of_versions_that_nobody_listed() -> None:
    with serving({"unlisted_methods": "none"}) as dsm:
        dsm.login()
        assert dsm.code(PREFIX + "RemoteMigrate", "get_general", 5, id=1) == 103
        assert dsm.code(PREFIX + "RemoteMigrate", "get_general", 4, id=1) is None


def test_the_older_nas_has_what_is_listed() -> None:
    with serving({"versions": "listed"}) as dsm:
        apis = dsm.data("SYNO.API.Info", "query", query=PREFIX)
        assert apis[PREFIX + "SMTP.General"]["maxVersion"] == 2
        assert PREFIX + "Audit.DovecotLog" not in apis
        assert len(apis) == 65
        dsm.login()
        assert dsm.code(PREFIX + "SMTP.General", "get", 3) == 104


def test_single_apis_can_differ() -> None:
    changes: dict[str, Any] = {
        QUEUE: "absent",
        PREFIX + "Security": {"maxVersion": 2},
        PREFIX + "Alias": {"minVersion": 2},
    }
    with serving({"apis": changes}) as dsm:
        dsm.login()
        assert dsm.code(QUEUE, "list") == 102
        assert dsm.code(PREFIX + "Security", "get", 3) == 104
        assert dsm.code(PREFIX + "Security", "get", 2) is None
        assert dsm.code(PREFIX + "Alias", "list", 1) == 104


def test_without_the_package() -> None:
    with serving({"package": False}) as dsm:
        dsm.login()
        assert dsm.data("SYNO.API.Info", "query", query=PREFIX) == {}
        assert dsm.code(QUEUE, "list") == 102


def test_refused_sections() -> None:
    with serving({"permissions": {QUEUE: 105}}) as dsm:
        dsm.login()
        answer = dsm.request(data={"api": QUEUE, "method": "list", "version": 1, "_sid": dsm.sid})
        assert answer.json()["error"]["code"] == 105
        assert answer.headers["x-request-error"] == "noprivilege"
        assert dsm.code(PREFIX + "MailPlus", "get") is None


@pytest.mark.parametrize(
    ("limit", "rows"),
    [("3", 3), ("-1", 12), ('"3"', 12), ("three", 12), ("True", 12), ("true", 12), ("[3]", 12), ("3.5", 12)],
)
def test_a_parameter_that_cannot_be_read_is_ignored(logged_in: Dsm, limit: str, rows: int) -> None:
    assert len(logged_in.data(QUEUE, "list", limit=limit)["items"]) == rows


def test_bare_strings_are_read_where_json_is_asked_for(logged_in: Dsm) -> None:
    one = json.dumps([{"api": QUEUE, "method": "list", "version": 1}])
    for mode in ("sequential", '"parallel"'):
        assert logged_in.code("SYNO.Entry.Request", "request", compound=one, mode=mode) is None
    assert logged_in.code("SYNO.Entry.Request", "request", compound=QUEUE) == 120
    assert logged_in.code("SYNO.Entry.Request", "request") == 114


def test_writes_are_recorded(logged_in: Dsm) -> None:
    assert logged_in.nas.writes == []
    assert logged_in.code(QUEUE, "delete_all") is None
    logged_in.compound([{"api": QUEUE, "method": "flush", "version": 1, "ids": [7]}])
    logged_in.code(QUEUE, "list")
    assert [(write.api, write.method, write.params) for write in logged_in.nas.writes] == [
        (QUEUE, "delete_all", {}),
        (QUEUE, "flush", {"ids": [7]}),
    ]


def test_requests_are_recorded_as_they_arrived(logged_in: Dsm) -> None:
    logged_in.nas.reset()
    logged_in.request(params={"SynoToken": "abc"}, data={"api": QUEUE, "method": "list", "passwd": "a&b ü"})
    (request,) = logged_in.nas.requests
    assert (request.method, request.path, request.query) == ("POST", "/webapi/entry.cgi", {"SynoToken": "abc"})
    assert request.form["passwd"] == "a&b ü"
    assert (request.api, request.api_method, request.items) == (QUEUE, "list", [])
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_every_character_of_a_password() -> None:
    password = "a&b=c d+e%f \"q\" 'r' ü ß 漢 🔑 {{ x }}"
    with serving({"accounts": [{"password": password}]}) as dsm:
        dsm.login()
        assert dsm.login_code(passwd=password + " ") == 400
