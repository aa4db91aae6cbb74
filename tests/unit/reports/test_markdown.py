# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from html import escape as html_escape
from html import unescape

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.markdown import (
    MOST_HOSTS,
    MOST_LINES,
    escape,
    markdown,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from markdown_it import MarkdownIt

MIXED, HOSTILE = samples.mixed_report(), samples.hostile_report()

# The elements that the report itself is made of.
_OURS = {"h1", "h2", "p", "ul", "li", "strong", "code"}


def render(text: str) -> str:
    """HTML as GitHub would make it, where HTML in Markdown is let through and links are found in plain text."""
    renderer = MarkdownIt("gfm-like", {"html": True})
    assert renderer.linkify is not None
    # A bare name with a dot, such as that of a host, stays a link to what it says.
    renderer.linkify.set({"fuzzy_link": False})
    return str(renderer.render(text))


def elements(html: str) -> set[str]:
    return set(re.findall(r"<(\w+)", html))


def shown(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_it_tells_the_totals_first() -> None:
    lines = markdown(MIXED).splitlines()
    assert lines[0] == "# Fleet"
    assert lines[2] == "- **6 hosts**: 2 ok, 1 partial, 1 unsupported, 1 failed, 1 not gathered; 6 fail the run"
    assert lines[3] == "- **30 verdicts**: 3 pass, 2 fail, 18 unknown, 2 not applicable, 5 excepted"


def test_hosts_that_were_not_read_are_named_with_the_reason() -> None:
    text = shown(render(markdown(MIXED)))
    for host in ("c-part", "d-none", "e-failed", "f-missing"):
        assert re.search(rf"^{host} (partial|unsupported|failed|not gathered): \w", text, re.MULTILINE)


def test_findings_come_by_verdict_and_severity_the_worst_first() -> None:
    headings = re.findall(r"^## (.*) \(", markdown(MIXED), re.MULTILINE)
    assert headings == [
        "Not read, so that nothing is known of them",
        "Without a MailPlus Server that answers",
        "Read in part",
        "Fail, high",
        "Fail, medium",
        "Unknown, high",
        "Unknown, medium",
        "Unknown, low",
        "Why mails wait",
        "Where waiting mails go",
        "Differs from the baseline",
        "Not compared with the baseline",
    ]
    assert (
        "## Fail, high (1): fails the run\n\n"
        "- **IMAP is off**: b-bad (true). Expected: equals false. Untick Enable IMAP.\n"
    ) in markdown(MIXED)


def test_an_empty_fleet_has_a_report() -> None:
    assert markdown(samples.report([])).splitlines()[2:5] == [
        "- **0 hosts**: none; 0 fail the run",
        "- **0 verdicts**: none",
        "- **Differences**: not compared, there is no baseline",
    ]


def test_long_lists_say_how_many_more_there_are() -> None:
    on = samples.section({"enable_imap": True} | {f"key{number:02}": 1 for number in range(MOST_LINES + 5)})
    hosts = [samples.record(f"host{number:03}", imap_pop3=on) for number in range(MOST_HOSTS + 7)]
    text = markdown(samples.report(hosts, [samples.rule()], baseline=samples.record()))
    assert f"host{MOST_HOSTS - 1:03} and 7 more\n" in text
    assert f"host{MOST_HOSTS:03}" not in text
    assert "\n- and 6 more\n" in text


def test_no_host_that_was_not_read_is_left_out_of_a_long_list() -> None:
    hosts = [samples.failed(f"host{number:03}") for number in range(MOST_LINES + 30)]
    text = markdown(samples.report(hosts))
    assert all(host.host in text for host in hosts)


@pytest.mark.parametrize("report", [MIXED, HOSTILE, samples.report([])], ids=["mixed", "hostile", "empty"])
def test_nothing_but_our_own_mark_up_is_in_it(report: Report) -> None:
    text = markdown(report)
    text.encode()
    assert all(line.isprintable() for line in text.split("\n"))
    assert elements(render(text)) <= _OURS


def test_hostile_text_is_inert() -> None:
    text = shown(render(markdown(HOSTILE)))
    assert "<script>alert(1)</script>" in text
    assert "{{ lookup('pipe', 'id') }}" in text
    assert not re.search(r"@|#\d|www\.", text)
    assert not re.search("//", re.sub(r"`[^`]*`", "", markdown(HOSTILE)))


@pytest.mark.parametrize(
    "text", [*samples.HOSTILE, "1. one", "- two", "> three", "***", "~~~", "a\\", "&amp;", "&#64;all"]
)
def test_escaped_text_shows_as_it_is(text: str) -> None:
    html = render(f"- **{escape(text)}**: {escape(text)}")
    assert elements(html) <= {"ul", "li", "strong", "code"}
    assert html.count("<li>") == 1
    if text.isascii() and text.isprintable() and not re.search("[@#]|//|www", text):
        assert text in shown(html)


def test_a_mail_address_is_no_link_and_names_nobody() -> None:
    assert escape("anna@example.com, #12, x//y") == (
        "anna\N{FULLWIDTH COMMERCIAL AT}example.com, \N{FULLWIDTH NUMBER SIGN}12, x\N{FULLWIDTH SOLIDUS}/y"
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://127.0.0.1:5001 refuses the connection.", "https://127.0.0.1:5001"),
        ("Look at http://[::1]:5000/a_b?c=1%20&d=2.", "http://[::1]:5000/a_b?c=1%20&d=2"),
        ("\\http://x.test/`@here`", "http://x.test/"),
        ("[a](http://x.test)", "http://x.test"),
        ("http://u:p@x.test", "http://u:p"),
    ],
)
def test_an_address_can_be_copied_and_is_no_link(text: str, address: str) -> None:
    html = render(f"- **{escape(text)}**")
    assert f"<code>{html_escape(address, quote=False)}</code>" in html
    assert elements(html) == {"ul", "li", "strong", "code"}


def test_long_text_is_cut() -> None:
    assert escape("x" * 5000) == "x" * 300 + "…"


def test_the_same_report_gives_the_same_text() -> None:
    assert markdown(MIXED) == markdown(samples.mixed_report())
