# SPDX-License-Identifier: GPL-3.0-or-later
"""Text, values and numbers of servers and users as they may be shown: all of it is seen, and none is endless."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import BYTES, DAYS, PERCENT, SECONDS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.moments import read_moment
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import DifferenceReport

# Stands for a value that is not there, which null is not.
ABSENT = "absent"

# Units of values that are none of figures: of how much a list or a mapping holds, a share of one, and a moment.
ITEMS, KEYS, RATIO, TIME = "items", "keys", "ratio", "time"

# How many characters are shown of words of a server, of a value in a cell or file, and of a value within a sentence.
MOST_OF_WORDS, MOST_OF_VALUE, MOST_OF_CODE = 300, 1000, 160

# The largest count that every reader of a file takes for the same number. What is above is nobody's count.
LARGEST_COUNT = 2**53

_MOST_KINDS = 6
_KIB, _BYTES = 1024, ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SPANS = ((_DAY, "day"), (_HOUR, "h"), (_MINUTE, "min"), (1, "s"))
_ENCODER = json.JSONEncoder(ensure_ascii=False)

# Controls (C0, DEL, C1), separators of lines, marks that are not seen or turn the direction of writing, letters that
# are blank, halves of surrogate pairs, and what is no character at all.
_VARIANTS = "\ufe00-\ufe0f"
_RANGES = (
    "\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    f"\u2060-\u206f\u3164{_VARIANTS}\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{_RANGES}]")
# Words and pictures are written with joiners (U+200C, U+200D) and variants of a character: within one they stay.
_SEEN, _VARIANT = f"[^\u0000-\u00ff{_RANGES}]", f"[{_VARIANTS}]"
_WITHIN_WORD = re.compile(f"(?:(?<={_SEEN})|(?<={_SEEN}{_VARIANT}))[\u200c\u200d](?={_SEEN})|(?<={_SEEN}){_VARIANT}")


def visible(text: str) -> str:
    r"""``text`` with ``\uXXXX``, as JSON has it, in place of every character that is not seen; newline is one."""
    return "".join(piece for piece, _is_escape in pieces(text, lines=False)) if _UNSEEN.search(text) else text


def visible_lines(text: str) -> str:
    """The same, but newlines stay."""
    return "".join(piece for piece, _is_escape in pieces(text)) if _UNSEEN.search(text) else text


def pieces(text: str, *, lines: bool = True) -> Iterator[tuple[str, bool]]:
    """What :func:`visible_lines` makes of ``text``, in pieces, with whether each is an escape."""
    start = 0
    for match in _UNSEEN.finditer(text):
        if (lines and match[0] == "\n") or _WITHIN_WORD.match(text, match.start()):
            continue
        yield text[start : match.start()], False
        yield _escape(match[0]), True
        start = match.end()
    yield text[start:], False


def words(text: str, most: int = MOST_OF_WORDS) -> str:
    """Words of a server on one line: visible, and cut where they are long."""
    shown = visible(text[: most + 1])
    return shown if len(shown) <= most else shown[:most] + "…"


def shown(value: object, most: int = MOST_OF_VALUE) -> str:
    """A value as visible text of at most so many characters: text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return visible(text) if len(text) <= most else f"{visible(text[:most])}… ({len(text)} characters)"


def code(value: object) -> str:
    """A value as JSON within a sentence, cut where it is long, so that ``true`` and ``"true"`` are told apart."""
    text = ""
    for piece in _pieces_of_json(value):
        text += piece
        if len(text) > MOST_OF_CODE:
            return f"{text[:MOST_OF_CODE]}… ({_size(value)})"
    return text


def _pieces_of_json(value: object) -> Iterable[str]:
    """JSON as it comes: of a long list or mapping no more is made than is shown."""
    if isinstance(value, (list, Mapping)):
        return _ENCODER.iterencode(value)
    return (_ENCODER.encode(value[: MOST_OF_CODE + 1] if isinstance(value, str) else value),)


def sides(difference: DifferenceReport) -> tuple[object, object]:
    """What stands in the baseline, and what stands here: ABSENT where nothing does."""
    baseline = ABSENT if difference["kind"] == "added" else difference["baseline"]
    return baseline, ABSENT if difference["kind"] == "removed" else difference["actual"]


