# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that are known by their form: private keys, tokens and hashes of passwords anywhere, and codes such as those
of licences.

What is public stays: certificates, public keys, and all that a person reads, such as names, times and versions.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MARKER = "[hidden]"

# No shorter text holds such a secret.
SHORTEST = 12

# A block that was cut off reaches to the end of its text. Line ends may be escaped, so they are not looked at.
_BEGIN, _END = (rf"-----{word} [A-Z0-9 ]{{0,40}}PRIVATE KEY[A-Z ]{{0,10}}-----" for word in ("BEGIN", "END"))
_PRIVATE_KEY = re.compile(rf"{_BEGIN}.*?(?:{_END}|\Z)", re.DOTALL)
# The first bytes of a private key in base64 (PKCS #1 and #8, of RSA, EC and Ed25519, and OpenSSH's own); certificates
# and public keys begin otherwise.
_BARE_PRIVATE_KEY = re.compile(
    r"(?<![A-Za-z0-9+/])(?:MII..[AQgw]IBA|MIG.AgE[AB]|M[C-H].CAQ[AE]|b3BlbnNzaC1rZXktdj)"
    r"(?:[A-Za-z0-9+/]|\\[rn]|\s){30,}={0,2}"
)
# A JSON Web Token: "eyJ" is how an encoded mapping begins.
_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]{10,}(?:\.[\w-]*){2,4}")
# A password as crypt(3) writes it: the method, what is mixed in, and the hash.
_CRYPTED = re.compile(
    r"(?<![\w$])\$(?:(?:1|2[abxy]|5|6|7|y|gy|apr1)\$(?:rounds=\d+\$)?[A-Za-z0-9./$]{20,}(?![\w@-])"
    r"|argon2i?d?\$[A-Za-z0-9./+=,$-]{20,})"
)
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^\s/:@]{0,100}):[^\s/@]{1,200}(?=@)")

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]|\\[rn]|[\r\n]){40,}={0,2}\s*")


def hide_known(text: str) -> str:
    """``text`` without private keys, tokens, hashes of passwords, and passwords in URLs."""
    if "PRIVATE KEY" in text:
        text = _PRIVATE_KEY.sub(MARKER, text)
    if "M" in text or "b3Bl" in text:
        text = _BARE_PRIVATE_KEY.sub(MARKER, text)
    if "eyJ" in text:
        text = _TOKEN.sub(MARKER, text)
    if "$" in text:
        text = _CRYPTED.sub(MARKER, text)
    if "://" in text:
        text = _PASSWORD_IN_URL.sub(rf"\1:{MARKER}", text)
    return text


def is_key_material(value: object) -> bool:
    """Whether a value is text, and nothing but what a key in base64 looks like."""
    return isinstance(value, str) and _BASE64.fullmatch(value) is not None


# --------------------------------------------------------------------------------------------------------------- codes

# Between these, a text is looked at piece by piece.
_PIECE = re.compile(r"[^\s,;:\"'()<>\[\]{}|=&?#]+")
_CODE = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")

# Groups of one length, as keys are printed.
_LEAST_GROUPS, _LEAST_OF_GROUP = 3, 4
_ENCODED = re.compile(r"[A-Za-z0-9+/]{16,}")
_DATE = re.compile(
    r"(?:19|20)\d\d([-_]?)\d\d\1\d\d(?:[T_-]\d{2}(?:[-_]?\d{2}){0,2}\d{0,9}Z?)?"  # 2026-01-31T12, 20260131T123000Z
    r"|\d{1,2}-?[A-Za-z]{3,9}-?\d{2,4}|P(?:\d+[YMWDHS]|T)+",  # 31-Jan-2026, P1Y2M10DT2H30M
    re.ASCII,
)
_HARDWARE_ADDRESS = re.compile(r"[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}")

# A word, with a number behind it or in it: mailserver01, Disk2Backup; in capitals a number stands behind it only.
_WORD = re.compile(
    r"(?:[A-Z]?[a-z]+(?:[A-Z][a-z]+)*\d{0,4}(?:[A-Za-z][a-z]+)?|[A-Z]+\d{0,4}|\d{1,6}|(?:19|20)\d{6}|[A-Za-z0-9]{1,3})"
)
_LONGEST_WORD = 40
_NO_WORD = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}", re.IGNORECASE)


def hide_codes(text: str) -> str:
    """``text`` without what looks like a key or a code: groups of letters and digits joined by dashes, or a long run
    that mixes both.

    Times, versions, addresses, names of hosts, paths and words stay.
    """
    if len(text) < SHORTEST:
        return text
    return _PIECE.sub(_hide_code, text)


def _hide_code(match: re.Match[str]) -> str:
    piece = match[0]
    bare = piece.rstrip(".!")
    return MARKER + piece[len(bare) :] if any(looks(bare) for looks in _LOOKS) else piece


def _is_code(piece: str) -> bool:
    """Whether a piece is one of letters and digits that no word, date or address is."""
    if len(piece) < SHORTEST or not _CODE.fullmatch(piece):
        return False
    if _DATE.fullmatch(piece) or _HARDWARE_ADDRESS.fullmatch(piece):
        return False
    groups = re.split("[-_]", piece)
    if _are_printed_groups(groups):
        return True
    run = "".join(groups)
    is_mixed = len(run) >= SHORTEST and not run.isalpha() and not run.isdigit()
    return is_mixed and not all(map(_is_word, groups))


def _are_printed_groups(groups: list[str]) -> bool:
    lengths, run = {*map(len, groups)}, "".join(groups)
    is_even = len(groups) >= _LEAST_GROUPS and len(lengths) == 1 and min(lengths) >= _LEAST_OF_GROUP
    return is_even and (run.isupper() or not run.isalpha())


def _is_encoded(piece: str) -> bool:
    """Whether a piece is bytes in base64, of which a path has the slashes, but words between them."""
    if not _ENCODED.fullmatch(piece) or piece.startswith("/"):
        return False
    has_all = piece.upper() != piece and piece.lower() != piece and any(map(str.isdigit, piece))
    return has_all and not all(map(_is_word, re.split("[+/]", piece)))


def _is_word(group: str) -> bool:
    return len(group) <= _LONGEST_WORD and bool(_WORD.fullmatch(group)) and not _NO_WORD.search(group)


_LOOKS: tuple[Callable[[str], bool], ...] = (_is_code, _is_encoded)
