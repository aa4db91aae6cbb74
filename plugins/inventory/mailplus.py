# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole fleet as an inventory source: many NAS read at once, in one process."""

from __future__ import annotations

DOCUMENTATION = r"""
name: mailplus
short_description: State of a fleet of MailPlus Servers as inventory
version_added: 0.1.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Reads many NAS at once over the DSM WebAPI, and gives each host the state of its MailPlus Server as variables.
  - A NAS that cannot be read stays in the inventory, with the reason in a variable and in a group, and is named in a
    warning.
  - Where DSM refuses the same credentials on three NAS more than accept them, the NAS that are left are not asked. They
    have failed with the error C(not_asked), and a warning names them.
  - With O(cache), failures are kept like answers, so that a refused login is not repeated before the cache ends. All is
    read anew when something else is asked for (hosts, connections, O(gather_subset), O(limit), O(time_zone), O(rows),
    O(row_keys), O(reveal_secrets), the version of the collection). Nothing of a secret is in the cache, so a corrected
    password is tried when the cache ends, or with C(ansible-playbook --flush-cache).
  - The file's name ends in C(mailplus.yml) or C(mailplus.yaml).
  - "Every host gets these variables: C(mailplus) (what M(mailfleet.mailplus.mailplus_facts) returns, null where there
    is none), C(mailplus_status) (C(ok), C(partial), C(unsupported) or C(failed)), C(mailplus_reason) and
    C(mailplus_error) (null when the status is C(ok)), and C(mailplus_asked_at) (when, in UTC)."
  - "Hosts that are not all right are also in groups: C(mailplus_unreachable) (no connection), C(mailplus_refused) (no
    login), C(mailplus_unsupported), C(mailplus_forbidden) and C(mailplus_failed) (a section at least, or the host was
    not asked, or not long enough)."
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [mailfleet.mailplus.mailplus]
  hosts:
    description:
      - The NAS, as a list of names, or a mapping from names to what is different there from O(connection). A name is
        the address too, unless C(host) says otherwise.
    type: raw
    default: []
  from_group:
    description:
      - Group of hosts of earlier inventory sources to read as well. A host's address is its C(ansible_host), or else
        its name, unless O(connection) has a C(host).
    type: str
  connection:
    description:
      - "How to connect, with the connection options of the modules: C(port), C(https), C(username), C(password),
        C(validate_certs), C(ca_path), C(timeout), C(max_answer_size), C(otp_code), C(device_id), C(device_name),
        C(session_name)."
      - Values may be templates over the variables of the host, and vaulted. What is left out comes from the
        environment, as with the modules (E(MAILPLUS_USERNAME) and so on).
    type: dict
    default: {}
  use_vars_plugins:
    description:
      - Whether templates in O(connection) see C(group_vars) and C(host_vars) beside the inventory sources.
    type: bool
    default: false
  gather_subset:
    description: What to read, as M(mailfleet.mailplus.mailplus_facts) has it.
    type: list
    elements: str
    default: [min, settings, admin_log, transaction_log]
  limit:
    description:
      - Rows of each list to read, V(-1) for all. Summaries rest on these rows.
    type: int
    default: 50
  time_zone:
    description:
      - Time zone of the NAS, for times of rows that have none, as M(mailfleet.mailplus.mailplus_facts) has it.
    type: str
  rows:
    description:
      - Whether to keep the rows of lists. By default, hosts get settings, totals and summaries alone.
    type: bool
    default: false
  row_keys:
    description:
      - Which keys of a row hold its time, status, reason, sender, recipient, subject and type, where they are not the
        usual ones, as O(mailfleet.mailplus.mailplus_facts#module:row_keys) has them. NAS with other keys are for an
        inventory source of their own.
    type: dict
    default: {}
    version_added: 0.2.0
  reveal_secrets:
    description: Whether to keep secrets that a NAS sends, such as the password of a mail relay.
    type: bool
    default: false
  at_once:
    description: How many NAS to read at the same time.
    type: int
    default: 50
  host_time_limit:
    description:
      - Seconds that reading one NAS may take, from its login to its logout. Waiting for its turn to log in does not
        count.
    type: float
    default: 120
  time_limit:
    description:
      - Seconds that reading all may take. What is not done by then has failed. Logouts may take a few seconds more.
    type: float
    default: 600
  fail_on_error:
    description:
      - Whether the inventory source fails when a NAS cannot be read. The first one ends the reading.
      - With O(cache), a refused login is kept, and fails the source until the cache ends, or with C(--flush-cache).
    type: bool
    default: false
extends_documentation_fragment:
  - constructed
  - inventory_cache
seealso:
  - module: mailfleet.mailplus.mailplus_facts
"""

