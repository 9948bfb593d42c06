"""A browser for the tests that open pages."""

import os
import shutil

import pytest

REQUIRED = bool(os.environ.get("REQUIRE_BROWSER"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def chromium():
    """An installed browser; none is downloaded."""
    if not REQUIRED:
        pytest.importorskip("playwright")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        (pytest.fail if REQUIRED else pytest.skip)(f"none of {', '.join(BROWSERS)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()
