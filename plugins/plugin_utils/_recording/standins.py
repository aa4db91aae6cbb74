# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins: text and numbers of the same form that tell nothing of what they stand for.

What is equal gets equal stand-ins, so that an alias still points to its user, and no two originals share one. Nothing
is computed from an original but its form: stand-ins are drawn at random or counted, once for each. No stand-in of four
characters or more is an original anywhere in the recording; shorter ones of digits may be one by chance.

What is spelled out in single characters or short codes gets other pieces each time, since it would otherwise be a
cipher that a reader can solve.
"""

from __future__ import annotations

import ipaddress
import math
import re
import unicodedata
from collections.abc import Callable, Collection
from itertools import count
from random import Random

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import MARKER
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.times import read
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.words import STATES, WORDS

# Of a longer text, nothing more is told than that it is long.
LONGEST = 200

# Letters and digits of any script, and control characters but those that end lines.
TOKEN = re.compile(r"[A-Za-z0-9\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\U0010ffff]+")
RUN = re.compile(r"[^\W\d_]+|[0-9]+")
IPV4 = re.compile(r"(?<![0-9])(?<![0-9]\.)[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])")

_LABEL = r"[A-Za-z0-9_\u0080-\U0010ffff-]+"
# The last labels by which a name is known to be one of a host, where no @ is before it.
_LAST_LABELS = (
    "arpa|at|be|biz|ch|cloud|cn|co|com|corp|cz|de|dev|dk|edu|es|eu|example|fi|fr|gov|home|ie|in|internal|intern|int"
    "|invalid|io|it|jp|kr|lan|li|local|localdomain|lu|me|mil|mobi|name|net|nl|no|org|pl|pt|ru|se|site|test|tw|uk|us|xyz"
)
_PATTERN = re.compile(
    rf"(?P<marker>{re.escape(MARKER)})"
    r"|(?P<uuid>(?<![A-Za-z0-9])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![A-Za-z0-9]))"
    r"|(?P<mac>(?<![A-Za-z0-9])[0-9A-Fa-f]{2}(?P<sep>[:-])[0-9A-Fa-f]{2}(?:(?P=sep)[0-9A-Fa-f]{2}){4}(?![A-Za-z0-9]))"
    r"|(?P<ipv6>(?<![A-Za-z0-9:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4})(?![A-Za-z0-9:]))"
    rf"|(?P<ipv4>{IPV4.pattern})(?P<network>/[0-9]{{1,2}}(?![0-9]))?"
    rf"|(?P<host>(?<=@){_LABEL}(?:\.{_LABEL})+"
    rf"|(?<![\w.@-])(?:{_LABEL}\.)+(?i:{_LAST_LABELS})(?![\w@-]|\.\w))"
    rf"|(?P<token>{TOKEN.pattern})"
    r"|(?P<blank>[ \t\r\n]+)"
    r"|(?P<marks>[!-/:-@\[-`{-~]+)"
)

# Marks that give a text its form; a secret may be made of the others.
_ODD_MARKS = str.maketrans(dict.fromkeys("!$^`|~", "-"))
_RUNS_OF_MARKS = frozenset(
    re.split(
        r"\s+",
        """:// *@ <* -- .. -> => </ /> :: >, @[ ]: ): ") (" <" ">
        ", ]} }] [] {} [{ }, ], "," ":" ": ," {" "} ":{" "}, "},{" ":[" "] "], "}} "}]} [{" "}]""",
    )
)
_REPEATED = re.compile(r"([-=_*.#])\1{1,4}")
_ONLY_MARKS = "***"

_DIGITS, _FIRST_DIGITS = "0123456789", "789"
_CONSONANTS, _VOWELS = "fjkqvwxz", "aeiou"
_SHORTEST_WORD, _LONGEST_WORD = 3, 10
_LEAST_SPELT = 3  # short pieces in one text
_LONGEST_LOOSE = 2
_TRIES = 40

# There are too few shorter numbers for stand-ins to be none of those that are told.
_LEAST_TOLD_APART = 4
_SHORT_DIGITS, _SHORTEST_HEX, _LONG, _LONGEST_TOKEN, _MOST_DIGITS = 4, 16, 24, 64, 40

# What characters are written as: 6e, x6e, u006e, 0x6e, 01101110.
CODE_UNIT = re.compile(r"(?:u|x|0x|u\+)?(?=[a-f]*[0-9])[0-9a-f]{1,4}|[ux][0-9a-f]{2,4}|[01]+")
_HEX = re.compile(r"[0-9a-f]+")
_MASKS = frozenset(str(ipaddress.ip_network((0, length)).netmask) for length in range(33)) | {"127.0.0.1"}
_LOOPBACKS = frozenset({"::", "::1"})


def same(text: str) -> str:
    """What is equal for all ways to write the same letters."""
    return unicodedata.normalize("NFKC", text).casefold()


class Standins:
    """``originals`` is what no stand-in may be, in the form of ``same``."""

    def __init__(self, originals: Collection[str], random: Random) -> None:
        self._originals = originals
        self._random = random
        self._known: dict[str, str] = {}
        self._used: set[str] = set()
        self._texts: dict[str, str] = {}
        self._is_spelt = False
        self._counters = {kind: count(1) for kind in ("ipv4", "ipv6", "mac", "uuid", "hex")}
        self._digits: dict[int, count[int]] = {}
        self._makers: dict[str, Callable[[re.Match[str]], str]] = {
            "marker": lambda found: found[0],
            "uuid": lambda found: self._once(found[0], self._uuid),
            "mac": lambda found: self._once(found[0], lambda: self._mac(found["sep"])),
            "ipv6": self._ipv6,
            "ipv4": self._ipv4,
            "host": self._host,
            "token": lambda found: self._token(found[0]),
            "blank": lambda found: found[0][:1],
            "marks": lambda found: _marks(found[0]),
        }

    def text(self, text: str, is_spelt: bool = False) -> str:
        """The stand-in of a text, piece by piece. One that ``is_spelt`` is part of something spelled out."""
        text = text[:LONGEST]
        short = [piece for piece in TOKEN.findall(text) if _is_short(same(piece))]
        self._is_spelt = is_spelt or len(short) >= _LEAST_SPELT
        if len(text) < _LONG // 2:
            return self._pieces(text)
        if text not in self._texts:
            self._texts[text] = self._pieces(text)
        return self._texts[text]

    def number(self, number: float, is_spelt: bool = False) -> float:
        """The stand-in of a number, of about as many digits. It never looks like a time."""
        self._is_spelt = is_spelt
        if isinstance(number, float):
            if not math.isfinite(number):
                return 0.5
            fraction = self._once(repr(abs(number)), lambda: self._random.choice(("0.25", "0.5", "0.75")))
            return self.number(int(number)) + float(fraction)
        size = abs(number)
        digits = str(size) if size.bit_length() < 4 * _MOST_DIGITS else "9" * _MOST_DIGITS
        return int(self._number_of(digits)) * (-1 if number < 0 else 1)

    def fresh(self) -> str:
        """A word that is nobody's stand-in."""
        return self._new(lambda tries: self._word(_SHORTEST_WORD + 2 + tries // _TRIES))

    def _pieces(self, text: str) -> str:
        marks = "".join(text.split())
        if len(marks) > _LONGEST_LOOSE and not TOKEN.search(text) and marks not in _RUNS_OF_MARKS:
            return _ONLY_MARKS
        return _PATTERN.sub(self._piece, text)

    def _piece(self, found: re.Match[str]) -> str:
        kinds = (kind for kind in self._makers if found[kind] is not None)
        return self._makers[next(kinds)](found)

    def _once(self, original: str, make: Callable[[], str]) -> str:
        known = same(original)
        if known not in self._known:
            self._known[known] = make()
        return self._known[known]

    # -------------------------------------------------------------------------------------------------------- tokens

    def _token(self, token: str) -> str:
        folded = same(token)
        if folded.isascii() and folded.isdigit():
            return self._number_of(folded)
        if len(folded) == 1 or (self._is_spelt and _is_short(folded)):
            return self._loose(folded[:_LONGEST_TOKEN])
        return _cased(self._once(token, lambda: self._stand_in(folded)), token)

    def _loose(self, piece: str) -> str:
        """Other characters each time, whichever the original has."""
        return "".join(self._random.choice(_FIRST_DIGITS if each in _DIGITS else _CONSONANTS) for each in piece)

    def _stand_in(self, folded: str) -> str:
        if len(folded) >= _SHORTEST_HEX and _HEX.fullmatch(folded):
            return self._low_hex("hex", min(len(folded), _LONGEST_TOKEN))
        if not any(character.isdigit() for character in folded):
            length = min(max(len(folded), _SHORTEST_WORD), _LONGEST_WORD)
            return self._new(lambda tries: self._word(length + tries // _TRIES))
        length = min(max(len(folded) - 2, _SHORTEST_WORD), _LONGEST_WORD - 2)
        mixed = self._new(lambda tries: f"{self._word(length + tries // _TRIES)}{self._random.randrange(30, 100)}")
        return mixed.ljust(min(len(folded), _LONGEST_TOKEN), "q") if len(folded) >= _LONG else mixed

    def _word(self, length: int) -> str:
        return "".join(self._random.choice(_VOWELS if place % 2 else _CONSONANTS) for place in range(length))

    def _new(self, make: Callable[[int], str]) -> str:
        """What was never made before and no original holds. The number of tries makes it longer at last."""
        for tries in count():
            made = make(tries)
            if made not in self._used and not self._is_taken(made):
                self._used.add(made)
                return made
        raise AssertionError("counting ends")

    def _is_taken(self, made: str) -> bool:
        pieces = (made[begin:end] for begin in range(len(made) - 3) for end in range(begin + 4, len(made) + 1))
        return (
            made in self._originals or made in STATES or made in WORDS or any(map(self._originals.__contains__, pieces))
        )

    # ------------------------------------------------------------------------------------------------------- numbers

    def _number_of(self, digits: str) -> str:
        length = min(len(digits), _MOST_DIGITS)
        if length > _SHORT_DIGITS:
            return self._once(digits, lambda: self._long_digits(length))
        if self._is_spelt:
            return self._loose(digits)
        return self._once(digits, lambda: self._short_digits(length))

    def _short_digits(self, length: int) -> str:
        """Digits at random; more of them where all have been used."""
        for tries in count():
            rest = self._random.choices(_DIGITS, k=length - 1 + tries // _TRIES)
            made = self._random.choice(_FIRST_DIGITS) + "".join(rest)
            is_original = len(made) >= _LEAST_TOLD_APART and made in self._originals and tries < _TRIES
            if made not in self._used and not is_original:
                self._used.add(made)
                return made
        raise AssertionError("counting ends")

    def _long_digits(self, length: int) -> str:
        """Digits that are counted, since at random they would hold any short number sooner or later."""
        counter = self._digits.setdefault(length, count(1))
        for number in counter:
            made = f"9{number:0{length - 1}}"
            made = made if read(int(made)) is None else f"9{made}"
            if made not in self._used:
                self._used.add(made)
                return made
        raise AssertionError("counting ends")

    def _low_hex(self, kind: str, length: int) -> str:
        """Counted in the letters a to e, which no number has."""
        rest, number = "", next(self._counters[kind])
        while number:
            number, digit = divmod(number, 5)
            rest = "abcde"[digit] + rest
        return rest.rjust(length, "f")

    # ----------------------------------------------------------------------------------------------------- addresses

    def _uuid(self) -> str:
        last = self._low_hex("uuid", 12)
        return f"ffffffff-ffff-4fff-8fff-{last}"

    def _mac(self, separator: str) -> str:
        number = next(self._counters["mac"])
        return separator.join(f"{part:02x}" for part in (0x02, 0xFE, 0xED, *divmod(number // 256, 256), number % 256))

    def _ipv6(self, found: re.Match[str]) -> str:
        try:
            address = str(ipaddress.IPv6Address(found["ipv6"]))
        except ValueError:
            return "".join(
                self._token(piece) if TOKEN.match(piece) else ":" for piece in re.split("(:|[.])", found[0]) if piece
            )
        if address in _LOOPBACKS:
            return address
        return self._once(address, lambda: f"2001:db8:f000::{0x1000 + next(self._counters['ipv6']):x}")

    def _ipv4(self, found: re.Match[str]) -> str:
        network = found["network"] or ""
        try:
            address = str(ipaddress.IPv4Address(found["ipv4"]))
        except ValueError:
            return ".".join(map(self._token, found[0].replace("/", ".").split(".")))
        if address in _MASKS:
            return address + network
        return self._once(address, self._new_ipv4) + network

    def _new_ipv4(self) -> str:
        """Of the network for benchmarks, with three digits in a part: nothing shorter stands in it."""
        for number in self._counters["ipv4"]:
            made = f"198.{18 + number // 22500 % 2}.{100 + number // 150 % 150}.{100 + number % 150}"
            if made not in self._originals or number > 2 * 22500:
                return made
        raise AssertionError("counting ends")

    def _host(self, found: re.Match[str]) -> str:
        """The last two labels are one domain, the others of any name are tokens."""
        *labels, domain, last = found["host"].split(".")
        above = self._once(f"{domain}.{last}", lambda: f"{self.fresh()}.example")
        return ".".join([*(TOKEN.sub(lambda piece: self._token(piece[0]), label) for label in labels), above])


def _is_short(folded: str) -> bool:
    return len(folded) <= _LONGEST_LOOSE or CODE_UNIT.fullmatch(folded) is not None


def _cased(made: str, token: str) -> str:
    if token.isupper():
        return made.upper()
    return made.capitalize() if token[:1].isupper() else made


def _marks(run: str) -> str:
    if len(run) == 1:
        return run.translate(_ODD_MARKS)
    if run in _RUNS_OF_MARKS or _REPEATED.fullmatch(run):
        return run
    return "@" if "@" in run else run[0].translate(_ODD_MARKS)
