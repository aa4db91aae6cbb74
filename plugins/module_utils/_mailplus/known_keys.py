# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of answers that somebody attested, by API and method, each with its evidence.

Synology publishes no key of MailPlus Server. So this is all that is known, and the one place that says so:
documentation is made of it, and answers are compared with it. A key that nobody attested is not here.

A path leads to a key from the data of an answer: ``[]`` is any item of a list, ``*`` any key where the keys are names
that depend on the NAS. Of a path ``domains[].domain_id|id`` one of both is there, one that ends in ``?`` is not always
there. Whoever attests a key attests what is above it, so that is not named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

DOCSTRING = "the docstring of a client"
CLIENT = "the code of a client"
LIVE = "a live NAS"
PUBLISHED = "a published answer of a NAS"
RECORDING = "the recording "
"""What the evidence of a recording begins with; the name of a file in tests/recordings follows."""

WORDS = (DOCSTRING, CLIENT, LIVE, PUBLISHED)
"""All evidence but that of recordings, the weakest first."""

_PREFIX = "SYNO.MailPlusServer."


@dataclass(frozen=True)
class Attested:
    """What one kind of evidence attests: keys by their paths, at ``versions``, or at one that was not told."""

    evidence: str
    paths: tuple[str, ...]
    versions: tuple[int, ...] = ()


def by(evidence: str, *paths: str, at: int | None = None) -> Attested:
    """What ``evidence`` attests, at one version where that is known."""
    return Attested(evidence, paths, () if at is None else (at,))


def below(path: str, *keys: str) -> tuple[str, ...]:
    """The paths of several keys of one mapping."""
    return tuple(f"{path}.{key}" for key in keys)


KNOWN: dict[tuple[str, str], tuple[Attested, ...]] = {
    # -------------------------------------------------------------------------------------------------- MailPlus Server
    ("Alias", "list"): (
        by(CLIENT, "total", *below("alias_list[]", "name", "member_list[].name", "member_list[].type"), at=1),
    ),
    ("Audit.AdminLog", "list"): (by(DOCSTRING, "log_list", "offset", "total"),),
    ("Audit.TransactionLog", "list"): (by(DOCSTRING, "items", "offset", "total", "is_migrating"),),
    ("Domain", "list"): (by(CLIENT, *below("domains[]", "domain_id|id", "name"), at=1),),
    ("IMAP_POP3", "get"): (
        by(LIVE, "enable_imap", "enable_imaps", "enable_pop3", "enable_pop3s", "security_imappop3_auth"),
        by(CLIENT, "enable_imap", "enable_imaps", "enable_pop3", "enable_pop3s", "security_imappop3_auth"),
    ),
    ("Queue", "list"): (by(DOCSTRING, "items", "total"),),
    ("Security.BlackwhiteList", "list"): (
        by(
            CLIENT,
            "total",
            *below("blackwhite_list[]", "id", "enable", "description", "pattern", "type", "action"),
            at=2,
        ),
    ),
    ("ServerList", "list"): (by(DOCSTRING, "server_list", "balancer_enabled", "cluster_syncing"),),
    ("Statistic", "get_analysis"): (by(CLIENT, "total", *below("result_list[]", "name", "count"), at=3),),
    ("Util", "list_user"): (by(CLIENT, "total", "user_list[].name"),),
    # --------------------------------------------------------------------------------------------------- the DSM below
    ("SYNO.Backup.Task", "list"): (
        by(
            LIVE,
            *below("task_list[]", "task_id", "name", "type", "state", "is_modified"),
            *below("task_list[]", "last_bkp_time", "next_bkp_time", "last_bkp_result"),
            *below("task_list[].source", "file_list[].folderPath", "app_name_list"),
            at=1,
        ),
        by(CLIENT, "total?", "task_list[].schedule?", at=1),
    ),
    ("SYNO.Core.Certificate.CRT", "list"): (
        by(
            LIVE,
            *below("certificates[]", "id", "desc", "is_default", "is_broken", "renewable", "user_deletable"),
            *below("certificates[]", "key_types", "signature_algorithm", "valid_from", "valid_till"),
            *below("certificates[]", "self_signed_cacrt_info?"),
            *below("certificates[].issuer", "common_name", "organization?", "country?"),
            *below("certificates[].subject", "common_name", "organization?", "country?", "sub_alt_name?"),
            *below("certificates[].services[]", "service", "subscriber", "owner", "display_name", "isPkg"),
            at=1,
        ),
    ),
    ("SYNO.Core.Directory.Domain", "get"): (by(LIVE, "enable_domain", at=1),),
    ("SYNO.Core.Directory.LDAP", "get"): (
        by(LIVE, "enable_client", "server_address", "base_dn", "bind_dn", "encryption", "profile", at=2),
        by(LIVE, "ldap_schema", "is_syno_server", "tls_reqcert", "update_min", "error", at=2),
        by(CLIENT, "host", at=1),
    ),
    ("SYNO.Core.Package", "list"): (
        by(
            PUBLISHED,
            *below("packages[]", "id", "name", "version", "timestamp"),
            *below("packages[].additional", "status", "status_origin", "status_code", "status_description"),
            *below("packages[].additional", "startable?", "beta?", "install_type?"),
        ),
    ),
    ("SYNO.Core.Region.NTP", "get"): (
        by(PUBLISHED, "enable_ntp", "server", "timezone", "timestamp", "date", "hour", at=3),
    ),
    ("SYNO.Core.Web.Security.TLSProfile", "get"): (
        by(
            PUBLISHED, "default-level", *below("services.*", "current-level", "display-name", "display-name-i18n"), at=1
        ),
    ),
    ("SYNO.DSM.Info", "getinfo"): (
        by(PUBLISHED, "model", "ram", "serial", "temperature", "temperature_warn", "time", "uptime", at=2),
        by(PUBLISHED, "version", "version_string", "codepage", at=2),
    ),
    ("SYNO.Storage.CGI.Storage", "load_info"): (
        by(
            PUBLISHED,
            *below("volumes[]", "id", "status", "fs_type", "size.total", "size.used"),
            *("disks", "storagePools", "ssdCaches", "env"),
            at=1,
        ),
    ),
}
"""By API (below ``SYNO.MailPlusServer.``, or by its whole name) and method."""


