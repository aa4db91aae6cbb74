# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers mailplus_api_info inside the controller's worker. Written by make generate."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.modules.mailplus_api_info import QUESTION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._worker import QuestionAction


class ActionModule(QuestionAction):
    """Asks what the module asks."""

    question = QUESTION
