"""What people do with the map, in their own words; the stories are written in these verbs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.browser import Chromium, Window, until

Position = tuple[float, float]


@dataclass(frozen=True)
class Person:
    """Someone at the map, in a browser session of their own."""

    name: str
    window: Window

    @classmethod
    def signs_in(
        cls, chromium: Chromium, origin: str, name: str, password: str, theme: str = "light"
    ) -> "Person":
        """The person, signed in and looking at the map."""
        window = Window.open(chromium, origin, language="zh", theme=theme)
        window.fill("账号", name)
        window.fill("密码", password)
        window.press("登录")
        window.sees("[data-idle]")
        window.rest()
        return cls(name, window)

    def begins_application(self, title: str) -> None:
        """Open the form and give the application its title."""
        self.window.press("新建申请")
        self.window.fill("申请名称", title)

    def looks_at(self, tab: str, title: str) -> None:
        """Pick something in the list; the map goes there."""
        self.window.by(f'[data-tab="{tab}"]').click()
        self.window.by("button.row").filter(has_text=title).first.click()
        self.window.sees("[data-panel] h2", title)
        self.window.rest()

    def draws(self, tool: str, path: Sequence[Position]) -> None:
        """Draw with a tool: each position clicked, the last once more to finish."""
        self.window.by(f'[data-tool="{tool}"]').click()
        shapes = self.window.by("[data-shape]")
        before = shapes.count()
        for lon, lat in (*path, path[0] if tool == "area" else path[-1]):
            self.window.click_at(lon, lat)
        until(lambda: shapes.count() == before + 1, "the shape is drawn")

    def removes_shape(self, number: int) -> None:
        """Take a drawn shape away again."""
        self.window.by("[data-shape]").nth(number - 1).get_by_label("删除").click()

    def is_told(self) -> str:
        """The verdict of the pre-check, once it has answered."""
        settled = self.window.by('[data-checking="false"] [data-verdict]')
        settled.wait_for()
        return settled.get_attribute("data-verdict") or ""

    def sees_finding(self, severity: str) -> None:
        """Fails unless a finding of that severity is listed with its rule."""
        self.window.sees(f'[data-severity="{severity}"]')

    def names_vehicle_and_cover(self) -> None:
        """Fill in with what, under whose eyes, and how insured: the first of each offered."""
        for label in ("测试车辆", "安全员 / 驾驶员", "保险"):
            self.window.choose_first(label)

    def can_submit(self) -> None:
        """Fails unless the pre-check, once it has answered, leaves handing in open."""
        self.is_told()
        assert self.window.button("提交申请").is_enabled()

    def cannot_submit(self) -> None:
        """Fails unless the pre-check, once it has answered, puts handing in out of reach."""
        self.is_told()
        assert self.window.button("提交申请").is_disabled()

    def saves(self) -> None:
        """Keep the draft."""
        self.window.press("保存草稿")
        self.window.sees(".el-message", "草稿已保存")

    def submits(self) -> None:
        """Hand the application in, gaps and all; it is shown with those who must sign."""
        self.window.press("提交申请")
        self.window.sees(".el-message-box [data-missing]")
        self.window.press("仍然提交")
        self.window.sees(".el-message", "申请已提交")
        self.window.sees("[data-role]")

    def sees_missing(self, name: str) -> None:
        """Fails unless that is named among what the application lacks."""
        self.window.sees("[data-panel] [data-missing] li", name)

    def withdraws(self) -> None:
        """Take the application at hand back."""
        self.window.by('[data-step="withdraw"]').click()
        self.window.press("确定")
        self.sees_state("withdrawn")

    def leaves_for(self, tab: str) -> None:
        """Press the first thing of another list, with the form open."""
        self.window.by(f'[data-tab="{tab}"]').click()
        self.window.by("button.row").first.click()

    def stays_when_asked(self) -> None:
        """Fails unless asked whether unsaved work may go; answers no."""
        self.window.sees(".el-message-box", "未保存")
        self.window.press("继续填写")
        self.window.sees_no(".el-message-box")

    def gives_up_when_asked(self) -> None:
        """Fails unless asked whether unsaved work may go; answers yes."""
        self.window.sees(".el-message-box", "未保存")
        self.window.press("放弃修改")
        self.window.sees_no(".apply")

    def still_writes(self, title: str) -> None:
        """Fails unless the form is open with that title."""
        assert self.window.by('input[name="title"]').input_value() == title

    def turns_to(self, face: str) -> None:
        """On a narrow screen: show the map, or the panel that lies beside it on a wide one."""
        self.window.by(f'[data-to="{face}"]').click()

    def edits(self) -> None:
        """Open the application at hand in the form again."""
        self.window.by('[data-step="edit"]').click()

    def sees_offices_to_sign(self) -> list[str]:
        """The accounts of the offices that must sign, in order."""
        lines = self.window.by("[data-role]").all()
        return [(line.get_attribute("data-role") or "").replace("_", "-") for line in lines]

    def sees_lead_office(self) -> str:
        """The account of the office that confirms."""
        lead = self.window.by("[data-role]").filter(has_text="牵头").first
        return (lead.get_attribute("data-role") or "").replace("_", "-")

    def sees_remark(self, text: str) -> None:
        """Fails unless an office's remark is shown."""
        self.window.sees("blockquote", text)

    def sees_state(self, state: str) -> None:
        """Fails unless what is selected stands in that state."""
        self.window.sees(f'[data-panel] header [data-state="{state}"]')

    def signs(self, decision: str = "同意", remark: str = "") -> None:
        """Sign the version on screen for one's office."""
        self.window.by('[data-step="review"]').click()
        self.window.by(".el-dialog .el-radio-button").filter(has_text=decision).first.click()
        if remark:
            self.window.fill("说明", remark)
        self.window.press("签署")
        self.window.sees(".el-message", "意见已签署")

    def signs_too_late(self) -> None:
        """Sign what has changed meanwhile; the registry refuses."""
        self.window.by('[data-step="review"]').click()
        self.window.by(".el-dialog .el-radio-button").first.click()
        self.window.press("签署")
        self.window.sees_no(".el-dialog")
        self.window.forgive(409)

    def sees_signed(self, office: str) -> None:
        """Fails unless that office is shown as having signed."""
        role = office.replace("-", "_")
        self.window.sees(f'[data-role="{role}"][data-signed="true"]')

    def confirms(self) -> None:
        """Confirm for all; the permit is shown."""
        self.window.by('[data-step="confirm"]').click()
        self.window.press("确定")
        self.window.sees(".el-message", "许可已核发")

    def comes_back(self) -> None:
        """Load the page again, as after a night."""
        self.window.reload()
        self.window.rest()

    def switches_to_english(self) -> None:
        """Press the language switch."""
        self.window.press("Switch to English")

    def switches_to_dark(self) -> None:
        """Press the theme switch, in English."""
        self.window.press("Switch to dark")

    def sees_english(self) -> None:
        """Fails unless the screen speaks English."""
        self.window.sees("h1", "Test-zone registry")

    def sees_dark(self) -> None:
        """Fails unless the dark theme is on."""
        self.window.sees("html.dark body")

    def photographs(self, file: Path) -> None:
        """Keep a picture of what the person sees."""
        self.window.rest()
        self.window.photograph(file)


SignIn = Callable[[str], Person]
