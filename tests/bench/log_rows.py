# SPDX-License-Identifier: GPL-3.0-or-later
"""A long log, read to a file as mailplus_log_info does it, or by a bare client that asks for the same pages and drops
them unread. Prints what it took as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.mailfleet.mailplus.plugins.modules.mailplus_log_info import QUESTION
from ansible_collections.mailfleet.mailplus.tests.bench.reads import (
    TRANSACTION_LOG,
    compound_form,
    login_form,
    logout_form,
)

_PAGE, _PAGES_AT_ONCE = 500, 8


def ours(task: dict[str, Any]) -> int:
    """How many rows are in the file."""
    options = {key: task[key] for key in ("host", "port", "https", "username", "password", "ca_path", "dest")}
    options |= {"sections": ["transaction_log"], "limit": -1}
    validated = ArgumentSpecValidator(QUESTION.argument_spec).validate(options)
    result = QUESTION.answer(validated.validated_parameters)
    if result.get("failed"):
        sys.exit(result["msg"])
    return int(result["transaction_log"]["file"]["rows"])


def bare(task: dict[str, Any]) -> int:
    """How many rows were asked for."""
    url = f"{'https' if task['https'] else 'http'}://{task['host']}:{task['port']}/webapi/entry.cgi"
    with requests.Session() as http:
        http.verify = task["ca_path"]
        opened = http.post(url, login_form(task["username"], task["password"])).json()["data"]
        http.headers["X-SYNO-TOKEN"] = opened["synotoken"]
        sid = {"_sid": opened["sid"]}
        for start in range(0, task["rows"], _PAGE * _PAGES_AT_ONCE):
            pages = range(start, min(start + _PAGE * _PAGES_AT_ONCE, task["rows"]), _PAGE)
            call = {"api": TRANSACTION_LOG, "method": "list", "version": 1, "limit": _PAGE}
            compound = json.dumps([{**call, "offset": offset} for offset in pages])
            body = http.post(url, compound_form(compound) | sid).content
            if not body.endswith(b'"success":true}'):
                sys.exit("a page was refused")
        http.post(url, logout_form() | sid)
    return int(task["rows"])


def main() -> None:
    """Do what the first argument names, with the task in the file of the second."""
    task = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    start_kib, begin = _memory("VmRSS"), time.perf_counter()
    rows = {"ours": ours, "bare": bare}[sys.argv[1]](task)
    seconds = time.perf_counter() - begin
    print(json.dumps({"rows": rows, "seconds": seconds, "grown": (_memory("VmHWM") - start_kib) / 1024}))


def _memory(name: str) -> int:
    """What the kernel says of this process, in KiB: VmRSS is held now, VmHWM was the most."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        key, _colon, value = line.partition(":")
        if key == name:
            return int(value.split()[0])
    return 0


if __name__ == "__main__":
    main()
