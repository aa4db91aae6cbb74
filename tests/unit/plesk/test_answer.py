# SPDX-License-Identifier: GPL-3.0-or-later
"""The packet in an answer: within bounds, without declarations, and one clear line where there is none."""

from __future__ import annotations

import tracemalloc
from http import HTTPStatus

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import Kind, ServerError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk import answer as answer_module
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.answer import MOST_LEVELS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.elements import Element, plain
from ansible_collections.mailfleet.mailplus.tests.unit.support.fake_plesk import NOISE, parsed

LAUGHS = """<?xml version="1.0"?><!DOCTYPE packet [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><packet>&c;</packet>"""
OUTSIDE = '<!DOCTYPE packet [<!ENTITY x SYSTEM "file:///etc/passwd">]><packet>&x;</packet>'
PARAMETER = '<!DOCTYPE packet [<!ENTITY % x SYSTEM "http://192.0.2.1/x.dtd"> %x;]><packet/>'


def failure(body: bytes | str, status: int = 200, content_type: str = "text/xml") -> str:
    """The name of the error, which is one of the connection, in one line."""
    with pytest.raises(ServerError) as caught:
        parsed(body, status, content_type)
    text = str(caught.value)
    assert caught.value.kind is Kind.CONNECTION
    assert "https://plesk.example.com:8443" in text
    assert len(text.splitlines()) == 1
    assert not NOISE.search(text)
    assert "DSM" not in text
    assert "NAS" not in text
    return caught.value.details.name


@pytest.mark.parametrize("body", [LAUGHS, OUTSIDE, PARAMETER, "<!DOCTYPE packet><packet/>"])
def test_declarations_are_refused(body: str) -> None:
    assert failure(body) == "declarations"


@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 100_000])
def test_depth_is_bounded(levels: int) -> None:
    assert failure("<packet>" + "<a>" * (levels - 1) + "</a>" * (levels - 1) + "</packet>") == "nested_too_deep"


def test_what_is_as_deep_as_may_be_is_read() -> None:
    inner = MOST_LEVELS - 1
    assert parsed("<packet>" + "<a>" * inner + "</a>" * inner + "</packet>").name == "packet"


def test_a_hostile_answer_takes_little_memory() -> None:
    body = b"<packet>" + b"<q/>" * 2_000_000 + b"</packet>"
    tracemalloc.start()
    try:
        assert failure(body) == "too_many_elements"
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 64 << 20


def test_the_number_of_elements_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_module, "MOST_ELEMENTS", 1000)
    assert failure("<packet>" + "<a/>" * 1000 + "</packet>") == "too_many_elements"
    assert len(parsed("<packet>" + "<a/>" * 999 + "</packet>").children) == 999


@pytest.mark.parametrize(
    "body",
    [
        "<packet>",
        "<packet><a></packet>",
        "<packet></packet><packet/>",
        "<packet>&nothing;</packet>",
        "<packet>&#0;</packet>",
        "<packet a=1/>",
        "<",
        b"<packet>\x00</packet>",
        b"<packet>cut within a character \xc3",
        '<?xml version="1.0" encoding="UTF-8"?><packet>cut',
        "<packet/>" + "\x00",
    ],
)
def test_xml_that_is_cut_short_or_damaged(body: bytes | str) -> None:
    assert failure(body) == "truncated_xml"


@pytest.mark.parametrize(
    "body",
    [
        b"<packet>\xff</packet>",
        b"<packet>\xed\xa0\x80</packet>",  # half a character
        '<?xml version="1.0" encoding="ISO-8859-1"?><packet>\xfc</packet>'.encode("latin-1"),
        '<?xml version="1.0" encoding="UTF-16"?><packet/>'.encode("utf-16"),
    ],
)
def test_another_encoding_than_utf8_is_said_so(body: bytes) -> None:
    assert failure(body) == "not_utf8"


