# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and secrets to hide in raw recordings, every form that they can take there, and how to find what is left."""

from __future__ import annotations

import base64
import json
import quopri
import re
from collections.abc import Iterator
from email.header import Header
from typing import Any
from urllib.parse import quote

_PEM = "-----BEGIN {0} PRIVATE KEY-----\n{1}\n-----END {0} PRIVATE KEY-----\n"


def _words(text: str) -> list[str]:
    return re.findall(r"\S+", text)


PLANTS: dict[str, list[str]] = {
    "first name": _words(
        """
        Annelore Bogdan Chiara Desmond Elif Farahnaz Gudrun Hanneke Ingrid Jaroslav Küllike Łukasz Maximilian Mark Adam
        Abel Zeke Vivek Xaver Kaja Nguyễn Олег 渡辺花子
        """
    ),
    "last name": _words(
        """
        Winterfeld Kowalczyk Fontanella Okonkwo Karahan Benslimane Müllerschön Petrovski Žižková Ó'Sullivan Obrecht
        Smith-Jones MacAllister dell'Acqua Vandenberghe
        """
    ),
    "full name": ["Gudrun Altmayer", "Frau Dr. Ines Quintanilha", "Obrecht, Wanda", "渡辺 謙太郎", "Дмитрий Соколов"],
    "login": [
        "g.altmayer",
        "svc-binder77",
        "jdoe_ext",
        "awinterf",
        "CORP\\bkowalcz",
        "petrovskig1",
        "x7okonkwo",
        "hvdveen",
        "1026benslimane",
        "root_berger",
    ],
    "address": [
        "gudrun.altmayer@kanzlei-berger.de",
        "i.quintanilha+privat@posteo.example",
        "Torvald.Lindqvist@nordhav.se",
        "postmaster@xn--mllerschn-27a.de",
        "küllike@müllerschön.de",
        "wanda@[203.0.113.81]",
        '"O\'Sullivan, Niamh" <niamh@dublinlaw.ie>',
        "chef@kanzlei-berger.co.uk",
    ],
    "subject": [
        "Dismissal talk on Monday",
        "Salary of Bogdan Kowalczyk",
        "AW: Kündigung Wohnung Lindenallee",
        "Re: Merger with Nordhav, confidential",
        "Your biopsy results",
    ],
    "host": [
        "mx7.kanzlei-berger.de",
        "nas-lindenallee",
        "exchange-old.corp.nordhav.se",
        "vault07",
        "DESKTOP-9QK3T1",
        "berger.synology.me",
        "fileserver.berger.intern",
    ],
    "domain": [
        "kanzlei-berger.de",
        "nordhav.se",
        "dublinlaw.ie",
        "müllerschön.de",
        "xn--mllerschn-27a.de",
        "lindenallee.org",
    ],
    "ipv4": ["87.123.45.211", "10.77.3.14", "192.168.178.63", "172.19.204.5", "203.0.113.81", "5.9.77.142"],
    "ipv6": [
        "2a02:8109:9ac0:5d4:211:32ff:fe77:8a1b",
        "fe80::211:32ff:fe77:8a1b",
        "2001:db8:85a3::8a2e:370:7334",
        "fd12:3456::77",
    ],
    "mac": ["00:11:32:77:8a:1b", "90-09-D0-4E-51-C3", "001132778a1b", "0011.3277.8a1b"],
    "serial": ["2150SBR0W4H7K", "ZL2N8Q4X-77", "1930PDN004711", "WD-WCC7K5ENSU31", "S3Z8NB0K912345P"],
    "licence": ["MPSL-7K2M-9QXV-3RTN-8HJW", "ABCDE-FGHIJ-KLMNO-PQRST", "4ZC8VB1N6YDE2KPT", "1111-2222-3333-4444"],
    "password": [
        "r3lay & s3cret",
        "Pf3!smarthost-Vk29",
        "hunter2hunter",
        "correct horse battery staple",
        "!§$%&/()=?",
        "#~+*'-_.:;<>|",
        "82640917",
        "Sommer2023!",
        "p@ssw0rd:with@signs",
        "päßwörtér",
        "  leading and trailing  ",
    ],
    "pem": [
        _PEM.format("RSA", "MIIEpAIBAAKCAQEAz1plantedDkimPrivateKeyQ7d3kXw0bq8J5vT"),
        _PEM.format("EC", "MHcCAQEEIIplantedEllipticCurveKey0aZ3kXw0bq8J5vTqQ7d3k"),
        "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAplantedCertificateOfBerger\n-----END CERTIFICATE-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIplantedHostKeyOfTheNas root@vault07",
    ],
    "token": [
        "ya29.planted-migration-token-Hs83",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJndWRydW4ifQ.c2lnbmF0dXJl",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "d41d8cd98f00b204e9800998ecf8427e",
        "6f1c2b9e-77aa-4c1d-9e2f-0b5a8d3c4e71",
        "sid=Zk3X9qPlanted0SessionId4711",
        "Bearer 9f86d081884c7d659a2feaa0c55ad015",
    ],
    "phone": ["+49 151 2345 6789", "004915123456789", "030/8477-1190", "(0521) 998-7631", "+1-202-555-0173"],
    "number": ["4915123456789", "3012345678", "88442266", "5500000000000004", "733184", "91847", "1780000123"],
    "pin": ["8264", "4719", "93057", "660917"],
    "path": [
        "/volume1/homes/galtmayer/Dismissals 2026",
        "\\\\vault07\\personal\\obrecht",
        "C:\\Users\\awinterf\\Desktop\\salaries.xlsx",
        "/volume1/MailPlus/@local/1026/1026",
    ],
    "dn": ["uid=galtmayer,cn=users,dc=kanzlei-berger,dc=de", "CN=Wanda Obrecht,OU=Bielefeld,O=Kanzlei Berger"],
    "file name": ["salaries_lindqvist.xlsx", "Kündigung_Obrecht.pdf", "biopsy-quintanilha.jpeg", "berger.pst"],
    "cookie": ["id=Qx7plantedCookie9; smid=vault07session", "JSESSIONID=7E2FA0B54D1C8842ACDE"],
    "birthday": ["1987-04-12", "12.04.1987", "April 12, 1987", "19870412", "1987/04/12"],
    "place": ["Lindenallee 77, 33602 Bielefeld", "48.137154, 11.576124", "Bielefeld", "DE89370400440532013000"],
    "licence plate": ["BI-KB 7731", "M-XQ 4082"],
    "query": ["heliotrope merger", "from:quintanilha has:attachment"],
    "company": ["Kanzlei Berger & Partner mbB", "Nordhav Shipping AB"],
    "group": _words("it-buchhaltung personalrat-nord azubis2026 vorstandsrunde empfang-bielefeld lager07 kantine"),
    "list": _words("team-heliotrope alle-mitarbeiter rundmail-kanzlei presseverteiler mandanten newsletter-nordhav"),
    "chat name": _words("@gudrun_a #lindenallee ~wanda xX_Jaro_Xx +desmond"),
    "device": _words("Gudruns-iPhone WANDA-LAPTOP printer-lindenallee Galaxy-S23-von-Elif thinkpad-x1-bogdan"),
    "wifi": ["Lindenallee 77 Gast", "FRITZ!Box 7590 Berger"],
    "tax": _words("DE123456789 12/345/67890 65-929970-8 PESEL85010112345"),
    "certificate": ["CN=vault07, O=Kanzlei Berger, C=DE", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"],
    "message id": ["<20260316154937.4719.gudrun@mx7.kanzlei-berger.de>", "<CAF=plantedMessage77@mail.nordhav.se>"],
    "code": _words("KB-2026-0815-LIND 7F3A-99C1-B0DE otp:449182 S/KEY:HEAR-COCA-FRED"),
    "url": ["https://vault07.kanzlei-berger.de:5001/?share=Xk7plantedShare", "smb://vault07/obrecht"],
    "ldap filter": ["(&(uid=galtmayer)(memberOf=cn=vorstand,dc=nordhav))"],
    "script": ["#!/bin/sh\\ncurl -u berger:heliotrope77 vault07"],
    "alias": ["vertrieb-nord", "buchhaltungsued", "betriebsrat", "geschaeftsleitung"],
}

EVERY = [plant for plants in PLANTS.values() for plant in plants]

# Pieces of plants that tell nothing, or are part of stand-ins of all hosts.
_HARMLESS = {
    *re.findall(
        r"\S+",
        """
        1026 alle april attachment mail sha256 share
        battery bearer begin certificate confidential corp correct desktop ed25519
        exchange from horse intern leading local mailplus migration monday personal postmaster privat private results
        root session signs staple synology talk token trailing users volume1 with wohnung your example and
        """,
    )
}


def forms(plant: str) -> Iterator[Any]:
    """A plant as a value of JSON, in every form that anybody thought of."""
    raw = plant.encode()
    yield from (plant, plant.upper(), plant.lower(), plant.title(), plant[::-1], f" {plant}\n", f"x{plant}x", plant * 2)
    yield from _texts(plant)
    yield from _encoded(raw)
    yield from (
        json.dumps({"user": plant, "n": [plant, 1]}),
        json.dumps({"user": plant}, ensure_ascii=False),
        json.dumps(json.dumps([plant])),
        [ord(character) for character in plant],
        [str(ord(character)) for character in plant],
        [[byte] for byte in raw],
        {str(place): byte for place, byte in enumerate(raw)},
        list(plant),
        [plant[place : place + 2] for place in range(0, len(plant), 2)],
        re.split(r"[\s@.,:/-]+", plant),
        " ".join(plant),
        "\x00".join(plant),
        "".join(f"&#{ord(character)};" for character in plant),
        "".join(f"\\u{ord(character):04x}" for character in plant if ord(character) < 0x10000),
        {"name": "displayname", "value": plant},
        {"value": {"value": [[plant]]}},
        {plant: plant},
        {plant: {"count": 3, "status": "enabled"}},
        {f"{plant}_quota": 5, f"max {plant}": True, f"smtp.{plant}": None},
    )
    digits = re.sub("[^0-9]", "", plant)
    if len(digits) > 3 and digits.isascii():
        yield from (int(digits), -int(digits), float(digits), int(digits) / 100, str(int(digits)), {digits: 1})
        yield [int(digit) for digit in digits]
        yield {"pin": int(digits), "value": int(digits), "id": int(digits), "code": int(digits), "name": int(digits)}


def _texts(plant: str) -> Iterator[str]:
    yield from (
        f"Mail for {plant} was held.",
        f"<p>Dear {plant},</p>",
        f"Authorization: Basic {base64.b64encode(f'user:{plant}'.encode()).decode()}",
        f"Set-Cookie: id={plant}; Path=/",
        f"Received: from {plant} ({plant} [192.0.2.4]) by mx; Mon, 16 Mar 2026 15:49:37 +0100",
        f"https://{quote(plant)}:{quote(plant)}@host.example.net/{quote(plant)}?q={quote(plant)}",
        f"{plant}@bulk.example.net",
        f"user@{plant.replace(' ', '')}.example.net",
        f"*@{plant}",
        f"2026-03-16 15:49:37 {plant}",
        f"3.2.1-{plant}",
        f"enabled {plant}",
        f"[hidden]{plant}",
        Header(plant, "utf-8").encode(),
        quopri.encodestring(plant.encode()).decode("ascii"),
        quote(plant, safe=""),
        "".join(f"%{byte:02x}" for byte in plant.encode()),
    )


def _encoded(raw: bytes) -> Iterator[str]:
    for shift in ("", "x", "xy"):
        yield base64.b64encode(shift.encode() + raw).decode()
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
    yield base64.b32encode(raw).decode()
    yield from (raw.hex(), raw.hex(" "), raw.hex(":"), f"0x{raw.hex()}")
    yield f"-----BEGIN PUBLIC KEY-----\n{base64.encodebytes(raw).decode()}-----END PUBLIC KEY-----"
    yield f"data:text/plain;base64,{base64.b64encode(raw).decode()}"


def traces(plant: str) -> set[str]:
    """What must not be found of a plant, in small letters, in none of the writings of a recording."""
    found = {plant, json.dumps(plant)[1:-1], quote(plant, safe="")} | ({plant[::-1]} if len(plant) > 5 else set())
    found |= {piece for piece in re.split(r"[^\w]+|_", plant) if piece.casefold() not in _HARMLESS}
    raw = plant.encode()
    if len(raw) > 5:
        for shift in range(3):
            begin = 0 if shift == 0 else 4
            found.add(base64.b64encode(b"x" * shift + raw).decode()[begin:].rstrip("=")[:-2])
        found |= {raw.hex(), base64.b32encode(raw).decode().rstrip("=")[:-2]}
    digits = re.sub("[^0-9]", "", plant)
    if digits.isascii():
        found |= {digits, digits.lstrip("0"), digits[::-1]}
    years = {f"{year}" for year in range(1970, 2100)}
    return {trace.strip().casefold() for trace in found - years if len(trace.strip()) > 3}


def writings(text: str) -> str:
    """A file as it stands, and with all escapes of JSON decoded, in small letters."""
    decoded = json.dumps(json.loads(text), ensure_ascii=False)
    return f"{text}\n{decoded}\n{decoded.encode().decode('unicode_escape', 'replace')}".casefold()
