# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong between us and a DSM, as exceptions that a person and a program can read.

Meanings of codes: the DSM login and developer guides, and codes measured on hardware. A code is read by the API that
sent it: 402 from SYNO.API.Auth is not 402 from a package.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import (
    ErrorDetails,
    Kind,
    NotAllowedError,
    ServerError,
    connection_error,
    local_error,
    unsupported_error,
)

__all__ = [
    "AUTH_API",
    "BUSY_CODES",
    "MISFIT_CODES",
    "PARAMETER_CODES",
    "CodeMeaning",
    "DsmError",
    "ErrorDetails",
    "Kind",
    "Meaning",
    "NotAllowedError",
    "answer_error",
    "api_error",
    "connection_error",
    "error_code",
    "local_error",
    "no_meaning",
    "unsupported_error",
]

DsmError = ServerError

AUTH_API = "SYNO.API.Auth"


class Meaning(NamedTuple):
    """What a code stands for."""

    kind: Kind
    name: str
    message: str
    hint: str


PARAMETER_CODES = frozenset({114, 120})
BUSY_CODES = frozenset({108, 109, 110, 111, 117, 118})

_BUSY = Meaning(
    Kind.FAILED, "system_busy", "DSM is busy or its network is unstable.", "Try again later, or with fewer rows."
)
_SESSION_HINT = "Look for another client that ends sessions of this account; with otp_code there is no second login."
_PARAMETERS_HINT = "What this read takes may not be publicly known: mailplus_api_info can ask with other parameters."
_LOG_IN_ONCE = "Log in to DSM in a browser with this account to see what it asks for."

_COMMON_CODES = {
    100: Meaning(Kind.FAILED, "unknown_error", "DSM reports an unknown error.", "See the system log of the NAS."),
    101: Meaning(
        Kind.FAILED,
        "incomplete_request",
        "DSM received no API, method or version.",
        "A proxy in between may drop the body of requests; connect directly.",
    ),
    102: Meaning(
        Kind.UNSUPPORTED,
        "no_such_api",
        "This NAS does not have the API.",
        "Check in DSM's Package Center that the package is installed, started and up to date.",
    ),
    103: Meaning(
        Kind.UNSUPPORTED,
        "no_such_method",
        "This NAS does not have the method at any version known to list it.",
        "Update the package on the NAS, or leave this section out.",
    ),
    104: Meaning(
        Kind.UNSUPPORTED,
        "version_not_supported",
        "This NAS does not support the version of the API.",
        "Update the package on the NAS, or leave this section out.",
    ),
    105: Meaning(
        Kind.FORBIDDEN,
        "no_permission",
        "The account has no permission.",
        "Use a DSM administrator, or give the account a delegation policy in MailPlus Server > Account > Delegation.",
    ),
    106: Meaning(Kind.EXPIRED, "session_timeout", "The session timed out.", _SESSION_HINT),
    107: Meaning(Kind.EXPIRED, "session_interrupted", "Another login ended the session.", _SESSION_HINT),
    114: Meaning(Kind.FAILED, "parameter_missing", "A parameter is missing.", _PARAMETERS_HINT),
    116: Meaning(Kind.FORBIDDEN, "demo_site", "This is a demo site.", "Ask a NAS of your own."),
    119: Meaning(Kind.EXPIRED, "session_unknown", "DSM does not know the session.", _SESSION_HINT),
    120: Meaning(Kind.FAILED, "parameter_invalid", "DSM rejects a parameter.", _PARAMETERS_HINT),
    150: Meaning(
        Kind.FAILED,
        "address_changed",
        "Requests reach DSM from another address than the login did.",
        "Use one way to the NAS, or let DSM skip the check in Control Panel > Security.",
    ),
    160: Meaning(
        Kind.FORBIDDEN,
        "no_application_privilege",
        "The account may not use this application.",
        "Grant it in DSM's Control Panel > Application Privileges.",
    ),
    402: Meaning(
        Kind.FORBIDDEN,
        "no_permission",
        "The account has no permission.",
        "Use a DSM administrator, or give the account a delegation policy in MailPlus Server > Account > Delegation.",
    ),
    **dict.fromkeys(BUSY_CODES, _BUSY),
}

