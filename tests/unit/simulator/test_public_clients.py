# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that others wrote, against the simulator: what they take for a NAS, it passes for."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, TEN_READS

GENERATIONS = {"five": 5, "six": 6, "seven": 7}


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with run_fleet({"nas": {name: {"dsm": dsm} for name, dsm in GENERATIONS.items()}}) as running:
        yield running


def read_keys(nas: Nas) -> list[str]:
    return sorted(request.api.removeprefix(PREFIX) for request in nas.requests if request.api.startswith(PREFIX))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
class TestSynologyApi:
    """synology_api (N4S4), on requests: the client whose ten reads this collection has."""

    @pytest.mark.parametrize(("name", "version"), [("six", 6), ("seven", 6), ("seven", 7)])
    def test_all_ten_reads(self, fleet: Fleet, name: str, version: int) -> None:
        pytest.importorskip("synology_api", reason="synology-api is not installed")
        from synology_api.base_api import BaseApi  # noqa: PLC0415
        from synology_api.mailplus_server import MailPlusServer  # noqa: PLC0415

        nas = fleet[name]
        BaseApi.shared_session = None  # the library keeps one for the whole process
        api = MailPlusServer(
            nas.host, str(nas.port), nas.username, nas.password, secure=True, dsm_version=version, debug=False
        )
        try:
            answers = {name: getattr(api, name)() for name in dir(api) if name.startswith("mailplus_")}
        finally:
            api.logout()
        assert len(answers) == len(TEN_READS)
        assert all(answer["success"] for answer in answers.values())
        assert len(answers["mailplus_queue"]["data"]["items"]) == 12
        assert read_keys(nas) == sorted(name for name, _method in TEN_READS)
        assert len(nas.sessions) == 1  # its logout sends no session id
        assert nas.login_attempts == 1

    def test_the_handshake_of_version_7_is_finished(self, fleet: Fleet) -> None:
        pytest.importorskip("synology_api", reason="synology-api is not installed")
        from synology_api.auth import Authentication  # noqa: PLC0415

        nas = fleet["seven"]
        login = Authentication(nas.host, str(nas.port), nas.username, nas.password, secure=True, debug=False)
        login.login()
        assert login._noise_connection.handshake_finished
        assert login._get_request_hash()

    def test_it_sends_many_in_one(self, fleet: Fleet) -> None:
        pytest.importorskip("synology_api", reason="synology-api is not installed")
        from synology_api.base_api import BaseApi  # noqa: PLC0415
        from synology_api.mailplus_server import MailPlusServer  # noqa: PLC0415

        nas = fleet["seven"]
        BaseApi.shared_session = None
        api = MailPlusServer(nas.host, str(nas.port), nas.username, nas.password, secure=True, debug=False)
        items = [{"api": PREFIX + name, "method": method, "version": 1} for name, method in TEN_READS]
        answer = api.batch_request(items)
        BaseApi.shared_session = None
        assert answer["data"]["has_fail"] is False
        assert len(answer["data"]["result"]) == len(TEN_READS)


class TestSynologyDsm:
    """py-synologydsm-api (Home Assistant's), on aiohttp."""

    @pytest.mark.parametrize("name", sorted(GENERATIONS))
    def test_all_ten_reads(self, fleet: Fleet, name: str) -> None:
        pytest.importorskip("synology_dsm", reason="py-synologydsm-api is not installed")
        nas = fleet[name]
        answers = asyncio.run(self._read(fleet, nas))
        assert all(answer["success"] for answer in answers)
        assert len(answers[-1]["data"]["items"]) == 5
        assert nas.sessions == []

    async def _read(self, fleet: Fleet, nas: Nas) -> list[Any]:
        import aiohttp  # noqa: PLC0415
        from synology_dsm import SynologyDSM  # noqa: PLC0415

        context = ssl.create_default_context(cafile=str(fleet.ca_path))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            dsm = SynologyDSM(session, nas.host, nas.port, nas.username, nas.password, use_https=True)
            assert await dsm.login()
            assert dsm.device_token or nas.description.dsm == 5
            assert int(dsm.information.awesome_version.string[0]) == nas.description.dsm
            answers = [await dsm.get(PREFIX + api, method, {"limit": 5}) for api, method in TEN_READS]
            assert await dsm.logout()
        return answers

    def test_a_second_factor(self) -> None:
        pytest.importorskip("synology_dsm", reason="py-synologydsm-api is not installed")
        account = {"otp_codes": ["123456"], "devices": {"known": socket.gethostname()}}
        with run_fleet({"nas": {"one": {"accounts": [account], "https": False}}}) as fleet:
            asyncio.run(self._second_factor(fleet["one"]))

    async def _second_factor(self, nas: Nas) -> None:
        import aiohttp  # noqa: PLC0415
        from synology_dsm import SynologyDSM  # noqa: PLC0415
        from synology_dsm.exceptions import (  # noqa: PLC0415
            SynologyDSMLogin2SAFailedException,
            SynologyDSMLogin2SARequiredException,
        )

        async with aiohttp.ClientSession() as session:
            dsm = SynologyDSM(session, nas.host, nas.port, nas.username, nas.password)
            with pytest.raises(SynologyDSMLogin2SARequiredException):
                await dsm.login()
            with pytest.raises(SynologyDSMLogin2SAFailedException):
                await dsm.login("654321")
            assert await dsm.login("123456")
            again = SynologyDSM(session, nas.host, nas.port, nas.username, nas.password, device_token=dsm.device_token)
            assert await again.login()