EXAMPLES = r"""
# fleet.mailplus.yml: the hosts are named here
plugin: mailfleet.mailplus.mailplus
hosts:
  nas1.example.com:
  nas2.example.com:
    port: 5443
connection:
  username: auditor
  password: "{{ lookup('ansible.builtin.env', 'MAILPLUS_AUDITOR') }}"
keyed_groups:
  - key: mailplus_status
    prefix: mailplus_status
groups:
  long_queue: mailplus is not none and (mailplus.sections.queue.total or 0) > 500
strict: true

# fleet.mailplus.yml: facts for the hosts of another source,
# as in ansible-inventory -i hosts.yml -i fleet.mailplus.yml --list
# plugin: mailfleet.mailplus.mailplus
# from_group: nas
# connection:
#   port: "{{ mailplus_port }}"
#   username: auditor
# cache: true
# cache_plugin: ansible.builtin.jsonfile
# cache_connection: /var/cache/mailplus
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.inventory.helpers import get_group_vars, sort_groups
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var
from ansible.utils.vars import combine_vars
from ansible.vars.plugins import get_vars_from_inventory_sources
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import options
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import FactsQuestion
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import SubsetError, select
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils import _inventory_cache, _marks
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._host_question import (
    HostQuestion,
    NoQuestion,
    Outcome,
    unexpected,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._login_gate import GATE
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._sweep import Question, sweep

_GROUP_OF_KIND = {"connection": "mailplus_unreachable", "login": "mailplus_refused"}
_FAILED = "mailplus_failed"
_REASON = "reason"
_FROM_CACHE = " That is from the cache; ansible-playbook --flush-cache asks again."
_SECTION_GROUPS = ("unsupported", "forbidden", "failed")
_NAMES_SHOWN = 10


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]  # ansible-core has no types
    """Hosts from the file or from earlier sources; their state from the NAS, or from the cache."""

    NAME = "mailfleet.mailplus.mailplus"

    def verify_file(self, path: str) -> bool:
        """Whether the file's name says that it is for this plugin."""
        return bool(super().verify_file(path)) and path.endswith(("mailplus.yml", "mailplus.yaml"))

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        """Add hosts, variables and groups to ``inventory``."""
        super().parse(inventory, loader, path, cache)
        given = self._read_config_data(path)
        try:
            self._check(given)
            for host in self._named_hosts():
                inventory.add_host(host)
            outcomes = self._outcomes(path, cache)
        except (options.OptionError, SubsetError) as error:
            raise AnsibleParserError(str(error)) from None
        for host, outcome in outcomes.items():
            try:
                self._add(host, outcome)
            except AnsibleError:
                raise
            except Exception as error:  # noqa: BLE001 - it stays at this host
                outcomes[host] = unexpected(f"The state of {host}", error)
                self._set(host, outcomes[host])
        self._warn_of_unread(outcomes)

    def _warn_of_unread(self, outcomes: Mapping[str, Outcome]) -> None:
        unread = {host: outcome["msg"] for host, outcome in outcomes.items() if _is_unread(outcome)}
        not_asked = {host: unread.pop(host) for host in [*unread] if _error_name(outcomes[host]) == "not_asked"}
        for what, reasons in (("NAS could not be read", unread), ("NAS were not asked", not_asked)):
            if not reasons:
                continue
            names = ", ".join([*reasons][:_NAMES_SHOWN]) + (", …" if len(reasons) > _NAMES_SHOWN else "")
            reason, count = Counter(reasons.values()).most_common(1)[0]
            of_all = "" if len(reasons) == 1 else f"{count} times: " if count > 1 else "The first: "
            self.display.warning(
                f"{len(reasons)} of {len(outcomes)} {what}: {names}. "
                f"{of_all}{words(reason).rstrip('.')}. Each has its reason in mailplus_reason."
                + (_FROM_CACHE if self._from_cache else "")
            )

    def _check(self, given: Mapping[str, Any]) -> None:
        """Raises OptionError for what would be left out silently, or fail late."""
        _require_known(given, self.option_definitions, "options")
        _require_known(self.get_option("connection"), options.CONNECTION_SPEC, "connection")
        if not (self.get_option("hosts") or self.get_option("from_group")):
            raise options.OptionError("hosts and from_group are missing: name the NAS in one of them.")
        for name in ("at_once", "host_time_limit", "time_limit"):
            if self.get_option(name) <= 0:
                raise options.OptionError(f"{name} is more than 0, not {self.get_option(name):g}.")

    def _named_hosts(self) -> dict[str, dict[str, Any]]:
        """The hosts of the file, with what is different there."""
        hosts = self.get_option("hosts")
        if isinstance(hosts, list) and all(isinstance(name, (str, int, float)) for name in hosts):
            hosts = dict.fromkeys(hosts)
        if not isinstance(hosts, Mapping):
            raise options.OptionError("hosts is a list of names, or a mapping from names to options.")
        for name, different in hosts.items():
            if different is not None and not isinstance(different, Mapping):
                raise options.OptionError(f"hosts: {name} is a mapping of what is different there, or empty.")
            _require_known(different or {}, options.CONNECTION_SPEC, f"hosts: {name}")
        return {f"{name}": dict(different or {}) for name, different in hosts.items()}

    def _outcomes(self, path: str, cache: bool) -> dict[str, Outcome]:
        """What became of each host, from the cache where it is on and answers what is asked."""
        FactsQuestion().check(self._wanted)
        connections = {host: self._rendered(host, given) for host, given in self._connections().items()}
        kept = self._kept(path, connections) if cache and self.get_option("cache") else None
        outcomes = kept or self._read_all({host: self._question(given) for host, given in connections.items()})
        failed = next(filter(_is_unread, outcomes.values()), None) if self.get_option("fail_on_error") else None
        # What else ended the reading may be over the next time. A refused login must not be sent again.
        if kept is None and self.get_option("cache") and (failed is None or "login" in map(_kind, outcomes.values())):
            self._cache[self.get_cache_key(path)] = _inventory_cache.pack(self._asked(connections), outcomes)
        if failed:
            if self.get_option("cache"):
                self.update_cache_if_changed()  # as Ansible does, but not for a source that fails
            raise AnsibleParserError(_ended(outcomes, len(connections)) + (_FROM_CACHE if kept else ""))
        self._from_cache = kept is not None
        return outcomes

    def _kept(self, path: str, connections: Mapping[str, dict[str, Any]]) -> dict[str, Outcome] | None:
        """The outcomes in the cache. None where it is empty, damaged or answers something else."""
        try:
            kept = self._cache[self.get_cache_key(path)]
            return _inventory_cache.unpack(kept, self._asked(connections))
        except Exception as error:  # noqa: BLE001 - a cache plugin raises what it likes, and all can be read anew
            self.display.vv(f"mailplus: the cache cannot be used: {type(error).__name__}: {error}")
            return None

    def _asked(self, connections: Mapping[str, dict[str, Any]]) -> list[Any]:
        """What an answer depends on, without secrets."""
        public = {host: _without_secrets(given) for host, given in connections.items()}
        names = [section.name for section in select(self.get_option("gather_subset"))]
        wanted = {**self._wanted, "gather_subset": names}
        return [_release(), SCHEMA_VERSION, wanted, self.get_option("fail_on_error"), public]

    @property
    def _wanted(self) -> dict[str, Any]:
        """What mailplus_facts is asked of every NAS."""
        names = ("gather_subset", "limit", "time_zone", "rows", "row_keys", "reveal_secrets")
        return {name: self.get_option(name) for name in names}

    def _read_all(self, questions: Mapping[str, Question[Outcome]]) -> dict[str, Outcome]:
        """What became of each host. With fail_on_error, the first that cannot be read ends it."""
        outcomes: dict[str, Outcome] = {}
        answers = sweep(questions, at_once=self.get_option("at_once"), seconds_all=self.get_option("time_limit"))
        with closing(answers):
            for host, outcome in answers:
                outcomes[host] = outcome
                self._show_progress(len(outcomes), len(questions))
                if _is_unread(outcome) and self.get_option("fail_on_error"):
                    break
        return {host: outcomes[host] for host in questions if host in outcomes}

    def _rendered(self, host: str, connection: Mapping[str, Any]) -> dict[str, Any]:
        """The connection options of one host, checked. Those that cannot be fail that host alone, by a reason."""
        try:
            params = _validated(self._render(host, connection))
            options.address(params)
        except Exception as error:  # noqa: BLE001 - a template may raise anything before ansible-core 2.19
            return {_REASON: f"Its connection: {' '.join(str(error).split())}"}
        return params

    def _question(self, params: Mapping[str, Any]) -> Question[Outcome]:
        if _REASON in params:
            return NoQuestion(params[_REASON])
        return HostQuestion({**params, **self._wanted, "offset": 0}, self.get_option("host_time_limit"), GATE)

    def _connections(self) -> dict[str, dict[str, Any]]:
        """The connection options of each host, templates and all."""
        common = self.get_option("connection")
        named = self._named_hosts()
        connections = {host: {"host": host, **common, **different} for host, different in named.items()}
        for host in self._hosts_of_group():
            variables = self._variables(host)
            address = variables.get("ansible_host", host)
            connections[host] = {"host": address, **common, **named.get(host, {})}
        return connections

    def _hosts_of_group(self) -> list[str]:
        name = self.get_option("from_group")
        if not name:
            return []
        group = self.inventory.groups.get(name)
        if group is None:
            raise options.OptionError(f"from_group: no inventory source before this one has a group {name}.")
        return [host.name for host in group.get_hosts()]

    def _render(self, host: str, connection: Mapping[str, Any]) -> dict[str, Any]:
        if any(self.templar.is_template(value) for value in connection.values()):
            self.templar.available_variables = {**self._variables(host), "inventory_hostname": host}
            connection = self.templar.template(connection)
        # Before ansible-core 2.19, what was vaulted in the file is not text yet.
        return {
            name: str(value) if getattr(value, "__ENCRYPTED__", False) else value for name, value in connection.items()
        }

    def _variables(self, host: str) -> dict[str, Any]:
        entry = self.inventory.hosts[host]
        # Hosts are put into the group of all when every source is read.
        groups = sort_groups(list(dict.fromkeys([self.inventory.groups["all"], *entry.get_groups()])))
        variables = combine_vars(get_group_vars(groups), entry.get_vars())
        if self.get_option("use_vars_plugins"):
            sources = self.inventory.processed_sources
            for entities in (groups, [entry]):
                found = get_vars_from_inventory_sources(self.loader, sources, entities, "all")
                variables = combine_vars(variables, found)
        return dict(variables)

    def _add(self, host: str, outcome: Outcome) -> None:
        """Variables and groups of a host, and what is made of them."""
        self._construct(host, self._set(host, outcome))

    def _set(self, host: str, outcome: Outcome) -> dict[str, Any]:
        record = host_record(host, outcome)
        variables = {
            "mailplus_asked_at": _marks.own(
                record.mailplus["collected_at"] if record.mailplus else outcome["asked_at"]
            ),
            "mailplus": _marks.state(record.mailplus),
            "mailplus_status": _marks.own(record.status),
            "mailplus_reason": wrap_var(record.reason),
            "mailplus_error": _marks.error(record.error),
        }
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        for group in _groups(record):
            self.inventory.add_group(group)
            self.inventory.add_child(group, host)
        return variables

    def _construct(self, host: str, variables: dict[str, Any]) -> None:
        strict = self.get_option("strict")
        compose, groups, keyed = (self.get_option(name) for name in ("compose", "groups", "keyed_groups"))
        if not (compose or groups or keyed):
            return
        known = {**self._variables(host), **variables}
        self._set_composite_vars(compose, known, host, strict=strict)
        known.update(self.inventory.hosts[host].get_vars())
        self._add_host_to_composed_groups(groups, known, host, strict=strict, fetch_hostvars=False)
        self._add_host_to_keyed_groups(keyed, known, host, strict=strict, fetch_hostvars=False)

    def _show_progress(self, done: int, total: int) -> None:
        """A running count where somebody watches a terminal, nothing elsewhere."""
        if sys.stderr.isatty():  # pragma: no cover - the tests have no terminal
            end = "\n" if done == total else ""
            print(f"\rmailplus: {done} of {total} NAS read", end=end, file=sys.stderr, flush=True)


