# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as people meet it, in a browser."""

from __future__ import annotations

import importlib.resources
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.browser.conftest import BIG, Open
from ansible_collections.mailfleet.mailplus.tests.browser.support import pictures, samples
from playwright.sync_api import Browser, Page, expect

_ROOT = Path(__file__).parents[2]
_PHONE = {"viewport": {"width": 360, "height": 740}}
_COLUMNS = 10
_SHOWN_ROWS = "#hosts-table tbody tr:not([hidden])"
# Sections that are off the screen are not laid out, and nothing is hidden in details: so that all can be looked at.
_LAY_OUT_ALL = """() => {
  const sheet = document.styleSheets[0];
  sheet.insertRule(".host, .rule { content-visibility: visible !important }", sheet.cssRules.length);
  document.querySelectorAll("details").forEach((element) => { element.open = true; });
}"""
_PDF_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
_KEYS = """(column) => [...document.querySelectorAll("#hosts-table tbody tr")].map((row) =>
  row.cells[column].dataset.v ?? row.cells[column].textContent)"""


@pytest.mark.parametrize("name", ["demo", "hostile", "big"])
def test_it_says_nothing_and_asks_for_nothing(open_report: Open, name: str) -> None:
    opened = open_report(name)
    opened.page.evaluate(_LAY_OUT_ALL)
    opened.page.mouse.wheel(0, 5000)
    opened.page.wait_for_load_state("networkidle")
    assert opened.said == []
    assert opened.requests == [opened.url]


def test_the_policy_of_the_page_lets_nothing_in(open_report: Open) -> None:
    page = open_report("demo").page
    page.evaluate("""async () => {
      const add = (name, content) => {
        const element = document.createElement(name);
        element.textContent = content;
        document.body.append(element);
      };
      add("script", "window.hit = 1");
      add("style", "h1 { display: none }");
      document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.hit = 1' style='color: red'>");
      await fetch("https://example.com/").catch(() => { window.refused = true; });
    }""")
    assert page.evaluate("[window.hit, window.refused]") == [None, True]
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("column", range(_COLUMNS))
def test_each_column_sorts_both_ways(open_report: Open, column: int) -> None:
    page = open_report("big").page
    button = page.locator("#hosts-table thead button").nth(column)
    before = _keys(page, column)
    for direction in ("ascending", "descending"):
        button.press("Enter")  # a pointer can miss while a page of this size is still being laid out
        assert page.locator("#hosts-table th[aria-sort]").count() == 1
        assert button.locator("..").get_attribute("aria-sort") == direction
        found = _keys(page, column)
        assert sorted(found) == sorted(before), "no row is lost"
        known = [key for key in found if key != ""]
        assert found == known + [""] * (len(found) - len(known)), "what is not known is at the end"
        ordered = sorted(known, key=lambda key: float(key) if _is_number(key) else key)
        assert known == (ordered if direction == "ascending" else ordered[::-1])


def _keys(page: Page, column: int) -> list[str]:
    keys: list[str] = page.evaluate(_KEYS, column)
    return keys


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def test_the_filters_change_the_rows_and_the_count(open_report: Open) -> None:
    page = open_report("demo").page
    live, rows = page.locator("#live"), page.locator(_SHOWN_ROWS)
    expect(live).to_have_text("8 of 8 hosts shown")
    page.fill("#filter-text", "MAIL-HA")
    expect(live).to_have_text("2 of 8 hosts shown")
    assert rows.locator("th").all_inner_texts() == ["mail-ha-1", "mail-ha-2"]
    page.fill("#filter-text", "")
    page.select_option("#filter-status", "failed")
    expect(live).to_have_text("2 of 8 hosts shown")
    assert rows.locator("th").all_inner_texts() == ["mail-riga", "mail-turin"]
    page.fill("#filter-text", "no such host")
    expect(live).to_have_text("0 of 8 hosts shown")
    page.click("#filter-reset")
    expect(live).to_have_text("8 of 8 hosts shown")
    page.select_option("#filter-severity", label="high or worse")
    severe = page.locator("#hosts-table tbody tr:is([data-rank='4'], [data-rank='5'])").count()
    assert severe > 0
    expect(live).to_have_text(f"{severe} of 8 hosts shown")
    page.select_option("#filter-severity", label="critical")
    critical = page.locator("#hosts-table tbody tr[data-rank='5']").count()
    assert critical < severe
    expect(live).to_have_text(f"{critical} of 8 hosts shown")
    page.select_option("#filter-severity", label="high or worse")
    page.fill("#filter-text", "imap_unencrypted oslo")
    expect(live).to_have_text("1 of 8 hosts shown")
    assert live.get_attribute("aria-live") == "polite"


