#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of an action plugin; there is no module code."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_state_report
short_description: Judge the gathered state of a fleet and write the report
version_added: 0.1.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Judges what M(mailfleet.mailplus.mailplus_facts) returned on many hosts by policies, compares it with a baseline,
    and writes a report in several formats. No NAS is asked. The role P(mailfleet.mailplus.mailplus_state#role) uses it.
  - A host that failed, or was never asked, is in the report with the reason. A rule about what is not known is
    C(unknown) there, never passed. A rule that lacks a path, or whose section was not gathered anywhere, is not
    configured. It is told once for the fleet, and has no verdict.
  - Of each host, it heeds the variables C(mailplus_state_overrides), C(mailplus_state_exceptions) and
    C(mailplus_state_paths), which the role describes.
  - Every format tells what fails the run, by O(fail_severity), O(fail_unknown_severity) and O(fail_on_error), as the
    result of this task does. What does not fail it is no failure and no error in C(junit.xml).
extends_documentation_fragment:
  - mailfleet.mailplus.files
options:
  hosts:
    description:
      - Names of the inventory hosts to report, such as C(ansible_play_hosts_all).
    type: list
    elements: str
    required: true
  variable:
    description:
      - Name of the variable in which each host registered the result of M(mailfleet.mailplus.mailplus_facts) or
        M(mailfleet.mailplus.mailplus_state_gather).
      - For a host that does not have it, what the inventory plugin P(mailfleet.mailplus.mailplus#inventory) read is
        taken. Where no host has it, so are facts, such as those that are cached from an earlier run; of a host that has
        both, the newer ones.
    type: str
    default: mailplus_state_gathered
  max_age:
    description:
      - Hours. With it, the state of each host is what earlier runs wrote to C(hosts/NAME.json) in O(directory), or what
        the inventory plugin read, the newer of both, unless it is older. What this run gathered, and facts, are left
        out.
      - It is for a fleet that is gathered in parts, by several runs.
    type: float
  policies:
    description:
      - Policies to judge by, each the path of a YAML file, looked for in the current directory and where Ansible looks
        for files, or a policy itself.
    type: list
    elements: raw
    default: []
  only_validate:
    description:
      - Whether to check policies, options, and the variables by which the role gathers each host
        (C(mailplus_state_subset), C(mailplus_state_offset), C(mailplus_state_limit), C(mailplus_state_ca_path)) alone,
        and to judge and write nothing.
      - It reads O(baseline) too. Where that is a file that this run will write, what it holds now is compared later.
    type: bool
    default: false
  known_variables:
    description:
      - Names of variables that begin with C(mailplus_state_), as a list, or as a mapping from them to argument specs as
        a role's C(meta/argument_specs.yml) has them. A host that has another one fails the task, since the name is most
        likely misspelt. Without it, none does.
      - By argument specs, values are checked too, except those that are templates.
    type: raw
  fail_severity:
    description:
      - Failed rules and differences of this severity or above are returned as failing, and failures in C(junit.xml).
    type: str
    choices: [info, low, medium, high, critical, never]
    default: high
  fail_unknown_severity:
    description:
      - Rules of this severity or above whose verdict is unknown are returned as failing, and errors in C(junit.xml).
    type: str
    choices: [info, low, medium, high, critical, never]
    default: high
  fail_on_error:
    description:
      - Whether a host that could not be read is returned as failing, and an error in C(junit.xml).
    type: bool
    default: true
  baseline:
    description:
      - File that M(mailfleet.mailplus.mailplus_state_export) wrote in an earlier run. A file of one host is compared
        with every host, a file of a fleet host by host.
      - It can be the file in O(directory) that this run writes too. Then it is what the file held when the run began,
        and the task has to run once before it is written, with O(only_validate).
      - With O(max_age), C(fleet.json) in O(directory) is refused, since what is reported was written there too.
      - V(last) is the last run that is kept in O(directory), see O(history_runs). There, each section of a host is as
        it was last read. The time of a run, such as V(2026-01-31T02:15:09Z), or its day, V(2026-01-31), is that run.
    type: path
  history_runs:
    description:
      - How many runs to keep in C(history) in O(directory), this one included. With V(0), none is kept, and the report
        does not tell what changed since the last run.
      - The file of a run holds the settings and entries of every host, its figures and its verdicts, as
        O(personal_data) has them. Of what this run could not read, the last good state is passed on.
    type: int
    default: 0
    version_added: 0.2.0
  history_days:
    description:
      - Days. Runs that are older than the newest one by more are removed, too.
    type: float
    version_added: 0.2.0
  drift_ignore:
    description:
      - Patterns of paths whose differences do not count, neither from O(baseline) nor since the last run; V(*) stands
        for any text, dots included.
    type: list
    elements: str
    default: []
  drift_severity:
    description:
      - How severe a difference is.
    type: str
    choices: [info, low, medium, high, critical]
    default: medium
  drift_severities:
    description:
      - How severe a difference is instead, as a list of C({path, severity}), by the first pattern that fits its path.
    type: list
    elements: dict
    default: []
  directory:
    description:
      - Directory on the controller for the report. It is made where it is missing. Needed where O(formats) names any.
    type: path
  marker:
    description:
      - File on the controller that has to be there, in a directory that outlives this run. A run in a container that
        does not see it fails, where what it wrote would be gone with the container.
    type: path
    version_added: 0.2.0
  formats:
    description:
      - Formats to write. V(html) is C(report.html), V(json) is C(report.json), V(csv) is C(hosts.csv), C(findings.csv)
        and a file a table and a view of the fleet, such as C(domains.csv) and C(queue_reasons.csv), V(junit) is
        C(junit.xml), V(markdown) is C(report.md), and V(prometheus) is C(mailplus.prom).
      - V(jsonl) is C(rows/SECTION.jsonl), a file for each log or queue that any host was asked for, with the rows of
        all hosts. A row is C({"host", "row"}). In front of the rows of a host, a line tells how the section was read
        there, as C({"host", "status", "reason", "rows", "total", "truncated"}). A host without rows has that line
        alone.
    type: list
    elements: str
    choices: [html, json, csv, junit, markdown, prometheus, jsonl]
    default: []
  files:
    description:
      - By format, where its files go and who may read them, as far as it is not O(directory), their owner alone and the
        usual name.
      - C(directory) is another directory. Where it is missing, it is made, for those who may read the files. Nothing
        else is written there; a file is C(.mailplus-*.part) until it is whole. It is none of C(hosts), C(last_good),
        C(history) and C(rows) below O(directory).
      - C(mode) is the mode of the files, in octal digits and quotes, such as C("0644"). Nobody but their owner and
        group may write them, and nobody may run them.
      - C(group) is the name or number of their group. Who runs Ansible has to be a member.
      - C(name) is the name of the file, of letters, digits and C(._+@-), with the usual ending. C({date}) in it is the
        date of the report in UTC, such as C(2026-01-31), C({time}) its time, such as C(094500), and C({name}) the usual
        name without its ending, which V(csv) needs. Files of other days stay.
    type: dict
    default: {}
    version_added: 0.2.0
  title:
    description:
      - Title of the report.
    type: str
    default: MailPlus Server fleet
attributes:
  action:
    description: Has a corresponding action plugin, so that it runs on the controller.
    support: full
  async:
    description: Can be run with C(async).
    support: none
  check_mode:
    description: Can run in C(check_mode) and return what would change, without writing it.
    support: full
  delegation:
    description: Can be used with C(delegate_to).
    support: none
    details:
      - It always runs on the controller.
  diff_mode:
    description: Returns details on what has changed, in diff mode.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: partial
    details:
      - The report states when it was made. With O(only_on_change), and V(json) among O(formats), that
        alone changes nothing.
seealso:
  - module: mailfleet.mailplus.mailplus_facts
  - module: mailfleet.mailplus.mailplus_state_export
"""

EXAMPLES = r"""
- name: Report what was gathered
  mailfleet.mailplus.mailplus_state_report:
    hosts: "{{ ansible_play_hosts_all }}"
    policies:
      - /etc/mailplus/policy.yml
      - name: queue
        rules:
          - id: short_queue
            title: Few mails wait
            severity: high
            section: queue
            path: total
            condition: {at_most: 100}
    directory: /var/lib/mailplus-state
    formats: [html, json, prometheus]
    files:
      html:
        name: "{name}-{date}.html"
      prometheus: # for the textfile collector of node_exporter
        directory: /var/lib/node_exporter/textfile
        mode: "0644"
  run_once: true
"""

RETURN = r"""
rules:
  description: Ids of the rules.
  returned: when O(only_validate) is true
  type: list
  elements: str
files:
  description: Paths of the files, those included that did not change.
  returned: when O(only_validate) is false
  type: list
  elements: str
totals:
  description: The C(totals) of the report.
  returned: when O(only_validate) is false
  type: dict
hosts:
  description: What the report says of each host, by its name.
  returned: when O(only_validate) is false
  type: dict
  contains:
    status: {description: Whether the host was read., type: str, returned: always, sample: ok}
    failing:
      description: What fails the host, one line each, by the severities given and O(fail_on_error).
      type: list
      elements: str
      returned: always
    link:
      description: Where the HTML report tells of the host; null where none is written.
      type: str
      returned: always
      sample: /var/lib/mailplus-state/report.html#host-1
    verdicts: {description: How many rules have each verdict., type: dict, returned: always}
    drift:
      description:
        - V(same) (all was compared), V(partial) (what was compared is the same), V(different), V(not_compared) (there
          is nothing to compare with) or V(unknown) (the host was not read).
      type: str
      returned: always
    differences: {description: How many differences from the baseline were found., type: int, returned: always}
    not_compared:
      description: How many sections and values could not be compared.
      type: int
      returned: always
summary:
  description: A line a host for people to read.
  returned: when O(only_validate) is false
  type: list
  elements: str
"""
