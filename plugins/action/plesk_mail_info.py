# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers plesk_mail_info inside the controller's worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import plesk_options
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address
from ansible_collections.mailfleet.mailplus.plugins.modules.plesk_mail_info import QUESTION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._login_gate import Credentials
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._worker import QuestionAction


class ActionModule(QuestionAction):
    """Asks what the module asks."""

    question = QUESTION
    prefix = plesk_options.PREFIX

    def _login(self, params: Mapping[str, Any]) -> tuple[Address, Credentials]:
        return plesk_options.login(params)
