# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module needs beside its prose and examples: options, RETURN and code, an action, its place in the group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import ROWS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import API_PREFIX, Area, Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import (
    ALL,
    CATALOGUE,
    DEFAULT,
    groups,
)
from ansible_collections.mailfleet.mailplus.tests.generate.returns import api_return, facts_return, info_return
from ansible_collections.mailfleet.mailplus.tests.generate.writing import (
    BY,
    END,
    GenerateError,
    Rewrite,
    between,
    whole,
    yaml_lines,
)

FACTS = "mailplus_facts"
API = "mailplus_api_info"
_COLLECTION = "mailfleet.mailplus"
_OPTIONS, _RESULT = "options", "results and code, to the end of the file"
_MODULE_UTILS = "ansible_collections.mailfleet.mailplus.plugins.module_utils"
_DOCUMENTATION = 'DOCUMENTATION = r"""\n'
_QUOTES = '\n"""\n'

_MAIN = '''

def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
'''
_ACTION = '''\
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers {name} inside the controller's worker. Written by make generate."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.modules.{name} import QUESTION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._worker import QuestionAction


class ActionModule(QuestionAction):
    """Asks what the module asks."""

    question = QUESTION
'''


# They ask a NAS too, and their files are written by hand.
_BY_HAND = ("mailplus_find_setting", "mailplus_record", "mailplus_state_gather")


def names() -> list[str]:
    """All modules that ask a NAS."""
    return sorted([API, FACTS, *(area.module for area in AREAS)])


def files() -> Iterator[tuple[str, Rewrite]]:
    """The modules, their actions, and the action group."""
    yield _module(API, _api_options(), api_return(), _own_code("api_question", "ApiQuestion"))
    yield _module(FACTS, _facts_options(), facts_return(), _own_code("question", "FactsQuestion"))
    for area in AREAS:
        yield _module(area.module, _info_options(area), info_return(area), _info_code(area))
    for name in names():
        yield f"plugins/action/{name}.py", whole(_ACTION.replace("{name}", name))
    asking = sorted([*names(), *_BY_HAND])
    yield "meta/runtime.yml", between("the modules that ask a NAS", [f"- {name}" for name in asking])


def _module(name: str, options: dict[str, Any], result: dict[str, Any], code: str) -> tuple[str, Rewrite]:
    tail = "\n".join([f"# {BY}: {_RESULT}", 'RETURN = r"""', *yaml_lines(result), '"""\n', code])

    def rewrite(text: str) -> str:
        if f"# {BY}: {_OPTIONS}" not in text:
            text = _with_room_for_options(text)
        hand = text.partition(f"# {BY}: {_RESULT}")[0].rstrip()
        return between(_OPTIONS, list(yaml_lines(options)))(hand) + f"\n\n{tail}"

    return f"plugins/modules/{name}.py", rewrite


def _with_room_for_options(text: str) -> str:
    """A module of prose and examples alone, with markers at the end of its documentation."""
    begin = text.find(_DOCUMENTATION)
    end = text.find(_QUOTES, begin)
    if begin < 0 or end < 0 or 'EXAMPLES = r"""\n' not in text:
        raise GenerateError('it has to hold DOCUMENTATION = r""" and EXAMPLES = r""", see the guide on sections')
    return f"{text[:end]}\n# {BY}: {_OPTIONS}\n# {END}{text[end:]}"


def _info_options(area: Area) -> dict[str, Any]:
    """What a module's documentation ends with. Options are the last of it, so that others can follow by hand."""
    has_logs = any(section.is_log for section in area.sections)
    rows = ("rows", "row_filter") if has_logs else ()
    attributes = ("attributes", "attributes.writes" if has_logs else "attributes.reads")
    options = _choice(area) if len(area.sections) > 1 else {}
    if any(section.each for section in area.sections):
        options |= _domains()
    return {
        "extends_documentation_fragment": _fragments("connection", "connection.answer", *rows, *attributes),
        "seealso": [{"module": f"{_COLLECTION}.{FACTS}"}],
        **({"options": options} if options else {}),
    }


def _choice(area: Area) -> dict[str, Any]:
    """The option that names sections."""
    checks = [section.name for section in area.sections if section.kind is Kind.CHECK]
    but = f" but {_values(checks)}, which may do work on the NAS" if checks else ""
    description = [
        f"What to read. By default, that is all{but}.",
        "With it, the task fails unless each of these could be read; without it, unless one of them could.",
    ]
    names = [section.name for section in area.sections]
    return {"sections": {"description": description, "type": "list", "elements": "str", "choices": names}}


