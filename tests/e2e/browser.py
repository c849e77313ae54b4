"""The browser under the tests: the only file that knows Playwright.

Everything a page may not do is gathered as a complaint: requests to other hosts, violations of the
content security policy, errors in the console, uncaught exceptions.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeAlias

from playwright.sync_api import (
    Browser,
    Locator,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

Chromium: TypeAlias = Browser
CHROMIUM = "/usr/bin/chromium"
PATIENCE_S = 30.0
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
TILE_PX = 512

_REMEMBERED = "testzone.preferences"
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));
"""
_RECTANGLE = (
    "(map) => { const r = map.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; }"
)


def until(holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Returns once `holds` does; fails naming `what` when it never does.

    The page's own waiting needs eval, which the content security policy forbids.
    """
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, f"waited {patience_s:.0f} s in vain: {what}"
        time.sleep(0.1)


@dataclass(frozen=True)
class Window:
    """One person's browser window on the product."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, chromium: Chromium, origin: str, language: str, theme: str) -> Self:
        """A fresh window with nothing remembered but language and theme."""
        context = chromium.new_context(viewport=VIEWPORT, timezone_id="Asia/Shanghai")
        context.set_default_timeout(PATIENCE_S * 1000)
        preferences = json.dumps({"language": language, "theme": theme})
        context.add_init_script(
            f"localStorage.getItem('{_REMEMBERED}') ?? "
            f"localStorage.setItem('{_REMEMBERED}', {json.dumps(preferences)});"
        )
        context.add_init_script(_TELL_VIOLATIONS)
        window = cls(context.new_page(), origin)
        window._listen()
        window.page.goto(origin + "/")
        return window

    def _listen(self) -> None:
        self.page.on("request", lambda request: self._note_outside(request))
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on(
            "console",
            lambda line: self.complaints.append(line.text) if line.type == "error" else None,
        )

    def _note_outside(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.complaints.append(f"outside request: {request.url}")

    def button(self, name: str) -> Locator:
        """The button called `name`, exactly."""
        return self.page.get_by_role("button", name=name, exact=True)

    def by(self, selector: str) -> Locator:
        """Whatever matches a CSS selector."""
        return self.page.locator(selector)

    def press(self, name: str) -> None:
        """Press the button called `name`."""
        self.button(name).click()

    def fill(self, label: str, text: str) -> None:
        """Write into the field labelled so."""
        self.page.get_by_label(label, exact=True).fill(text)

    def choose_first(self, label: str) -> None:
        """Pick the first option of the select labelled so."""
        select = self.page.get_by_role("combobox", name=label, exact=True)
        select.press("ArrowDown")
        options = self.page.locator(f"#{select.get_attribute('aria-controls')}")
        options.get_by_role("option").first.click()
        if select.get_attribute("aria-expanded") == "true":
            select.press("Escape")

    def sees(self, selector: str, text: str = "") -> None:
        """Fails unless something that matches is visible, with this text in it."""
        expect(self.page.locator(selector).filter(has_text=text).first).to_be_visible(
            timeout=PATIENCE_S * 1000
        )

    def sees_no(self, selector: str) -> None:
        """Fails unless nothing that matches is visible any more."""
        shown = self.page.locator(selector).filter(visible=True)
        expect(shown).to_have_count(0, timeout=PATIENCE_S * 1000)

    def reload(self) -> None:
        """Load the page anew; what it remembers is still there."""
        self.page.reload()
        self.sees("[data-idle]")

    def reload_is_held(self) -> None:
        """Fails unless the page asks before it is loaded anew; the answer is to stay."""
        with self.page.expect_event("dialog") as asked:
            self.page.evaluate("() => void setTimeout(() => location.reload())")
        assert asked.value.type == "beforeunload"
        asked.value.dismiss()

    def back(self) -> None:
        """Press the browser's Back."""
        self.page.go_back()

    def forgive(self, status: int) -> None:
        """Take back what the browser complains of when the registry refuses with that status."""
        self.complaints[:] = [
            said for said in self.complaints if f"status of {status} " not in said
        ]

    def rest(self) -> None:
        """Returns once the map has drawn everything it has."""
        map_ = self.page.locator("[data-idle]")
        until(lambda: map_.get_attribute("data-idle") == "true", "the map comes to rest")
        time.sleep(0.3)
        until(lambda: map_.get_attribute("data-idle") == "true", "the map stays at rest")

    def click_at(self, lon: float, lat: float) -> None:
        """Click the map where that position is drawn."""
        x, y = self._pixel(lon, lat)
        mouse = self.page.mouse
        mouse.move(x, y, steps=4)
        mouse.down()
        mouse.up()
        # two clicks within a double click's time would be taken for one
        time.sleep(0.06)

    def _pixel(self, lon: float, lat: float) -> tuple[float, float]:
        map_ = self.page.locator("[data-idle]")
        view = json.loads(map_.get_attribute("data-view") or "{}")
        left, top, width, height = map_.evaluate(_RECTANGLE)
        x, y = _mercator(lon, lat)
        centre_x, centre_y = _mercator(view["lon"], view["lat"])
        world_px = TILE_PX * 2.0 ** view["zoom"]
        return (
            left + width / 2 + (x - centre_x) * world_px,
            top + height / 2 + (y - centre_y) * world_px,
        )

    def narrow(self) -> None:
        """Make the window as small as a telephone."""
        self.page.set_viewport_size(TELEPHONE)

    def sideways_px(self) -> int:
        """How far the page can be scrolled sideways."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return wider

    def photograph(self, file: Path) -> None:
        """Write what the window shows as a PNG."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=file)


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    """The position on the map's unit square, x to the east and y to the south."""
    northing = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return (lon + 180) / 360, (1 - northing / math.pi) / 2


@contextmanager
def chromium() -> Iterator[Chromium]:
    """The system's Chromium, without a window on any screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        yield browser
        browser.close()
