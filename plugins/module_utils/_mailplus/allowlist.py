# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be sent to a NAS: a list of pairs, since the name of a method does not tell whether it only reads.

Every other pair is one that must never be sent. The file ``methods.yml`` of the tests says of each method why.
"""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE

READ_ALLOWLIST = frozenset((read.api, read.method) for section in CATALOGUE for read in section.reads)
