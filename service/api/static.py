"""The map at `/`: what the UI's build left in service/ui/dist, or how to build it."""

from collections.abc import Callable
from os import PathLike, stat_result
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service.api.endpoint import router
from service.api.policy import public

DIST = Path(__file__).parents[1] / "ui" / "dist"
_MODULE = "text/javascript; charset=utf-8"
_UNBUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Test-zone registry</title>
<h1>测试区登记系统 · Test-zone registry</h1>
<p>地图尚未构建:运行 <code>make ui</code>;接口文档见 <a href="/docs">/docs</a>。</p>
<p>The map is not built: run <code>make ui</code>. The API is described at
<a href="/docs">/docs</a>.</p></html>
"""


class _Assets(StaticFiles):
    """Files whose names tell their content, so that they may be kept for good."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file; a script as a module, whatever the system calls it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if Path(full_path).suffix in {".js", ".mjs"}:
            response.headers["Content-Type"] = _MODULE
        return response


def install(app: FastAPI) -> None:
    """Serve the map, file by file."""
    pages = router("map", include_in_schema=False)
    if not (DIST / "index.html").is_file():
        pages.get("/", **public())(lambda: HTMLResponse(_UNBUILT))
    else:
        app.mount("/assets", _Assets(directory=DIST / "assets"), name="assets")
        for path in DIST.iterdir():
            if path.is_file():
                name = "/" if path.name == "index.html" else f"/{path.name}"
                pages.get(name, **public())(_file(path))
    app.include_router(pages)


def _file(path: Path) -> Callable[[], Response]:
    def answer() -> FileResponse:
        return FileResponse(path, headers={"Cache-Control": "no-cache"})

    return answer
