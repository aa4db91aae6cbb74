# SPDX-License-Identifier: GPL-3.0-or-later
"""What Plesk says went wrong: with a packet as a whole, or with one operation of it.

Codes are those of the public reference. What Plesk says in words goes with each, since the same code has many causes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import ErrorDetails, Kind, ServerError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.elements import Element
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.packets import Call

NO_SUCH_OBJECT = "no_such_object"
OTHER_SITE = "other_site"

_SMALL_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_LONGEST_SHOWN = 200
_ONCE = "It is not tried again, since Plesk blocks addresses after a few refused logins."
_KEY = f"Give a secret key that was made for the address of this controller. {_ONCE}"
_REPORT = "Please report this, with the version that Plesk shows in its panel."
_UPDATE = "Update Plesk."


class _Meaning(NamedTuple):
    """What a code stands for. ``of_packet`` is the kind where Plesk says it of all that was sent."""

    kind: Kind
    name: str
    message: str
    hint: str
    of_packet: Kind | None = None


_CODES = {
    1001: _Meaning(
        Kind.LOGIN,
        "wrong_credentials",
        "Plesk refused the login: no such user, or wrong password",
        f"Check username and password. {_ONCE}",
    ),
    1002: _Meaning(Kind.FAILED, "no_such_user", "Plesk does not know the user", f"Check username. {_ONCE}", Kind.LOGIN),
    1003: _Meaning(
        Kind.UNSUPPORTED,
        "api_off",
        "The XML API of this Plesk is switched off",
        "Let its administrator switch on remote access by the XML API.",
        Kind.CONNECTION,
    ),
    1004: _Meaning(Kind.LOGIN, "key_not_valid", "Plesk refused the secret key or the address that it came from", _KEY),
    1005: _Meaning(Kind.UNSUPPORTED, "version_not_supported", "Plesk does not know this version of its API", _UPDATE),
    1006: _Meaning(
        Kind.FORBIDDEN,
        "permission_denied",
        "The user may not do this",
        "Use an administrator of Plesk, or give the user the permission to use the XML API.",
        Kind.LOGIN,
    ),
    1007: _Meaning(Kind.FAILED, "exists_already", "The object exists already", _REPORT),
    1010: _Meaning(
        Kind.UNSUPPORTED, "licence", "The licence of this Plesk does not allow it", "Check the licence in Plesk."
    ),
    1013: _Meaning(
        Kind.UNSUPPORTED, NO_SUCH_OBJECT, "This Plesk does not have it", "Check the names of sites (sites)."
    ),
    1014: _Meaning(Kind.FAILED, "parse_error", "Plesk does not understand what was sent", f"{_UPDATE} {_REPORT}"),
    1015: _Meaning(Kind.FAILED, "owner_not_found", "Plesk did not find the owner of the object", _REPORT),
    1019: _Meaning(Kind.FAILED, "parameter_invalid", "Plesk rejects a parameter", _REPORT),
    1023: _Meaning(Kind.UNSUPPORTED, "no_such_operation", "This Plesk does not know the operation", _UPDATE),
    11003: _Meaning(Kind.LOGIN, "key_not_found", "Plesk does not know the secret key", _KEY),
}
_UNKNOWN = _Meaning(Kind.FAILED, "error", "Plesk reports an error", "See the log of Plesk.")


def error_of(result: Element, call: Call | None) -> ServerError:
    """The error that Plesk tells in a result of ``call``, or of the packet as a whole where that is None."""
    told = result.word("errcode")
    code = int(told) if _SMALL_NUMBER.fullmatch(told) else None
    meaning = _UNKNOWN if code is None else _CODES.get(code, _UNKNOWN)
    kind = meaning.of_packet if call is None and meaning.of_packet else meaning.kind
    where = [" ".join(call)] if call else []
    where.append("no code" if code is None else f"code {code}")
    text = result.word("errtext")
    says = f" Plesk says: {shown(text)}." if text else ""
    message = f"{meaning.message} ({', '.join(where)}).{says}"
    operator, operation = call or (None, None)
    return ServerError(kind, ErrorDetails(meaning.name, message, meaning.hint, operator, operation, code=code))


def unexpected(what: str, call: Call, name: str = "unexpected_answer") -> ServerError:
    """Plesk answered, but not in the form that its reference promises."""
    operator, operation = call
    return ServerError(
        Kind.FAILED, ErrorDetails(name, f"{what} ({operator} {operation}).", _REPORT, operator, operation)
    )


def no_such_site(name: str, call: Call) -> ServerError:
    """Plesk has no site of that name, and says so by saying nothing."""
    message = f"This Plesk has no site {shown(name)}."
    return ServerError(
        Kind.UNSUPPORTED, ErrorDetails(NO_SUCH_OBJECT, message, "Check the names of sites (sites).", *call)
    )


def shown(text: str) -> str:
    """Text of somebody else in one short line, between quotes."""
    words = " ".join(text.split())
    return repr(words if len(words) <= _LONGEST_SHOWN else f"{words[:_LONGEST_SHOWN]}…")
