# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, each with the one line that the task says: the source of a guide and of its test.

In a message, ``{host}`` and ``{port}`` are those of the NAS, ``{file}`` is a path; ``{reason}`` is what the TLS library
or Ansible says, which depends on their versions: the first of ``reasons`` is the one that the page shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import smtp
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import ALL, groups

# Distinctive, so that one of them is found wherever it should not be.
USERNAME = "auditor-of-mail"
PASSWORD = "Pa&s 'w\"ör{d} %41+7Zq"
WRONG_PASSWORD = "Wr&ng 'w\"ör{d} %41+9Xk"
OTP_CODE = "730219"
WRONG_OTP_CODE = "845106"
DEVICE_ID = "device-6Hs0Kq2-secret"
SECRETS = (PASSWORD, WRONG_PASSWORD, OTP_CODE, WRONG_OTP_CODE, DEVICE_ID)

OPTIONS, REACHING, CERTIFICATE, ANSWERS, LOGIN, READING = THEMES = (
    "The options of the task",
    "Reaching the NAS",
    "Its certificate",
    "Its answers",
    "Logging in",
    "Reading from MailPlus Server",
)

_PREFIX = "SYNO.MailPlusServer."
_QUEUE = f"{_PREFIX}Queue"
_AUTH = "SYNO.API.Auth"
_LOG_IN_ONCE = "Log in to DSM in a browser with this account to see what it asks for."
_DELEGATION = "in MailPlus Server > Account > Delegation."
_DAMAGED = "Try again; if it stays, ask for fewer rows (limit) and see the log of the NAS."
_CA_PATH = "Set ca_path to a PEM file, or to a directory of hashed certificates."
_NOT_JSON = "Check that host and port are DSM's; if they are, DSM or a proxy is restarting: try again later."
_TRUST = "Set ca_path to the certificate, or the CA, that signed it, and host to a name that it holds."
_SUBSETS = f"Groups are {', '.join((ALL, *groups()))}; ansible-doc mailfleet.mailplus.mailplus_facts names all."
_COVERED = (
    "Give the account a policy in MailPlus Server > Account > Delegation with the option 'Auditing: Queue', which by "
    "its name covers this section, or use a DSM administrator. Check that MailPlus Server is set up."
)
_SMTP = [section.name for section in smtp.AREA.sections]
# How ansible-core before 2.19 names the type of a text.
_TEXTS = ("<class 'str'>", "<class 'ansible.utils.unsafe_proxy.AnsibleUnsafeText'>")
_LONG_NAME = f"nas-{'1' * 70}.example.com"
_HOST = "host is a name or an address alone, not {host_given}; port and https are options."


@dataclass(frozen=True)
class Case:
    """One way to fail.

    ``nas`` describes the NAS, ``options`` change those of a right task (None leaves one out); ``{host}``, ``{port}``
    and ``{file}`` work in them too. ``host`` is the address of the NAS, where it matters which. ``file`` is what the
    file holds, None where there is none. ``error`` is the stable name of the error, None where no NAS was asked;
    ``logins`` are the attempts that the NAS sees. ``as_module`` is the message of the module, where Ansible makes it.
    """

    name: str
    theme: str
    message: str
    means: str
    remedy: str
    module: str = "mailplus_facts"
    options: Mapping[str, Any] = field(default_factory=dict)
    nas: Mapping[str, Any] = field(default_factory=dict)
    host: str | None = None
    file: str | None = None
    error: str | None = None
    logins: int = 0
    reasons: tuple[str, ...] = ("",)
    as_module: str | None = None


def _option(name: str, message: str, means: str, remedy: str, options: Mapping[str, Any], **more: Any) -> Case:
    return Case(name, OPTIONS, message, means, remedy, options=options, **more)


def _tls(name: str, message: str, means: str, remedy: str, **more: Any) -> Case:
    return Case(name, CERTIFICATE, message, means, remedy, **{"error": "certificate_not_trusted", **more})


