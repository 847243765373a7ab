"""What happens to people of the notes application whose session ends: tested in Chromium, without waiting."""

import pytest
from playwright.sync_api import Page, expect
from tests.example.app import NOTES

from nightlatch.testing.guarded_site import Nightlatch


def test_who_was_away_for_too_long_is_asked_to_log_in_again(nightlatch: Nightlatch, page: Page) -> None:
    ada = nightlatch.login(page, user="ada")
    page.goto(nightlatch.base_url)
    expect(page.locator("#who")).to_have_text("ada")
    nightlatch.assert_active(ada)
    nightlatch.warp(minutes=15)
    page.reload()
    assert "/.nightlatch/login" in page.url
    nightlatch.assert_expired(ada, clock="idle")


def test_a_note_survives_the_end_of_the_session(nightlatch: Nightlatch, page: Page) -> None:
    nightlatch.login(page, user="ada")
    page.goto(nightlatch.base_url)
    page.get_by_label("Note").fill("do not lose me")
    nightlatch.warp(minutes=16)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("You were signed out")
    assert "ada" not in NOTES
    nightlatch.login(page, user="ada")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#saved")).to_have_text("saved")
    expect(page.get_by_role("alert")).to_be_hidden()
    assert NOTES.pop("ada") == "do not lose me"


def test_a_tab_that_is_only_open_keeps_nobody_logged_in(nightlatch: Nightlatch, page: Page) -> None:
    page.clock.install()
    ada = nightlatch.login(page, user="ada")
    page.goto(nightlatch.base_url)
    expect(page.locator("#unread")).to_have_text("3")
    for _ in range(4):
        with page.expect_response("**/api/unread"):
            nightlatch.warp("4m", page)
    expect(page.get_by_role("alert")).to_be_visible()
    nightlatch.assert_expired(ada, clock="idle")


@pytest.mark.nightlatch(idle="5m", absolute="12m")
def test_however_busy_after_twelve_minutes_it_is_over(nightlatch: Nightlatch) -> None:
    nightlatch.freeze()
    ada = nightlatch.login(user="ada")
    for _ in range(3):
        nightlatch.warp(minutes=3, seconds=59)
        assert nightlatch.ask("/", ada).status == 200
    nightlatch.warp(seconds=2)
    assert nightlatch.ask("/", ada).status == 200, "a second before"
    nightlatch.warp(seconds=1)
    assert nightlatch.ask("/", ada).clock == "absolute"
    nightlatch.assert_expired(ada, clock="absolute")
