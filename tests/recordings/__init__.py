# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of NAS, which users contributed."""
