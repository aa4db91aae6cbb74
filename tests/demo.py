# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``make demo`` runs: the role over a simulated fleet, and a migration from Plesk, as a user would run both."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml
from ansible_collections.mailfleet.mailplus.tests.plesk import PleskServers, run_plesks
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

FLEET = Path(__file__).parent / "simulator" / "fleets" / "demo.yml"
_PLESK = Path(__file__).parent / "plesk" / "servers" / "demo.yml"

# All that there is, where a fleet of one's own would name what it wants to know.
SUBSET = ["all", "system"]

# Where the simulator has settings whose keys nobody has published. A NAS has them elsewhere: these are made up.
PATHS = {
    "antispam_fresh": "data.update_time",
    "antispam_on": "data.enable",
    "antivirus_action": "data.action",
    "antivirus_fresh": "data.update_time",
    "antivirus_on": "data.enable",
    "auto_forwarding": "data.disable_auto_forward",
    "connection_limit": "data.enable_max_connections_per_minute",
    "daily_quota": "data.enable_daily_quota",
    "daily_report": "data.enable",
    "dkim_key_length": "data.dkim_key_length",
    "dkim_signing": "data.enable_dkim",
    "flow_limit": "data.enable_flow_limit",
    "inbound_dkim": "data.enable_dkim_verify",
    "inbound_dmarc": "data.enable_dmarc",
    "inbound_spf": "data.enable_spf",
    "license_expiry": "data.license_list.*.expire_time",
    "license_limit": "data.user_limit",
    "license_usage": "data",
    "sender_matches_login": "data.check_sender_login",
    "smtp_auth_lan": "data.skip_auth_local_network",
    "smtp_authentication": "data.enable_smtp_auth",
}

# As for a NAS whose Hyper Backup has this word, which is the simulator's.
_BACKUP_ENDED_WELL = {
    "any": {
        "where": {"source.app_name_list": {"any": {"equals": "MailPlus-Server"}}},
        "parts": {"last_bkp_time": {"at_most_days_ago": 2}, "last_bkp_result": "done"},
    }
}
OVERRIDES = {"backup_recent": {"condition": _BACKUP_ENDED_WELL}}

# Some hosts of the fleet are bad on purpose, and the demo is to end well all the same.
_NEVER_FAIL = {
    "mailplus_state_fail_on_error": False,
    "mailplus_state_fail_severity": "never",
    "mailplus_state_fail_unknown_severity": "never",
}

# How the role's variables are set for a fleet: most are the same for all hosts.
_GROUP_VARIABLES = {
    "mailplus_state_port": "{{ mailplus_port }}",
    "mailplus_state_username": "{{ mailplus_username }}",
    "mailplus_state_password": "{{ mailplus_password }}",
    "mailplus_state_ca_path": "{{ mailplus_ca_path }}",
    "mailplus_state_subset": SUBSET,
    "mailplus_state_paths": PATHS,
    "mailplus_state_overrides": OVERRIDES,
}


def command(fleet: Fleet, directory: Path) -> list[str]:
    """Write an inventory; the command that runs the playbook over it and leaves its files in ``directory``/state."""
    inventory = directory / "inventory"
    (inventory / "group_vars").mkdir(parents=True, exist_ok=True)
    fleet.write_inventory(inventory / "hosts.yml")
    places = {
        "mailplus_state_directory": str(directory / "state"),
        "mailplus_state_parity_directory": str(directory / "parity"),
    }
    (inventory / "group_vars" / "nas.yml").write_text(yaml.safe_dump(_GROUP_VARIABLES))
    (inventory / "group_vars" / "all.yml").write_text(yaml.safe_dump(_NEVER_FAIL | places))
    return _playbook(inventory, "state", "mailplus_hosts=nas")


def migration(servers: PleskServers, directory: Path) -> list[str]:
    """Add Plesk servers to the inventory; the command that compares them with one NAS, in ``directory``/parity."""
    inventory = directory / "inventory"
    servers.write_inventory(inventory / "plesk.yml")
    return _playbook(inventory, "parity", "mailplus_hosts=mail-berlin", "plesk_hosts=plesk")


def _playbook(inventory: Path, name: str, *variables: str) -> list[str]:
    given = [argument for variable in variables for argument in ("-e", variable)]
    return ["ansible-playbook", "--inventory", str(inventory), *given, f"mailfleet.mailplus.{name}"]


def main() -> int:
    """Run both playbooks, then say where their files are. The exit status is that of the first one that failed."""
    directory = Path(sys.argv[1]).resolve()
    with run_fleet(FLEET) as fleet, run_plesks(_PLESK) as servers:
        commands = [command(fleet, directory), migration(servers, directory)]
        status = next((code for each in commands if (code := subprocess.run(each, check=False).returncode)), 0)
    if status == 0:
        print(f"The report:           {os.path.relpath(directory / 'state' / 'report.html')}")
        print(f"The state:            {os.path.relpath(directory / 'state' / 'fleet.json')}")
        print(f"The migration:        {os.path.relpath(directory / 'parity' / 'report.html')}")
        print("The simulated servers are stopped.")
    return status


if __name__ == "__main__":
    sys.exit(main())
