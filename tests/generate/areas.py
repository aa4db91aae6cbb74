# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of areas, from the files of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ansible_collections.mailfleet.mailplus.tests.generate.writing import Rewrite, whole

_PLACE = "plugins/module_utils/_mailplus"
_HEAD = '''\
# SPDX-License-Identifier: GPL-3.0-or-later
"""The areas of the catalogue. Written by make generate: a module has to name what it imports."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import ('''


def files(root: Path) -> Iterator[tuple[str, Rewrite]]:
    """The one file that imports all others."""
    names = sorted(path.stem for path in (root / _PLACE / "catalogue").glob("*.py"))
    imports, values = [f"    {name}," for name in names], [f"    {name}.AREA," for name in names]
    yield f"{_PLACE}/areas.py", whole("\n".join([_HEAD, *imports, ")", "", "AREAS = (", *values, ")", ""]))
