# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a host as the variables of the role say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import OptionError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import FactsQuestion
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._role_variables import cause, text, variable_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._worker import QuestionAction


class RoleQuestionAction(QuestionAction):
    """Asks what mailplus_facts asks. Its options are variables of the role too, but for those in ``of_task``."""

    question = FactsQuestion()
    module = "mailplus_facts"
    of_task: ClassVar[tuple[str, ...]] = ()

    def _arguments(self, variables: dict[str, Any], environment: dict[str, Any]) -> dict[str, Any]:
        self._task.args = self._given(variables, self.question.argument_spec)
        return super()._arguments(variables, environment)

    def _given(self, variables: Mapping[str, Any], options: Iterable[str]) -> dict[str, Any]:
        """The values of options: the role's variables that are set, each rendered once, or else those of the task."""
        given = {name: self._task.args[name] for name in options if name in self._task.args}
        of_variables = ((name, variable_of(name)) for name in options if name not in self.of_task)
        return given | {
            name: value
            for name, variable in of_variables
            if variable in variables
            for value in self._rendered(variable, variables)
        }

    def _rendered(self, variable: str, variables: Mapping[str, Any]) -> Iterator[Any]:
        """The value of a variable. None comes of one that is to be omitted."""
        try:
            rendered = self._templar.template({variable: variables[variable]})
        except AnsibleError as error:
            raise OptionError(f"{variable}: {cause(error)}") from None
        # Since ansible-core 2.19, what is omitted is left out of a mapping; before, a text stands for it.
        yield from (text(value) for value in rendered.values() if value is None or value != variables.get("omit"))