def _require_known(given: Mapping[str, Any], known: Mapping[str, Any], where: str) -> None:
    unknown = sorted(f"{name}" for name in given if name not in known)
    if unknown:
        raise options.OptionError(f"{where}: unknown {', '.join(unknown)}; valid are {', '.join(sorted(known))}.")


def _validated(connection: Mapping[str, Any]) -> dict[str, Any]:
    """The connection options as the modules would have them. Raises OptionError."""
    validated = options.Validator(options.CONNECTION_SPEC).validate(connection)
    if validated.error_messages:
        raise options.OptionError("; ".join(validated.error_messages))
    return dict(validated.validated_parameters)


def _groups(record: HostRecord) -> list[str]:
    """The groups that say what is wrong with a host."""
    if record.mailplus is None:
        error: Mapping[str, Any] = record.error or {}
        return [_GROUP_OF_KIND.get(error.get("kind", ""), _FAILED)]
    statuses = {envelope["status"] for envelope in record.mailplus["sections"].values()}
    return [f"mailplus_{status}" for status in _SECTION_GROUPS if status in statuses]


def _is_unread(outcome: Outcome) -> bool:
    return "ansible_facts" not in outcome


def _kind(outcome: Outcome) -> str | None:
    return (outcome["error"] or {}).get("kind")


def _error_name(outcome: Outcome) -> str | None:
    return (outcome["error"] or {}).get("name")


def _ended(outcomes: Mapping[str, Outcome], total: int) -> str:
    """Why fail_on_error ended the source."""
    host, message = next((host, outcome["msg"]) for host, outcome in outcomes.items() if _is_unread(outcome))
    others = total - sum(not _is_unread(outcome) for outcome in outcomes.values()) - 1
    left = f" fail_on_error ended the reading; {others} more NAS were not read." if others else ""
    return f"{host}: {message}{left}"


def _without_secrets(params: Mapping[str, Any]) -> dict[str, Any]:
    spec = options.CONNECTION_SPEC
    return {name: value for name, value in params.items() if not spec.get(name, {}).get("no_log")}


def _release() -> str | None:
    """The version of the collection as it is installed; None in a checkout."""
    manifest = Path(__file__).parents[2] / "MANIFEST.json"
    if not manifest.is_file():
        return None
    version: str = json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"]
    return version