def _login(name: str, code: int, message: str, means: str, remedy: str, **more: Any) -> Case:
    message = message.replace("{call}", f" ({_AUTH} login, version 7, code {code})")
    refusing = {"accounts": [{"username": USERNAME, "password": PASSWORD, "login_error": code}]}
    return Case(name, LOGIN, message, means, remedy, **{"nas": refusing, "logins": 1, **more})


def _reading(name: str, code: int, message: str, means: str, remedy: str, **more: Any) -> Case:
    message = message.replace("{call}", f" ({_QUEUE} list, version 1, code {code})")
    return Case(name, READING, message, means, remedy, **{"module": "mailplus_queue_info", "logins": 1, **more})


def _refused(name: str, call: str, hint: str, means: str, remedy: str, **more: Any) -> Case:
    """MailPlus Server's own refusal of a read of one of its APIs, named with the method."""
    api = _PREFIX + call.partition(" ")[0]
    message = f"MailPlus Server refuses the account ({_PREFIX}{call}, version 1, code 5615). {hint}"
    refusing = _fault("error", api=api, code=5615)
    return Case(name, READING, message, means, remedy, nas=refusing, error="refused_by_package", logins=1, **more)


def _fault(name: str, **options: Any) -> dict[str, Any]:
    return {"faults": [{"fault": name, **options}]}


_TWO_FACTORS = {"accounts": [{"username": USERNAME, "password": PASSWORD, "otp_codes": [OTP_CODE]}]}