@pytest.mark.parametrize(
    "body", ["", " \r\n", b"\xef\xbb\xbf", '{"a": 1}', "text", "<html></html>", "<!DOCTYPE HTML>", "\n<HTML>"]
)
def test_what_is_no_xml(body: bytes | str) -> None:
    assert failure(body, content_type="application/json; charset=utf-8") == "not_xml"


def text_or_failure(body: bytes) -> str:
    """What a packet says, or the name of the error."""
    try:
        return parsed(body).text
    except ServerError as error:
        return error.details.name


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037"])
def test_other_encodings_are_read_as_they_are_or_refused(encoding: str) -> None:
    assert text_or_failure("<packet>ü</packet>".encode(encoding)) in ("ü", "not_xml", "not_utf8")


@pytest.mark.parametrize("name", ["rot13", "idna", "unicode_escape", "utf-7", "latin-1", "zip"])
def test_the_encoding_is_not_left_to_what_an_answer_declares(name: str) -> None:
    body = f'<?xml version="1.0" encoding="{name}"?><packet>ü+AGE-</packet>'
    assert text_or_failure(body.encode()) in ("ü+AGE-", "truncated_xml")


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (204, "not_xml"),
        (403, "not_xml"),
        (404, "not_xml"),
        (413, "http_failed"),
        (500, "http_failed"),
        (504, "http_failed"),
    ],
)
def test_another_status_than_200_is_no_answer(status: int, name: str) -> None:
    assert failure("<packet/>", status) == name


def test_a_login_that_http_refuses_is_refused() -> None:
    with pytest.raises(ServerError) as caught:
        parsed("", HTTPStatus.UNAUTHORIZED)
    assert (caught.value.kind, caught.value.details.name, caught.value.details.code) == (
        Kind.LOGIN,
        "unauthorized",
        401,
    )
    assert str(caught.value).startswith("https://plesk.example.com:8443 refuses the login (HTTP 401). ")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_said_so(status: int) -> None:
    assert failure("", status) == "redirected"


@pytest.mark.parametrize("body", ["<other/>", "<ns:packet xmlns:ns='urn:x'/>", "<Packet/>", "<rss><packet/></rss>"])
def test_xml_of_others(body: str) -> None:
    assert failure(body) == "not_plesk"


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf<packet><a>x</a></packet>",
        b"\r\n <packet><a>x</a></packet>",
        b'<?xml version="1.0"?>\n<packet version="1.6.9.1"><a>x</a></packet>\n',
        b"<packet xmlns='urn:plesk'><a>x</a></packet>",
        b"<packet><!-- a comment --><a><?php system('id') ?>x</a></packet>",
        b"<packet><a><![CDATA[x]]></a></packet>",
        b"<packet><a b='" + b"y" * 1_000_000 + b"'>x</a></packet>",
    ],
)
def test_what_is_only_unusual_is_read(body: bytes) -> None:
    assert parsed(body, content_type="text/html").children == [Element("a", text="x")]


def test_text_is_data() -> None:
    text = "a &amp; &lt;b&gt; &#233; {{ 7 * 7 }} <![CDATA[</packet>]]> \u202e\u2028"
    assert parsed(f"<packet>{text}</packet>").text == "a & <b> é {{ 7 * 7 }} </packet> \u202e\u2028"


def test_what_elements_hold_is_passed_on_as_it_was_sent() -> None:
    body = "<packet><a>1</a><b/><c><d>x</d><d> y </d></c><c>z</c><m>mixed<e/></m></packet>"
    assert plain(parsed(body)) == {
        "a": "1",
        "b": "",
        "c": [{"d": ["x", " y "]}, "z"],
        "m": {"e": "", "#text": "mixed"},
    }


def test_no_key_means_anything_to_ansible() -> None:
    names = ("__ansible_type", "_ansible_no_log", "ansible_host")
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in zip(names, "xyz", strict=True))
    assert plain(parsed(f"<packet>{inner}</packet>")) == {
        "~__ansible_type": "x",
        "~_ansible_no_log": "y",
        "ansible_host": "z",
    }
