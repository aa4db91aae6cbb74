# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own client, plesk/api-php-lib, reads the simulator: what it takes for a Plesk server, it passes for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.plesk import Plesk
from ansible_collections.mailfleet.mailplus.tests.unit.support.plesk import Asking

LIBRARY = os.environ.get("PLESK_API_PHP_LIB", "")
NEEDED = ("curl", "dom", "SimpleXML")

# Classes as Composer would load them; then what the test asks for, and its answer as JSON.
SCRIPT = r"""<?php
spl_autoload_register(function ($class) {
    $parts = explode('\\', $class);
    require getenv('PLESK_API_PHP_LIB') . '/src/' . implode('/', array_slice($parts, 1)) . '.php';
});
$client = new \PleskX\Api\Client(getenv('PLESK_HOST'), (int) getenv('PLESK_PORT'));
if (getenv('PLESK_KEY')) {
    $client->setSecretKey(getenv('PLESK_KEY'));
} else {
    $client->setCredentials(getenv('PLESK_USERNAME'), getenv('PLESK_PASSWORD'));
}
try {
    $answer = ['answer' => %s];
} catch (\PleskX\Api\Exception $error) {
    $answer = ['code' => $error->getCode(), 'text' => $error->getMessage()];
}
echo json_encode($answer, JSON_THROW_ON_ERROR);
"""


@pytest.fixture(scope="module", autouse=True)
def php() -> None:
    if shutil.which("php") is None:
        pytest.skip("PHP is not installed (Debian: php-cli php-curl php-xml)")
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout.split()
    missing = [name for name in NEEDED if name not in modules]
    if missing:
        pytest.skip(f"PHP has no {', '.join(missing)} (Debian: php-curl php-xml)")
    if not (Path(LIBRARY) / "src" / "Api" / "Client.php").is_file():
        pytest.skip("PLESK_API_PHP_LIB names no checkout of plesk/api-php-lib")


def told(plesk: Plesk, expression: str, **login: str) -> Any:
    surroundings = {
        "PATH": os.environ["PATH"],
        "PLESK_API_PHP_LIB": str(Path(LIBRARY).absolute()),
        "PLESK_HOST": plesk.host,
        "PLESK_PORT": str(plesk.port),
        **(login or {"PLESK_KEY": plesk.secret_key}),
    }
    run = subprocess.run(
        ["php"], input=SCRIPT % expression, capture_output=True, text=True, check=False, env=surroundings, timeout=60
    )
    assert (run.returncode, run.stderr) == (0, "")
    return json.loads(run.stdout)


def test_the_server_with_a_login(server: Asking) -> None:
    plesk = server.plesk
    expression = "$client->server()->getGeneralInfo()"
    general = {"serverName": "plesk.example.com", "serverGuid": plesk.description.guid, "mode": "standard"}
    right = {"PLESK_USERNAME": plesk.username, "PLESK_PASSWORD": plesk.password}
    assert told(plesk, expression, **right) == {"answer": general}
    assert told(plesk, expression, **{**right, "PLESK_PASSWORD": "wrong"})["code"] == 1001
    assert told(plesk, expression, PLESK_KEY="wrong")["code"] == 11003


def test_subscriptions_and_sites(server: Asking) -> None:
    webspaces = told(server.plesk, "$client->webspace()->getAll()")["answer"]
    assert [(one["id"], one["name"], one["enabled"]) for one in webspaces] == [
        (1, "example.com", True),
        (3, "bücher.example", False),
    ]
    (site,) = told(server.plesk, "$client->site()->getAll()")["answer"]
    assert (site["id"], site["name"], site["webspaceId"]) == (2, "sub.example.com", 1)
    assert site["webspaceGuid"] == webspaces[0]["guid"]
    assert told(server.plesk, f"$client->site()->get('guid', '{site['guid']}')")["answer"] == site
    assert told(server.plesk, "$client->site()->get('name', 'example.com')")["code"] == 1013


def test_accounts(server: Asking) -> None:
    assert told(server.plesk, "$client->mail()->getAll(1)")["answer"] == [
        {"id": 100001, "name": "anna", "description": "The first"},
        {"id": 100002, "name": "ben", "description": ""},
    ]
    assert told(server.plesk, "$client->mail()->get('ben', 1)")["answer"]["id"] == 100002
    assert told(server.plesk, "$client->mail()->getAll(2)")["answer"] == []
    assert told(server.plesk, "$client->mail()->get('nobody', 1)")["code"] == 1013
    assert told(server.plesk, "$client->mail()->getAll(99)")["code"] == 1015


def test_several_requests_at_once(server: Asking) -> None:
    parts = "['filter' => ['site-id' => 1, 'name' => 'anna'], 'mailbox' => '', 'mailbox-usage' => '', 'aliases' => '']"
    prefs = "['mail' => ['get_prefs' => ['filter' => ['site-id' => [1, 2]]]]]"
    asked = f"$client->multiRequest([['mail' => ['get_info' => {parts}]], {prefs}])"
    info, told_prefs = told(server.plesk, asked)["answer"]
    assert info["mailname"]["mailbox"] == {"enabled": "true", "quota": "1000000", "usage": "4096"}
    assert info["mailname"]["alias"] == ["a", "berger"]
    assert told_prefs["prefs"]["webmail"] == "roundcube"
    assert len(server.plesk.requests) == 1


def test_a_write_is_refused(server: Asking) -> None:
    assert told(server.plesk, "$client->mail()->create('new', 1, true, 'x')")["code"] == 1006
    (write,) = server.plesk.writes
    assert (write.operator, write.operation) == ("mail", "create")
