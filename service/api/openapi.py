"""Writes the OpenAPI document to service/ui/openapi.json, from which the map's types are made.

`python -m service.api.openapi`; with `--check` it fails when that file is out of date.
"""

import json
import sys
from pathlib import Path

from service.app import create_app
from service.settings import Settings

FILE = Path(__file__).parents[1] / "ui" / "openapi.json"


def document() -> str:
    """The document as it is kept, the same for the same routes."""
    return json.dumps(create_app(Settings()).openapi(), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the document, or compare it with the one that was written."""
    present = FILE.read_text(encoding="utf-8") if FILE.is_file() else None
    if "--check" not in sys.argv[1:]:
        FILE.write_text(document(), encoding="utf-8")
    elif present != document():
        sys.exit(f"{FILE} is out of date: run python -m service.api.openapi")


if __name__ == "__main__":
    main()
