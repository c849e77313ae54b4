"""Build hook of the wheel: brings the map UI along, or ships the API alone and says so."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MapBuildHook(BuildHookInterface):
    """Builds service/ui/dist where it is missing and npm is there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        ui = Path(self.root, "service", "ui")
        if version == "editable" or (ui / "dist" / "index.html").exists():
            return
        npm = shutil.which("npm")
        if npm is None or not (ui / "package.json").exists():
            self.app.display_warning("npm or the UI's sources are missing: this wheel is API only")
            return
        for arguments in (["ci"], ["run", "build"]):
            subprocess.run([npm, *arguments], cwd=ui, check=True)