def change(difference: DifferenceReport) -> str:
    """What differs, within a sentence."""
    if difference["kind"] == "added":
        return f"added: {code(difference['actual'])}"
    if difference["kind"] == "removed":
        return f"removed: {code(difference['baseline'])}"
    return f"changed from {code(difference['baseline'])} to {code(difference['actual'])}"


def counted(many: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun, such as ``1 host`` and ``2 hosts``."""
    return f"{many:,} {noun if many == 1 else plural or noun + 's'}"


def listed(names: Sequence[str], most: int) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def amount(value: object, unit: str, *, separator: str = "") -> str:
    """A number of a figure, as people say it in its unit; unknown where it is none."""
    known = as_amount(value, unit)
    if known is None:
        return "unknown"
    if unit == BYTES:
        return size(known)
    if unit == PERCENT:
        return f"{known} %"
    if unit == DAYS:
        return f"{known:{separator}} day{'' if known == 1 else 's'}"
    return age(known) if unit == SECONDS else format(known, separator)


def size(many: int) -> str:
    """So many bytes, in the largest unit of which there is one."""
    power = min((max(many, 1).bit_length() - 1) // 10, len(_BYTES) - 1)
    number = f"{many / _KIB**power:.1f}".removesuffix(".0")
    return f"{number} {_BYTES[power]}"


def age(seconds: int) -> str:
    """A span of seconds in its two largest units."""
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    return f"{seconds // _DAY:,} d {seconds % _DAY // _HOUR} h"


def as_count(value: object) -> int | None:
    """``value`` where it counts something; None where it does not: as text, below zero, or larger than a count is."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_COUNT:
        return value
    return None


def as_amount(value: object, unit: str) -> int | None:
    """The same for a number in a unit: the days that are left are fewer than none behind the end."""
    if unit == DAYS and isinstance(value, int) and value < 0:
        known = as_count(-value)
        return None if known is None else -known
    return as_count(value)


def named_counts(counts: Mapping[str, object] | None, *, separator: str = "") -> str:
    """Counts by name in a line, such as ``12 sent, 3 failed``, and how many names there are beyond the first few.

    ``separator`` stands between thousands.
    """
    counts = counts or {}
    parts = []
    for name, number in list(counts.items())[:_MOST_KINDS]:
        known = as_count(number)
        parts.append(f"{'unknown' if known is None else format(known, separator)} {words(name)}")
    rest = len(counts) - _MOST_KINDS
    return ", ".join([*parts, f"and {rest} more kind{'' if rest == 1 else 's'}"] if rest > 0 else parts)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def in_unit(value: object, unit: str, now: datetime | None = None) -> str:
    """A value as people say it in its unit; as JSON where it has none. How far off a moment is counts from ``now``."""
    if unit == TIME:
        return _moment(value, now)
    if not unit or isinstance(value, bool) or not isinstance(value, (int, float)):
        return code(value)
    if unit in (ITEMS, KEYS):
        return counted(int(value), unit.removesuffix("s"))
    if unit == RATIO:
        return f"{value * 100:.4g} %"
    if as_amount(value, unit) is None:
        return f"{value} {unit}"
    return span(int(value)) if unit == SECONDS else amount(value, unit)


def span(seconds: int) -> str:
    """A span of seconds in the two largest units that it has any of, such as ``4 days 23 h`` and ``1 day``."""
    parts = []
    for size_, name in _SPANS:
        many, seconds = divmod(seconds, size_)
        if many:
            parts.append(counted(many, name) if name == "day" else f"{many} {name}")
    return " ".join(parts[:2]) or "0 s"


def _moment(value: object, now: datetime | None) -> str:
    """A moment as the server wrote it, or in UTC, and how far away it is, as far as its zone is known."""
    moment = read_moment(value)
    if moment is None:
        return code(value)
    when = words(value) if isinstance(value, str) else f"{moment.written:%Y-%m-%dT%H:%M:%SZ}"
    if now is None:
        return when
    about = "" if moment.earliest == moment.latest else "about "
    seconds = int((moment.written - now).total_seconds())
    return f"{when}, {f'in {about}{span(seconds)}' if seconds >= 0 else f'{about}{span(-seconds)} ago'}"


def _size(value: object) -> str:
    if isinstance(value, Mapping):
        return counted(len(value), "key")
    if isinstance(value, str):
        return counted(len(value), "character")
    return counted(len(value) if isinstance(value, Sequence) else 1, "item")
