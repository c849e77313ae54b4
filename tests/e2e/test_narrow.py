"""The map on a telephone: one thing at a time, all of it within the screen."""

from tests.e2e.driver import SignIn
from tests.e2e.places import along

ZONE = "新川智能网联测试道路"


def test_everything_fits_a_telephone_and_can_be_reached(sign_in: SignIn) -> None:
    operator = sign_in("operator-a")
    operator.window.narrow()
    operator.looks_at("zones", ZONE)
    assert operator.window.sideways_px() == 0

    operator.begins_application("窄屏绘制")
    assert operator.window.sideways_px() == 0

    operator.turns_to("map")
    operator.window.rest()
    operator.draws("route", along("xc-30", "xc-31"))
    assert operator.window.sideways_px() == 0

    operator.turns_to("panel")
    operator.can_submit()
    operator.saves()
    assert operator.window.sideways_px() == 0
