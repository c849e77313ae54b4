"""Writes docs/screens: what people see of a registry that `make run` is serving.

Usage: python -m tools.screens [ORIGIN] [PASSWORD]; by default the demo at 127.0.0.1:8000.
"""

import sys
from pathlib import Path

from tests.e2e.browser import Window, chromium

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
LARGE = {"width": 1440, "height": 900}
SCREENS = [
    ("workspace", "industry", "zh", "light", "三环路东南段与新川片区载人示范应用"),
    ("workspace-dark", "police", "en", "dark", ""),
]


def main(origin: str = "http://127.0.0.1:8000", password: str = "demo-only") -> None:
    """Sign in as each person, open what they look at, and keep the picture."""
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for name, person, language, theme, opened in SCREENS:
            window = Window.open(browser, origin, language, theme)
            window.page.set_viewport_size(LARGE)
            window.by("input").first.fill(person)
            window.by("input[type=password]").fill(password)
            window.by("input[type=password]").press("Enter")
            window.sees("[data-idle]")
            window.rest()
            if opened:
                window.by("button.row").filter(has_text=opened).first.click()
                window.rest()
            window.page.screenshot(path=FOLDER / f"{name}.png")
            window.page.context.close()
            print(FOLDER / f"{name}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
