"""Curves of a device: zoom, what is asked for, and samples."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.web._page import curved, drag_over, post, sign_in

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

_ROW = {"nrBat": 3.6, "blArea": True, "latitude": -23.5, "longitude": -46.6}


# Seen to fail: with a Curve.zoom that returns at once.
def test_a_curve_zooms(page, base):
    curved(base)
    sign_in(page, base, section="#/devices/7")
    chart = page.locator("#view-device .chart").first
    expect(chart.locator(".u-title")).to_have_text("Peso")
    with page.expect_response(lambda one: "/v2/data/points" in one.url):
        drag_over(page, chart)
    expect(chart).to_have_attribute("data-points", re.compile(r"^[1-9]$"))


# Seen to fail: on the page as it was: after four drawings it asked four times.
def test_a_double_click_asks_once_however_often_a_curve_was_drawn(page, base):
    curved(base)
    sign_in(page, base, section="#/devices/7")
    chart = page.locator(".chart").first
    for index in (1, 2, 1):
        page.get_by_label("Sensor").select_option(index=index)
        expect(chart.locator(".u-title")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "data/points" in one.url else None)
    with page.expect_response(lambda one: "/v2/data/points" in one.url):
        chart.locator(".u-over").dblclick()
    assert len(asked) == 1


# Seen to fail: on the page as it was, which drew the newest 1,000 rows of the day without a word.
def test_the_battery_of_a_whole_day_is_shown_and_a_sample_is_called_one(page, base):
    def answer(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        begin, end = (datetime.fromisoformat(query[name][0]) for name in ("dtInicio", "dtFim"))
        size = int(query["pageSize"][0])
        step = timedelta(seconds=1)
        count = min(size, int((end - begin) / step))
        rows = [_ROW | {"dtRegistro": (end - step * (one + 1)).isoformat()} for one in range(count)]
        more = count < (end - begin) / step
        route.fulfill(json={"data": rows, "total": 0, "pageSize": size, "nextCursor": "x" if more else None})

    page.route("**/v2/HistoricoPaginaDispositivo/**", answer)
    curved(base)
    sign_in(page, base, section="#/devices/7")
    battery = page.locator(".chart").nth(1)
    expect(battery.get_by_role("status")).to_contain_text("A sample")
    expect(battery.get_by_role("img")).to_have_attribute("aria-label", re.compile("960 points"))
    drawn = battery.locator("canvas").bounding_box()
    assert drawn["width"] > 280


# Seen to fail: with a refresh that looks at what is shown, not at what was asked for.
def test_a_zoom_is_kept_when_the_device_reports_before_its_points_are_there(page, base):
    curved(base)
    sign_in(page, base, section="#/devices/7")
    chart = page.locator("#view-device .chart").first
    expect(chart.locator(".u-over")).to_be_visible()
    held: list[Route] = []
    page.route("**/v2/data/points**", lambda route: held.append(route))
    drag_over(page, chart)
    with page.expect_response(lambda one: "/v2/data/latest" in one.url):
        assert post(base).status_code == 201  # what is shown is asked for again
    page.unroute("**/v2/data/points**")
    for one in held:
        one.continue_()
    expect(chart.get_by_role("button", name="Show the whole day")).to_be_visible()


# Seen to fail: with a return where there are no points.
def test_a_span_without_points_is_said_to_be_empty_and_the_curve_stays(page, base):
    curved(base)
    sign_in(page, base, section="#/devices/7")
    chart = page.locator("#view-device .chart").first
    expect(chart.locator(".u-over")).to_be_visible()
    page.route("**/v2/data/points**", lambda route: route.fulfill(json={"data": [], "complete": True}))
    chart.get_by_role("button", name="Earlier").click()
    expect(chart.get_by_role("status")).to_have_text("Nothing here.")
    expect(chart.locator(".u-over")).to_be_visible()