@dataclass(frozen=True)
class KnownKey:
    """A key that is known, and who attests it: kinds of evidence, each with the versions where these are known.

    ``group`` are the paths of which one is enough, its own among them. One that is ``sometimes`` there is not missing
    where it is not.
    """

    path: str
    group: tuple[str, ...]
    sometimes: bool
    attested: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def evidence(self) -> tuple[str, ...]:
        """Each kind of evidence, once."""
        return tuple(dict.fromkeys(evidence for evidence, _versions in self.attested))

    @property
    def shown(self) -> str:
        """Its path, with the other keys of which one is enough behind it."""
        return "|".join([self.group[0], *(path.rpartition(".")[2] for path in self.group[1:])])

    def is_due(self, version: int) -> bool:
        """Whether it has to be there at a version. What other versions have tells nothing of this one."""
        at = any(not versions or version in versions for _evidence, versions in self.attested)
        return at and not self.sometimes


@lru_cache(maxsize=512)
def known_keys(api: str, method: str) -> tuple[KnownKey, ...]:
    """The known keys of an answer, those that are named first before those below them. An API has its whole name."""
    found: dict[str, KnownKey] = {}
    for attested in KNOWN.get((api.removeprefix(_PREFIX), method), ()):
        for written in attested.paths:
            for key in _keys_of(written, (attested.evidence, attested.versions)):
                found[key.path] = _together(found.get(key.path), key)
    return tuple(found.values())


def _keys_of(written: str, attested: tuple[str, tuple[int, ...]]) -> Iterable[KnownKey]:
    """The keys of a path as it is written: those above, then itself, or those of which one is enough."""
    steps = written.split(".")
    for depth in range(1, len(steps)):
        path = ".".join(steps[:depth]).removesuffix("[]")
        if path and steps[depth - 1] != "*":
            yield KnownKey(path, (path,), False, (attested,))
    sometimes = written.endswith("?")
    above, dot, last = written.removesuffix("?").rpartition(".")
    group = tuple(f"{above}{dot}{key}" for key in last.split("|"))
    yield from (KnownKey(path, group, sometimes, (attested,)) for path in group)


def _together(one: KnownKey | None, other: KnownKey) -> KnownKey:
    if one is None:
        return other
    attested = tuple(dict.fromkeys((*one.attested, *other.attested)))
    return KnownKey(one.path, one.group, one.sometimes and other.sometimes, attested)