def _domains() -> dict[str, Any]:
    """The option that names domains."""
    description = [
        "For which domains to read what each of them has, by their names. By default, that is all.",
        "The task fails where the NAS has not one of them; which ones it has is told.",
    ]
    return {"domains": {"description": description, "type": "list", "elements": "str", "default": []}}


def _facts_options() -> dict[str, Any]:
    checks = [section.name for section in CATALOGUE if section.kind is Kind.CHECK]
    of_dsm = [section.name for area in AREAS if area.by_name_only for section in area.sections]
    of_mailplus = [section.name for section in CATALOGUE if section.name not in (*checks, *of_dsm)]
    subset = {
        "description": [
            "What to read, by names of groups and sections. What each is, RV(ansible_facts.mailplus.sections) tells.",
            f"Groups are {_values([ALL, *groups()])}. A group comes before a section of the same name.",
            f"Sections are {_values(of_mailplus)}.",
            f"{_values(of_dsm)} are of the DSM below, and most need a DSM administrator. They are read only where "
            "they, or the group V(system), are named.",
            f"{_values(checks)} may do work on the NAS, so each is read only where it is named.",
            "V(!name) leaves a section or group out. With nothing but such names, all others are read.",
        ],
        "type": "list",
        "elements": "str",
        "default": list(DEFAULT),
    }
    return {
        "extends_documentation_fragment": _fragments(
            "connection", "connection.answer", "rows", "attributes", "attributes.reads"
        ),
        "seealso": [{"module": f"{_COLLECTION}.{name}"} for name in names() if name != FACTS],
        "options": {"gather_subset": subset},
    }


def _api_options() -> dict[str, Any]:
    """What can be asked, by API: first what no section reads, then the rest."""
    of_sections = {(read.api, read.method) for section in CATALOGUE for read in section.reads}
    checks = {pair for pair, row in ROWS.items() if row.kind is Kind.CHECK}
    alone = [pair for pair in ROWS if pair not in of_sections and pair not in checks]
    api = {
        "description": [
            "The API, by its name below C(SYNO.MailPlusServer), or by its whole name. Names count letter by letter.",
            "What can be asked is a list of pairs of API and method. All else is refused before anything is sent.",
            f"No section reads {_pairs(alone)}.",
            f"Asked only with O(allow_checks), since they may do work on the NAS, are {_pairs(checks)}.",
            f"Of sections are {_pairs(of_sections - checks)}.",
        ],
        "type": "str",
        "required": True,
    }
    return {
        "extends_documentation_fragment": _fragments(
            "connection", "connection.answer", "attributes", "attributes.reads"
        ),
        "seealso": [{"module": f"{_COLLECTION}.{FACTS}"}],
        "options": {"api": api},
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """APIs, those of DSM last, each with its methods."""
    methods: dict[str, list[str]] = {}
    for api, method in sorted(pairs, key=lambda pair: (not pair[0].startswith(API_PREFIX), pair)):
        methods.setdefault(api.removeprefix(API_PREFIX), []).append(method)
    return "; ".join(f"V({api}) with {_values(found)}" for api, found in methods.items())


def _fragments(*found: str) -> list[str]:
    return [f"{_COLLECTION}.{name}" for name in found]


def _values(found: list[str]) -> str:
    *most, last = (f"V({name})" for name in found)
    return f"{', '.join(most)} and {last}" if most else last


def _own_code(file: str, question: str) -> str:
    """The code of a module whose question is a class of its own."""
    place = f"from {_MODULE_UTILS}._ansible."
    imports = {file: [question]}
    imports.setdefault("question", []).append("run_module")
    lines = [f"{place}{name} import {', '.join(found)}" for name, found in imports.items()]
    return "\n".join([*lines, "", f"QUESTION = {question}()", _MAIN])


def _info_code(area: Area) -> str:
    return (
        f"from {_MODULE_UTILS}._ansible.question import InfoQuestion, run_module\n"
        f"from {_MODULE_UTILS}._mailplus.catalogue.{area.name} import AREA\n\nQUESTION = InfoQuestion(AREA)\n"
        f"{_MAIN}"
    )