_LOGIN_CODES = {
    400: Meaning(
        Kind.LOGIN,
        "wrong_credentials",
        "DSM refused the login: no such account, or wrong password.",
        "Check username and password. It is not tried again, since DSM blocks addresses after a few refused logins.",
    ),
    401: Meaning(Kind.LOGIN, "account_disabled", "The account is disabled.", "Enable it in DSM's Control Panel."),
    402: Meaning(
        Kind.LOGIN,
        "login_not_permitted",
        "The account may not log in to this application.",
        "Use a DSM administrator, or a user with a delegation policy in MailPlus Server > Account > Delegation.",
    ),
    403: Meaning(
        Kind.LOGIN,
        "second_factor_needed",
        "The account needs a second factor.",
        "Set otp_code, or device_id and device_name of a trusted device.",
    ),
    404: Meaning(
        Kind.LOGIN,
        "second_factor_refused",
        "The second factor is wrong or was used already.",
        "Codes work once: give a new otp_code, or use device_id and device_name instead.",
    ),
    406: Meaning(
        Kind.LOGIN,
        "second_factor_not_set_up",
        "DSM enforces a second factor that the account has not set up.",
        _LOG_IN_ONCE,
    ),
    407: Meaning(
        Kind.LOGIN,
        "address_blocked",
        "DSM blocks the address of this controller.",
        "Remove it in DSM's Control Panel > Security > Protection, and correct the credentials that caused it.",
    ),
    408: Meaning(Kind.LOGIN, "password_expired", "The password expired and cannot be changed.", _LOG_IN_ONCE),
    409: Meaning(Kind.LOGIN, "password_expired", "The password expired.", _LOG_IN_ONCE),
    410: Meaning(Kind.LOGIN, "password_change_required", "The password must be changed.", _LOG_IN_ONCE),
    411: Meaning(Kind.LOGIN, "account_locked", "The account is locked.", "Unlock it in DSM's Control Panel."),
}

_UNKNOWN = Meaning(
    Kind.FAILED, "error", "DSM reports an error that is not documented.", "See the log of the package on the NAS."
)

# Answers that say: not at this path, or not at this version.
MISFIT_CODES = frozenset({102, 103, 104})

_CODES_END = 1_000_000_000
_SMALL_NUMBER = re.compile(r"[0-9]{1,9}")
_UNKNOWN_CODE = 100


def error_code(answer: dict[str, Any]) -> int:
    """The code in an answer without success; 100 (unknown error) where DSM sent none, or no small whole number."""
    error = answer.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, str):
        code = int(code) if _SMALL_NUMBER.fullmatch(code) else None
    if not isinstance(code, int) or isinstance(code, bool) or abs(code) >= _CODES_END:
        return _UNKNOWN_CODE
    return code


CodeMeaning = Callable[[str, int], "Meaning | None"]
"""Takes an API and a code; returns what the code means when that API sends it, None where DSM's own meaning holds."""


def no_meaning(_api: str, _code: int) -> Meaning | None:
    """No package has codes of its own."""
    return None


def api_error(code: int, *, api: str, method: str, version: int, meaning: CodeMeaning = no_meaning) -> DsmError:
    """The error that ``code`` stands for when ``api`` sent it."""
    own = _LOGIN_CODES.get(code) if api == AUTH_API else meaning(api, code)
    found = own or _COMMON_CODES.get(code, _UNKNOWN)
    kind = Kind.LOGIN if api == AUTH_API and method == "login" else found.kind
    message = f"{found.message.rstrip('.')} ({api} {method}, version {version}, code {code})."
    return DsmError(kind, ErrorDetails(found.name, message, found.hint, api, method, version, code))


def answer_error(message: str, *, api: str, method: str, version: int) -> DsmError:
    """DSM answered, but not in the form that its API promises."""
    details = ErrorDetails(
        "unexpected_answer",
        f"{message} ({api} {method}, version {version}).",
        "Please report this with the DSM version.",
        api,
        method,
        version,
    )
    return DsmError(Kind.FAILED, details)