CASES: tuple[Case, ...] = (
    _option(
        "unknown_subset",
        f"unknown subset 'queues'; did you mean queue, queue_settings? {_SUBSETS}",
        "gather_subset holds a name that is neither a section nor a group.",
        "Use one of the groups that the message lists, or a section.",
        {"gather_subset": ["smtp", "queues"]},
    ),
    _option(
        "empty_subset",
        f"subset ['queue', '!queue'] selects nothing; {_SUBSETS}",
        "What gather_subset names is all left out again.",
        "Name at least one section that no `!name` leaves out.",
        {"gather_subset": ["queue", "!queue"]},
    ),
    _option(
        "unknown_option",
        "Unsupported parameters: pasword. Supported parameters include: ca_path, check_keys, device_id, device_name, "
        "gather_subset, host, https, limit, max_answer_size, offset, otp_code, password, port, reveal_secrets, "
        "row_keys, rows, session_name, time_limit, time_zone, timeout, username, validate_certs.",
        "The task has an option that the module does not know, often a misspelt one.",
        "Use one of the options that the message lists.",
        {"pasword": "x"},
        as_module="Unsupported parameters for (mailfleet.mailplus.mailplus_facts) module: pasword. Supported "
        "parameters include: ca_path, check_keys, device_id, device_name, gather_subset, host, https, limit, "
        "max_answer_size, offset, otp_code, password, port, reveal_secrets, row_keys, rows, session_name, time_limit, "
        "time_zone, timeout, username, validate_certs.",
    ),
    _option(
        "unknown_section",
        f"value of sections must be one or more of: {', '.join(_SMTP)}. Got no match for: smtp_limits",
        "sections holds a name that this module does not have.",
        "Use the names that the message lists, or leave sections out for all.",
        {"sections": ["smtp_limits"]},
        module="mailplus_smtp_info",
    ),
    _option(
        "no_sections",
        "sections is empty; leave it out for all.",
        "sections is an empty list, often because a variable is empty.",
        "Name a section, or leave the option out.",
        {"sections": []},
        module="mailplus_smtp_info",
    ),
    _option(
        "credentials_missing",
        "username and password missing: set as options of the task, in module_defaults under "
        "group/mailfleet.mailplus.mailplus, for the role as mailplus_state_username and mailplus_state_password, in an "
        "inventory source under connection, or in the environment as MAILPLUS_USERNAME and MAILPLUS_PASSWORD.",
        "Nobody told the task how to log in.",
        "Set both once for all tasks, best in `module_defaults`, with the password in a vault.",
        {"username": None, "password": None},
    ),
    _option(
        "empty_password",
        "password missing: set as options of the task, in module_defaults under group/mailfleet.mailplus.mailplus, for "
        "the role as mailplus_state_password, in an inventory source under connection, or in the environment as "
        "MAILPLUS_PASSWORD.",
        "The password is not set, or is empty: often a variable without a value.",
        "Look where the variable gets its value. An empty password is never sent.",
        {"password": ""},
    ),
    _option(
        "password_is_a_mapping",
        "password is text, not a mapping.",
        "What is given has parts, often because a variable of the vault holds more than the password.",
        "Name the part, such as `{{ vault_mailplus.password }}`.",
        {"password": {"value": PASSWORD}},
    ),
    _option(
        "host_is_a_url",
        _HOST.format(host_given="'https://{host}'"),
        "host holds more than a name or an address.",
        "Write the name alone. The port goes to `port`; HTTPS is the default, `https: false` is for plain HTTP.",
        {"host": "https://{host}"},
    ),
    _option(
        "host_with_port",
        _HOST.format(host_given="'{host}:{port}'"),
        "host holds a port too.",
        "Write the name alone, and the port to `port`.",
        {"host": "{host}:{port}"},
    ),
    _option(
        "port_out_of_range",
        "port is between 1 and 65535, not 70000.",
        "There is no such port.",
        "Leave `port` out, unless DSM listens on another port than 5001 (5000 for HTTP).",
        {"port": 70000},
    ),
    _option(
        "port_is_text",
        "argument 'port' is of type {reason}",
        "The port is not a number.",
        "Leave `port` out, or write the number.",
        {"port": "https"},
        reasons=(
            "str and we were unable to convert to int: \"'https'\" cannot be converted to an int",
            *(
                f"{text} and we were unable to convert to int: {value} cannot be converted to an int"
                for text in _TEXTS
                for value in (text, "\"'https'\"")
            ),
        ),
    ),
    _option(
        "timeout_not_positive",
        "timeout is more than 0 seconds and at most 86400, not 0.",
        "Without a wait no answer can come.",
        "Leave `timeout` out (30 seconds), or write the seconds to wait.",
        {"timeout": 0},
    ),
    _option(
        "time_limit_not_positive",
        "time_limit is more than 0 seconds and at most 86400, not -1.",
        "In no time nothing can be read.",
        "Leave `time_limit` out (600 seconds), or write the seconds that the task may take.",
        {"time_limit": -1},
    ),
    _option(
        "max_answer_size_not_positive",
        "max_answer_size is between 1 and 4096 MiB, not 0.",
        "Every answer is larger than that.",
        "Leave `max_answer_size` out (64 MiB), or write a number of MiB.",
        {"max_answer_size": 0},
    ),
    _option(
        "offset_negative",
        "offset is 0 or more, not -1.",
        "A list has no row before its first.",
        "Count rows from 0.",
        {"offset": -1},
    ),
    _option(
        "limit_too_low",
        "limit is 0 or more, or -1 for all rows, not -2.",
        "The number of rows makes no sense.",
        "Use `-1` for all rows, `0` for none, or how many you want.",
        {"limit": -2},
    ),
    Case(
        "ca_path_missing",
        CERTIFICATE,
        f"{{file}} does not exist or cannot be read. {_CA_PATH}",
        "ca_path names a file that is not on the machine where the task runs, or that this user may not read.",
        "Correct the path, or the file's permissions. It has to be on the controller, or on the host that the task "
        "is delegated to.",
        options={"ca_path": "{file}"},
        error="ca_path_unusable",
    ),
    Case(
        "name_not_resolved",
        REACHING,
        "The name nas1.invalid cannot be resolved. Check host, and DNS on the controller.",
        "No name server knows the host.",
        "Correct `ansible_host` in the inventory, or `host` of the task; an address works too.",
        options={"host": "nas1.invalid"},
        error="name_not_resolved",
    ),
    Case(
        "not_a_host_name",
        REACHING,
        f"{_LONG_NAME} is not a host name. Set host to a name or an address.",
        "No host can have such a name: a part of it is empty, or longer than 63 characters.",
        "Correct `ansible_host` in the inventory, or `host` of the task.",
        options={"host": _LONG_NAME},
        error="name_not_resolved",
    ),
    Case(
        "connection_refused",
        REACHING,
        "https://{host}:{port} refuses the connection. Check that the NAS is up, and port (DSM listens on 5001 for "
        "HTTPS, on 5000 for HTTP).",
        "The machine is there, but nothing listens on this port.",
        "Open the same address in a browser. If DSM shows up at another port, set `port`.",
        nas={"unreachable": True},
        error="connection_refused",
    ),
    Case(
        "timeout",
        REACHING,
        "https://{host}:{port} did not answer within 0.5 seconds. Check the way to the NAS, or raise timeout.",
        "The NAS is off, overloaded or behind a firewall that drops packets.",
        "Open the same address in a browser on the controller. If it is only slow, raise `timeout`.",
        nas={"unresponsive": True},
        options={"timeout": 0.5},
        error="timeout",
    ),
    Case(
        "answer_takes_too_long",
        REACHING,
        "http://{host}:{port} did not answer within 0.5 seconds. Check the way to the NAS, or raise timeout.",
        "As above; DSM took the question and is busy.",
        "Raise `timeout`, or ask for fewer rows.",
        nas={"https": False, **_fault("hang")},
        options={"timeout": 0.5, "https": False},
        error="timeout",
    ),
    Case(
        "time_limit",
        REACHING,
        "http://{host}:{port} took longer than the time limit allows. Raise time_limit (of an inventory source, "
        "host_time_limit or time_limit), or ask for fewer rows.",
        "The NAS answers, but not everything in time.",
        "Raise `time_limit`, or ask for fewer rows. A file of rows (`dest`) is continued by the next run.",
        nas={"https": False, **_fault("drip", api="SYNO.Entry.Request", size=1, seconds=0.05)},
        options={"time_limit": 0.6, "https": False},
        error="time_limit",
        logins=1,
    ),
    Case(
        "no_tls",
        REACHING,
        "https://{host}:{port} does not speak TLS as expected ({reason}). Check that port is DSM's HTTPS port.",
        "The port is that of plain HTTP, or of another program.",
        "Set `port` to DSM's port for HTTPS, 5001 unless it was changed.",
        nas={"https": False},
        options={"https": True},
        error="tls_failed",
        reasons=("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"),
    ),
    Case(
        "connection_broken",
        REACHING,
        "https://{host}:{port} closed the connection without an answer. Check port and https; if they are right, DSM "
        "is restarting: try again later.",
        "Something accepted the connection and hung up.",
        "Check `port` and `https`. While DSM restarts, wait.",
        nas=_fault("close"),
        error="connection_broken",
    ),
    _tls(
        "certificate_self_signed",
        f"The certificate of https://{{host}}:{{port}} is not trusted: {{reason}}. {_TRUST}",
        "The NAS has the certificate that it made for itself.",
        "Export it in DSM's Control Panel > Security > Certificate and set `ca_path` to the file, or give the NAS a "
        "certificate of a CA.",
        nas={"certificate": "self_signed"},
        reasons=("self-signed certificate", "self signed certificate"),
    ),
    _tls(
        "certificate_of_unknown_ca",
        f"The certificate of https://{{host}}:{{port}} is not trusted: {{reason}}. {_TRUST}",
        "A CA that the controller does not know signed the certificate, such as your organisation's own.",
        "Set `ca_path` to the certificate of that CA.",
        options={"ca_path": None},
        reasons=("unable to get local issuer certificate", "self-signed certificate in certificate chain"),
    ),
    _tls(
        "certificate_expired",
        f"The certificate of https://{{host}}:{{port}} is not trusted: certificate has expired. {_TRUST}",
        "The certificate was not renewed in time. (Or the controller's clock is wrong.)",
        "Renew it in DSM's Control Panel > Security > Certificate.",
        nas={"certificate": "expired"},
    ),
    _tls(
        "certificate_of_other_name",
        "The certificate of https://{host}:{port} is not trusted: Hostname mismatch, certificate is not valid for "
        f"'{{host}}'. {_TRUST}",
        "The certificate is good, but for another name than the one the task uses. It says `IP address mismatch` where "
        "the task uses an address.",
        "Use the name that the certificate holds in `ansible_host` or `host`.",
        nas={"certificate": "wrong_name"},
        host="localhost",
    ),
    Case(
        "ca_path_without_certificates",
        CERTIFICATE,
        f"{{file}} holds no certificates ({{reason}}). {_CA_PATH}",
        "ca_path names a file that is not a certificate in PEM form.",
        "Use a file that has a line `-----BEGIN CERTIFICATE-----`.",
        options={"ca_path": "{file}"},
        file="Not a certificate.\n",
        error="ca_path_unusable",
        reasons=("NO_CERTIFICATE_OR_CRL_FOUND",),
    ),
    Case(
        "html_error",
        ANSWERS,
        f"https://{{host}}:{{port}} answers HTTP 502 with HTML instead of JSON. {_NOT_JSON}",
        "A web server answered in place of DSM's API; 502 is what DSM says while it restarts.",
        "Wait a few minutes. If it stays, look at the address in a browser.",
        nas=_fault("html"),
        error="not_json",
    ),
    Case(
        "html_page",
        ANSWERS,
        f"https://{{host}}:{{port}} answers HTTP 200 with HTML instead of JSON. {_NOT_JSON}",
        "Something else than DSM listens there, such as a web site on the NAS or a login page of a proxy.",
        "Correct `host` and `port`.",
        nas=_fault("html", status=200),
        error="not_json",
    ),
    Case(
        "empty_answer",
        ANSWERS,
        f"https://{{host}}:{{port}} answers HTTP 200 with nothing instead of JSON. {_NOT_JSON}",
        "The answer is empty.",
        "Wait a few minutes, then see the log of the NAS.",
        nas=_fault("empty", api="SYNO.Entry.Request"),
        error="not_json",
        logins=1,
    ),
    Case(
        "json_cut_short",
        ANSWERS,
        f"https://{{host}}:{{port}} answers with JSON that is cut short or damaged. {_DAMAGED}",
        "The answer began well and is not whole.",
        "Try again. A proxy between the controller and the NAS may be in the way.",
        nas=_fault("cut_text", api="SYNO.Entry.Request"),
        error="truncated_json",
        logins=1,
    ),
    Case(
        "answer_cut_short",
        ANSWERS,
        f"https://{{host}}:{{port}} closed the connection in the middle of its answer. {_DAMAGED}",
        "The connection broke while the answer was under way.",
        "Try again. A proxy between the controller and the NAS may be in the way.",
        nas=_fault("cut_connection", api="SYNO.Entry.Request"),
        error="truncated_json",
        logins=1,
    ),
    Case(
        "redirected",
        ANSWERS,
        "https://{host}:{port} answers with a redirect (HTTP 302), which is not followed. Set host, port and https to "
        "where DSM really listens.",
        "The NAS, or a proxy, wants the question asked elsewhere. The password is not sent there.",
        "Find the real address with a browser, and set it. DSM can redirect HTTP to HTTPS: then use HTTPS.",
        nas=_fault("redirect"),
        error="redirected",
    ),
    _login(
        "wrong_password",
        400,
        "DSM refused the login: no such account, or wrong password{call}. "
        "Check username and password. It is not tried again, since DSM blocks addresses after a few refused logins.",
        "DSM does not tell which of the two it is.",
        "Correct them before the next run: each run is another attempt, and DSM blocks the controller after a few.",
        nas={},
        options={"password": WRONG_PASSWORD},
        error="wrong_credentials",
    ),
    _login(
        "account_disabled",
        401,
        "The account is disabled{call}. Enable it in DSM's Control Panel.",
        "The account exists and was switched off.",
        "Enable it in Control Panel > User & Group.",
        error="account_disabled",
    ),
    _login(
        "account_without_privilege",
        402,
        "The account may not log in to this application{call}. "
        f"Use a DSM administrator, or a user with a delegation policy {_DELEGATION}",
        "An ordinary user may not manage MailPlus Server.",
        "Make a user for this purpose and give it a delegation policy.",
        nas={"accounts": [{"username": USERNAME, "password": PASSWORD, "role": "user"}]},
        error="login_not_permitted",
    ),
    _login(
        "second_factor_needed",
        403,
        "The account needs a second factor{call}. Set otp_code, or device_id and device_name of a trusted device.",
        "Two-factor authentication is on for this account.",
        "For a single run set `otp_code`. For all else use a trusted device, see `device_id`.",
        nas=_TWO_FACTORS,
        error="second_factor_needed",
    ),
    _login(
        "second_factor_refused",
        404,
        "The second factor is wrong or was used already{call}. "
        "Codes work once: give a new otp_code, or use device_id and device_name instead.",
        "The code is mistyped, too old, or an earlier task used it.",
        "Use a code for one task on one host only, `mailplus_facts` for instance.",
        nas=_TWO_FACTORS,
        options={"otp_code": WRONG_OTP_CODE},
        error="second_factor_refused",
    ),
    _login(
        "device_not_known",
        403,
        "The account needs a second factor{call}. Set otp_code, or device_id and device_name of a trusted device.",
        "DSM does not know the device, or knows it under another name.",
        "Set `device_name` to exactly the name that the device was trusted under, or trust it again.",
        nas={"accounts": [{**_TWO_FACTORS["accounts"][0], "devices": {DEVICE_ID: "controller"}}]},
        options={"device_id": DEVICE_ID, "device_name": "another"},
        error="second_factor_needed",
    ),
    _login(
        "second_factor_not_set_up",
        406,
        f"DSM enforces a second factor that the account has not set up{{call}}. {_LOG_IN_ONCE}",
        "A policy of the NAS asks for a second factor.",
        "Log in once in a browser with this account and set it up.",
        error="second_factor_not_set_up",
    ),
    _login(
        "address_blocked",
        407,
        "DSM blocks the address of this controller{call}. "
        "Remove it in DSM's Control Panel > Security > Protection, and correct the credentials that caused it.",
        "There were several refused logins from this controller.",
        "Correct the password first, then take the address off DSM's block list.",
        error="address_blocked",
    ),
    _login(
        "password_expired_for_good",
        408,
        f"The password expired and cannot be changed{{call}}. {_LOG_IN_ONCE}",
        "The account cannot renew its password itself.",
        "An administrator sets a new password.",
        error="password_expired",
    ),
    _login(
        "password_expired",
        409,
        f"The password expired{{call}}. {_LOG_IN_ONCE}",
        "The NAS wants a new password from time to time.",
        "Set a new one in a browser, then in your vault.",
        error="password_expired",
    ),
    _login(
        "password_change_required",
        410,
        f"The password must be changed{{call}}. {_LOG_IN_ONCE}",
        "An administrator set the password for one login only.",
        "Set a new one in a browser, then in your vault.",
        error="password_change_required",
    ),
    _login(
        "account_locked",
        411,
        "The account is locked{call}. Unlock it in DSM's Control Panel.",
        "There were too many refused logins to this account.",
        "Find what still uses an old password, then unlock the account.",
        error="account_locked",
    ),
    _reading(
        "package_not_installed",
        102,
        "This NAS does not have the API{call}. "
        "Check in DSM's Package Center that the package is installed, started and up to date.",
        "MailPlus Server is not installed, or is stopped.",
        "Install or start it, or take this NAS out of the group.",
        nas={"package": False},
        error="no_such_api",
    ),
    _reading(
        "version_not_supported",
        104,
        "This NAS does not support the version of the API{call}. "
        "Update the package on the NAS, or leave this section out.",
        "MailPlus Server is older or newer than what this collection knows.",
        "Update it; if it is the newest, please report it.",
        nas={"apis": {_QUEUE: {"minVersion": 2, "maxVersion": 3}}},
        error="version_not_supported",
    ),
    _reading(
        "no_permission",
        105,
        f"The account has no permission{{call}}. {_COVERED}",
        "The login worked, but this account may not see this part.",
        "Tick the option in the account's delegation policy.",
        nas={"permissions": {_QUEUE: 105}},
        error="no_permission",
    ),
    _reading(
        "no_application_privilege",
        160,
        f"The account may not use this application{{call}}. {_COVERED}",
        "The account lacks the privilege for MailPlus Server.",
        "Grant it in DSM's Control Panel > Application Privileges.",
        nas=_fault("error", api=_QUEUE, code=160),
        error="no_application_privilege",
    ),
    _reading(
        "busy",
        117,
        "DSM is busy or its network is unstable{call}. Try again later, or with fewer rows.",
        "DSM could not answer at this moment.",
        "Run the play again later.",
        nas=_fault("error", api=_QUEUE, code=117),
        error="system_busy",
    ),
    _reading(
        "session_ends_again",
        119,
        "DSM does not know the session{call}. "
        "Look for another client that ends sessions of this account; with otp_code there is no second login.",
        "DSM ended the session, and ended the next one too.",
        "Give this collection an account of its own.",
        nas=_fault("expired", api=_QUEUE, compound="items"),
        error="session_unknown",
        logins=2,
    ),
    _reading(
        "refused_by_package",
        5615,
        f"MailPlus Server refuses the account{{call}}. {_COVERED}",
        "The account may log in to DSM, and MailPlus Server itself does not let it read this.",
        "Tick the option in the account's delegation policy; the playbook permissions lists all that are missing.",
        nas=_fault("error", api=_QUEUE, code=5615),
        error="refused_by_package",
    ),
    _refused(
        "refused_licence",
        "License get_user_limit",
        "Use a DSM administrator: no delegation policy covers this section.",
        "Licences cannot be delegated.",
        "Read them with a DSM administrator, or leave them out: `!licenses`.",
        module="mailplus_license_info",
        options={"sections": ["license_limit"]},
    ),
    _refused(
        "refused_where_no_option_is_known",
        "Util list_package",
        "Use a DSM administrator, or give the account a delegation policy in MailPlus Server > Account > Delegation; "
        "for an administrator, check that MailPlus Server is set up.",
        "Nobody has published which option covers this section.",
        "Use a DSM administrator, or tick options until it is read, and please report which one it was.",
        module="mailplus_server_info",
        options={"sections": ["packages"]},
    ),
    Case(
        "no_such_domain",
        READING,
        "This NAS has no example.net among its domains. It has example.com.",
        "domains holds the name of a domain that this NAS does not have.",
        "Use a name that the message lists, or leave domains out for all.",
        module="mailplus_domain_info",
        options={"sections": ["aliases"], "domains": ["example.net"]},
        nas={
            "data": {f"{_PREFIX}Domain": {"list": {"domains": [{"domain_id": 1, "name": "example.com"}], "total": 1}}}
        },
        error="no_such_entry",
        logins=1,
    ),
    _reading(
        "code_of_package_not_documented",
        5594,
        "MailPlus Server refuses the request{call}. See the log of MailPlus Server on the NAS.",
        "MailPlus Server sent a code of its own that nobody has explained yet.",
        "Look in the log of MailPlus Server, and please report the code with what you find.",
        nas=_fault("error", api=_QUEUE, code=5594),
        error="package_error",
    ),
    _reading(
        "code_not_documented",
        5789,
        "DSM reports an error that is not documented{call}. See the log of the package on the NAS.",
        "MailPlus Server sent a code that nobody has explained yet.",
        "Look in the log of MailPlus Server, and please report the code with what you find.",
        nas=_fault("error", api=_QUEUE, code=5789),
        error="error",
    ),
)
