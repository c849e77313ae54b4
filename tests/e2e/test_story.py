"""An application from the first click to the permit, each person in a session of their own."""

from tests.e2e.driver import SignIn
from tests.e2e.places import along

ZONE = "新川智能网联测试道路"
TITLE = "新川三街接驳测试"


def test_an_operator_draws_departments_sign_and_the_lead_confirms(sign_in: SignIn) -> None:
    street = along("xc-20", "xc-21")
    lon, lat = street[2]
    beside_the_road = (lon + 0.002, lat + 0.002)

    operator = sign_in("operator-a")
    operator.looks_at("zones", ZONE)
    operator.begins_application(TITLE)

    operator.draws("route", [*street[:3], beside_the_road])
    assert operator.is_told() == "conflict"
    operator.sees_finding("blocking")
    operator.cannot_submit()

    operator.removes_shape(1)
    operator.draws("route", street)
    assert operator.is_told() == "conflict"
    operator.sees_finding("coordination")

    operator.names_vehicle_and_cover()
    operator.submits()
    offices = operator.sees_offices_to_sign()
    lead = operator.sees_lead_office()
    assert lead in offices

    for office in offices:
        if office != lead:
            reviewer = sign_in(office)
            reviewer.looks_at("applications", TITLE)
            reviewer.sees_finding("coordination")
            reviewer.signs(remark="同意，夜间加强巡查。")
            reviewer.sees_signed(office)

    leader = sign_in(lead)
    leader.looks_at("applications", TITLE)
    leader.confirms()
    leader.sees_state("confirmed")

    operator.comes_back()
    operator.looks_at("permits", TITLE)
    operator.sees_state("confirmed")


def test_a_returned_application_says_why_and_can_be_handed_in_again(sign_in: SignIn) -> None:
    operator = sign_in("operator-a")
    operator.looks_at("zones", ZONE)
    operator.begins_application("新川五街配送测试")
    operator.draws("route", along("xc-40", "xc-41"))
    operator.can_submit()
    operator.names_vehicle_and_cover()
    operator.submits()

    reviewer = sign_in("managing-unit")
    reviewer.looks_at("applications", "新川五街配送测试")
    reviewer.signs("退回", remark="请补充夜间照明说明。")
    reviewer.sees_state("returned")

    operator.comes_back()
    operator.looks_at("applications", "新川五街配送测试")
    operator.sees_state("returned")
    operator.sees_remark("请补充夜间照明说明。")
    operator.edits()
    operator.can_submit()
    operator.submits()


def test_language_and_theme_are_remembered(sign_in: SignIn) -> None:
    person = sign_in("operator-b")

    person.switches_to_english()
    person.switches_to_dark()
    person.comes_back()

    person.sees_english()
    person.sees_dark()
