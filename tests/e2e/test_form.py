"""The application form: nothing written is lost unasked, nothing missing is kept from anyone."""

from tests.e2e.driver import SignIn
from tests.e2e.places import along

ZONE = "新川智能网联测试道路"


def test_unsaved_work_is_asked_about_before_it_is_lost(sign_in: SignIn) -> None:
    operator = sign_in("operator-a")
    operator.looks_at("zones", ZONE)
    operator.begins_application("未保存的申请")

    operator.window.reload_is_held()
    operator.still_writes("未保存的申请")
    operator.window.back()
    operator.stays_when_asked()
    operator.still_writes("未保存的申请")
    operator.leaves_for("restrictions")
    operator.stays_when_asked()
    operator.still_writes("未保存的申请")
    operator.leaves_for("restrictions")
    operator.gives_up_when_asked()


def test_saved_work_is_left_without_a_question(sign_in: SignIn) -> None:
    operator = sign_in("operator-a")
    operator.looks_at("zones", ZONE)
    operator.begins_application("已保存的申请")
    operator.draws("route", along("xc-30", "xc-31"))
    operator.is_told()
    operator.saves()

    operator.leaves_for("applications")

    operator.window.sees_no(".apply")


def test_back_does_not_reopen_the_form_of_what_was_handed_in(sign_in: SignIn) -> None:
    operator = sign_in("operator-a")
    operator.looks_at("zones", ZONE)
    operator.begins_application("新川四街接驳测试")
    operator.draws("route", along("xc-30", "xc-31"))
    operator.can_submit()
    operator.submits()

    operator.window.back()

    operator.window.sees("[data-panel] h2", ZONE)
    operator.window.sees_no(".apply")


def test_what_is_missing_is_named_before_and_after_handing_in(sign_in: SignIn) -> None:
    operator = sign_in("operator-a")
    operator.looks_at("zones", ZONE)
    operator.begins_application("缺材料的申请")
    operator.draws("route", along("xc-30", "xc-31"))
    operator.can_submit()

    operator.saves()
    operator.sees_missing("未填写车辆")
    operator.submits()
    operator.sees_missing("未填写车辆")

    reviewer = sign_in("managing-unit")
    reviewer.looks_at("applications", "缺材料的申请")
    reviewer.sees_missing("未填写车辆")
    reviewer.sees_missing("测试方案")


def test_an_office_that_comes_too_late_is_told_and_sees_what_is_now(sign_in: SignIn) -> None:
    operator = sign_in("operator-a")
    operator.looks_at("zones", ZONE)
    operator.begins_application("将撤回的申请")
    operator.draws("route", along("xc-30", "xc-31"))
    operator.can_submit()
    operator.submits()
    reviewer = sign_in("managing-unit")
    reviewer.looks_at("applications", "将撤回的申请")
    operator.withdraws()

    reviewer.signs_too_late()

    reviewer.window.sees("[data-panel] [role=alert]", "内容已被他人更新")
    reviewer.sees_state("withdrawn")
    reviewer.window.sees_no(".el-dialog")