def test_the_keyboard_is_enough(open_report: Open) -> None:
    page = open_report("demo").page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    _tab_to(page, "#filter-text")
    page.keyboard.type("oslo")
    expect(page.locator("#live")).to_have_text("1 of 8 hosts shown")
    _tab_to(page, "#hosts-table thead th:nth-child(4) button")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(page.locator("#hosts-table thead th:nth-child(4)")).to_have_attribute("aria-sort", "descending")
    _tab_to(page, "#timeline-1 summary")
    page.keyboard.press("Enter")
    expect(page.locator("#timeline-1 details table")).to_be_visible()


def _tab_to(page: Page, selector: str) -> None:
    for _step in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} cannot be reached with the Tab key")


def test_the_tab_key_goes_through_all_and_leaves(open_report: Open) -> None:
    page = open_report("demo").page
    focusable = page.locator("a[href], button, input, select, summary, [tabindex='0']").count()
    seen = page.evaluate("() => { window.seen = new Set(); return 0; }")
    for _step in range(focusable + 1):
        page.keyboard.press("Tab")
        seen = page.evaluate("() => window.seen.add(document.activeElement).size")
    closed = page.locator("details:not([open]) :is(a[href], [tabindex='0'])").count()
    assert seen >= focusable - closed


@pytest.mark.parametrize(
    "options",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, _PHONE, {**_PHONE, "color_scheme": "dark"}],
    ids=["light", "dark", "phone", "phone dark"],
)
@pytest.mark.parametrize("name", ["demo", "hostile"])
def test_axe_finds_nothing_serious(open_report: Open, name: str, options: dict[str, Any]) -> None:
    page = open_report(name, **options).page
    page.evaluate(_LAY_OUT_ALL)
    page.evaluate((importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    violations = [
        f"{one['impact']} {one['id']}: {[node['html'] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert violations == []
    assert [one["id"] for one in found] == [], "nor anything lesser"


@pytest.mark.parametrize("name", ["demo", "hostile", "big"])
@pytest.mark.parametrize("width", [320, 360, 768, 1024])
def test_a_narrow_screen_does_not_scroll_sideways(open_report: Open, name: str, width: int) -> None:
    page = open_report(name, viewport={"width": width, "height": 740}).page
    if name != "big":
        page.evaluate(_LAY_OUT_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_without_scripts_everything_is_there(open_report: Open) -> None:
    page = open_report("demo", java_script_enabled=False).page
    expect(page.locator("#hosts-table tbody tr")).to_have_count(8)
    expect(page.locator("#hosts-table tbody tr").last).to_be_visible()
    expect(page.locator(".host")).to_have_count(8)
    expect(page.locator("#controls")).to_be_hidden()
    expect(page.locator("#hosts-table button")).to_have_count(0)
    page.locator("#host-1 summary").first.click()
    expect(page.locator("#host-1 details li").first).to_be_visible()


def test_paper_shows_all_hosts_and_no_controls(open_report: Open) -> None:
    page = open_report("demo").page
    page.select_option("#filter-status", "failed")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
    page.emulate_media(media="print")
    expect(page.locator("#controls")).to_be_hidden()
    expect(page.locator(".toc")).to_be_hidden()
    assert _visible(page, "#hosts-table tbody tr") == 8
    assert _visible(page, ".host") == 8


def test_paper_shows_what_was_opened(open_report: Open) -> None:
    page = open_report("demo").page
    first = page.locator("#host-1 details li").first
    page.emulate_media(media="print")
    expect(page.locator(".paper")).to_be_visible()
    expect(first).to_be_hidden()
    page.locator("#host-1 details").first.evaluate("(one) => { one.open = true; }")
    expect(first).to_be_visible()


@pytest.mark.parametrize(("name", "most"), [("three", 7), ("demo", 16)])
def test_a_report_does_not_take_many_pages(open_report: Open, name: str, most: int) -> None:
    assert len(_PDF_PAGE.findall(open_report(name).page.pdf(format="A4", prefer_css_page_size=True))) <= most


def test_no_page_begins_behind_a_header(open_report: Open) -> None:
    page = open_report("demo").page
    page.emulate_media(media="print")
    apart = """() => [...document.querySelectorAll("thead")].filter((head) => {
      const style = getComputedStyle(head);
      const body = head.parentElement.tBodies[0];
      const first = body && body.rows[0];
      const joined = !first || getComputedStyle(first).breakBefore === "avoid";
      return style.display === "table-header-group" && !(joined && style.breakInside === "avoid");
    }).length"""
    assert page.evaluate(apart) == 0


@pytest.mark.parametrize("name", ["three", "big"])
@pytest.mark.parametrize("width", [390, 1024, 1400])
def test_no_name_of_a_host_is_broken(open_report: Open, name: str, width: int) -> None:
    page = open_report(name, viewport={"width": width, "height": 900}).page
    if name != "big":
        page.evaluate(_LAY_OUT_ALL)
    broken = """() => [...document.querySelectorAll("main > section:not(#each-host) a[href^='#host-']")]
      .filter((link) => link.offsetParent)
      .map((link) => { const range = document.createRange(); range.selectNodeContents(link); return [link, range]; })
      .filter(([, range]) => new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size > 1)
      .map(([link]) => link.textContent)"""
    assert page.evaluate(broken) == []


@pytest.mark.parametrize("name", ["three", "changed"])
@pytest.mark.parametrize("width", [390, 1200, 1366])
def test_nothing_runs_over_its_card(open_report: Open, name: str, width: int) -> None:
    page = open_report(name, viewport={"width": width, "height": 900}).page
    over = """() => [...document.querySelectorAll(".matrix, .moved, .moved caption, .hosts, .toc a")].filter((one) => {
      const card = one.closest(".tile, .scroll, .toc");
      const right = card.getBoundingClientRect().right - parseFloat(getComputedStyle(card).paddingRight);
      return one.getBoundingClientRect().right > right + 0.5;
    }).map((one) => one.className || one.textContent)"""
    assert page.evaluate(over) == []


def test_figures_that_changed_are_stacked_on_a_phone(open_report: Open) -> None:
    page = open_report("changed", viewport={"width": 390, "height": 900}).page
    row = page.locator(".moved tbody tr").first
    assert row.evaluate("(one) => one.offsetHeight") < 200
    assert row.locator("th, td").evaluate_all("(all) => new Set(all.map((one) => one.offsetTop)).size") > 4


@pytest.mark.parametrize("width", [320, 1200])
def test_a_path_is_broken_between_words_only(open_report: Open, width: int) -> None:
    page = open_report("changed", viewport={"width": width, "height": 900}).page
    cut = """() => [...document.querySelectorAll(".paths dt")].flatMap((one) => [...one.childNodes])
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => { const range = document.createRange(); range.selectNode(node); return [node, range]; })
      .filter(([, range]) => range.getClientRects().length > 1).map(([node]) => node.textContent)"""
    expect(page.locator(".paths dt").first).to_have_text("antivirus.data.a_name_of_a_setting_that_is_long")
    assert page.evaluate(cut) == []


def test_each_change_has_a_line_of_its_own_on_paper(open_report: Open) -> None:
    page = open_report("changed").page
    page.emulate_media(media="print")
    tops = page.locator(".change .why div").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().top)")
    assert len(tops) > 3
    assert len(set(tops)) == len(tops)


def test_views_of_the_fleet_are_there_and_lead_to_hosts(open_report: Open) -> None:
    page = open_report("demo").page
    views = page.locator("#views .view")
    titles = [text.split(" of ")[0] for text in views.locator("h3").all_inner_texts()]
    assert titles[:3] == ["Why mails wait", "Where waiting mails go", "What administrators did"]
    nodes = views.filter(has_text="Nodes of a cluster")
    assert nodes.locator("tbody a").all_inner_texts() == ["mail-ha-1", "mail-ha-2"]
    nodes.locator("tbody a").first.press("Enter")
    expect(page.locator(":target h3")).to_contain_text("mail-ha-1")


def _visible(page: Page, selector: str) -> int:
    script = "(all) => all.filter((one) => one.getClientRects().length && one.getClientRects()[0].height > 0).length"
    count: int = page.locator(selector).evaluate_all(script)
    return count


def test_nothing_moves_by_itself(open_report: Open) -> None:
    page = open_report("demo").page
    page.locator("#hosts-table thead button").first.press("Enter")
    moving = """[...document.querySelectorAll("*")].filter((one) => {
      const style = getComputedStyle(one);
      return style.scrollBehavior !== "auto" || style.transitionDuration !== "0s" || style.animationName !== "none";
    }).length"""
    assert page.evaluate(moving) == 0


@pytest.mark.parametrize("number", [1, 23, 260, BIG])
def test_a_link_leads_to_the_host(open_report: Open, number: int) -> None:
    page = open_report("big").page
    page.locator("#hosts-table tbody a").nth(number - 1).press("Enter")
    expect(page.locator(f"#host-{number} h3")).to_be_in_viewport()
    page.locator(f"#host-{number} .back a").press("Enter")
    expect(page.locator("#hosts-title")).to_be_in_viewport()


def test_what_servers_send_is_text_and_nothing_else(open_report: Open) -> None:
    opened = open_report("hostile")
    page = opened.page
    page.evaluate(_LAY_OUT_ALL)
    for element in page.locator("#hosts-table a, #hosts-table thead button").all()[:30]:
        element.hover()
    page.fill("#filter-text", samples.HOSTILE[1])
    expect(page.locator("#live")).not_to_have_text("0 of 9 hosts shown")
    assert opened.said == []
    assert opened.requests == [opened.url]
    assert page.title().startswith(samples.HOSTILE[0])
    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, object, form, base, a:not([href^='#'])").count() == 0
    attributes = "[...document.querySelectorAll('*')].flatMap((one) => [...one.attributes].map((each) => each.name))"
    names = set(page.evaluate(attributes))
    assert [name for name in names if name.startswith("on") or name in ("style", "srcdoc")] == []
    text = page.locator("main").evaluate("(main) => main.textContent")
    for hostile in (one for one in samples.HOSTILE if one.isprintable()):
        assert text.count(hostile) > 20
    assert "\\u202egnp.exe" in text
    assert not any(character in page.content() for character in "\x00\x07\x1b\x9b\u202e\u2066\u2069")


def test_the_inventory_is_folded_and_opens(open_report: Open) -> None:
    page = open_report("big").page
    tables = page.locator("#inventory details")
    assert tables.count() == 3
    assert page.locator("#inventory table").first.is_hidden()
    tables.filter(has_text="Certificates:").locator("summary").press("Enter")
    rows = tables.filter(has_text="Certificates:").locator("tbody tr")
    expect(rows.first).to_be_visible()
    assert rows.count() == 25
    assert rows.first.locator("td").last.inner_text() == "-9 days"
    for table in tables.all():
        table.evaluate("(one) => { one.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_fleet_of_many_hosts_opens_and_filters(
    open_report: Open, files: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file = files("big")
    started = time.monotonic()
    page = open_report("big").page
    opened = time.monotonic() - started
    nodes = page.evaluate("document.querySelectorAll('*').length")
    timings = page.evaluate("""async () => {
      const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      const measure = async (act) => {
        const start = performance.now();
        act();
        await painted();
        return Math.round(performance.now() - start);
      };
      const severity = document.getElementById("filter-severity");
      const set = (value) => () => { severity.value = value; severity.dispatchEvent(new Event("change")); };
      return {
        filter: await measure(set("4")),
        clear: await measure(set("0")),
        sort: await measure(() => document.querySelectorAll("#hosts-table thead button")[6].click()),
      };
    }""")
    with capsys.disabled():
        size = file.stat().st_size / 1_000_000
        print(f"\n{BIG} hosts: {size:.1f} MB, {nodes} elements, opened in {opened:.2f} s, in ms: {timings}")
    assert nodes < BIG * 400
    page.fill("#filter-text", "mail-0023")
    expect(page.locator("#live")).to_have_text(f"1 of {BIG} hosts shown")
    page.locator(_SHOWN_ROWS).locator("a").press("Enter")
    expect(page.locator("#host-23 h3")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [pictures.PHONE, pictures.DESKTOP], ids=["phone", "desktop"])
def test_pictures_to_look_at(
    browser: Browser, files: Callable[[str], Path], size: tuple[int, int], scheme: pictures.Scheme
) -> None:
    directory = Path(os.environ.get("MAILPLUS_SCREENSHOTS", _ROOT / "build" / "screenshots"))
    picture = directory / f"report-{size[0]}x{size[1]}-{scheme}.png"
    pictures.take(browser, files("demo"), picture, size, scheme)
    assert picture.stat().st_size > 10_000


@pytest.mark.skipif(os.environ.get("MAILPLUS_WRITE_DOCS") != "1", reason="MAILPLUS_WRITE_DOCS is not 1")
def test_the_picture_of_the_documentation_is_written(browser: Browser, files: Callable[[str], Path]) -> None:
    picture = _ROOT / "docs" / "images" / "report.png"
    pictures.take(browser, files("demo"), picture, pictures.DESKTOP)
    assert picture.stat().st_size < 300_000
