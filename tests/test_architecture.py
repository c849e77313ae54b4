"""The frame of the house is in force, and each of its checks catches what it is there to catch."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import architecture

ROOT = Path(__file__).parents[1]

Check = Callable[[Path], Iterator[str]]


@pytest.mark.parametrize("check", architecture.CHECKS, ids=lambda check: check.__name__)
def test_the_checkout_keeps_to_the_frame(check: Check) -> None:
    assert list(check(ROOT)) == []


def long_function(lines: int) -> str:
    """A function with a docstring, a comment, a blank line and so many lines of code."""
    body = "    x = 1\n" * (lines - 1)
    return f'def f():\n    """Two\n\n    lines."""\n    # why\n\n{body}'


PLANTED = [
    ("outward_imports", "geo/a.py", "import service.domain.zone"),
    ("outward_imports", "geo/a.py", "from service import domain"),
    ("outward_imports", "geo/a.py", "def f():\n    from service.domain import zone"),
    ("outward_imports", "service/domain/a.py", "from service.usecases import permits"),
    ("outward_imports", "service/domain/a.py", "import service"),
    (
        "outward_imports",
        "service/usecases/a.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from service.adapters import db",
    ),
    ("outward_imports", "service/wire/a.py", "from service.adapters import db"),
    ("outward_imports", "service/adapters/a.py", "from service.api.deps import Uow"),
    ("outward_imports", "service/adapters/a.py", "from service.settings import Settings"),
    ("outward_imports", "service/api/routes/a.py", "from service.adapters.db import uow"),
    ("outward_imports", "service/api/routes/a.py", "from service.app import create_app"),
    ("outward_imports", "service/tricks.py", "x = 1"),
    ("foreign_libraries", "geo/a.py", "import pyproj"),
    ("foreign_libraries", "geo/crs.py", "import requests"),
    ("foreign_libraries", "service/domain/a.py", "import pyproj"),
    ("foreign_libraries", "service/domain/a.py", "from pydantic import BaseModel"),
    ("foreign_libraries", "service/usecases/a.py", "import pyproj"),
    ("foreign_libraries", "service/wire/a.py", "import fastapi"),
    ("foreign_libraries", "service/api/a.py", "from sqlmodel import Session"),
    ("foreign_libraries", "service/cli.py", "import sqlalchemy"),
    ("impurities", "geo/a.py", "import os"),
    ("impurities", "service/domain/a.py", "from random import choice"),
    ("impurities", "service/domain/a.py", "import datetime\nx = datetime.datetime.now()"),
    ("impurities", "service/usecases/a.py", "from datetime import date\nx = date.today()"),
    ("impurities", "service/usecases/a.py", "x = open('file')"),
    ("untyped_values", "geo/a.py", "from typing import Any"),
    ("untyped_values", "service/domain/a.py", "import typing as t\nx: t.Any = 1"),
    ("hidden_imports", "service/api/a.py", "def f():\n    import json"),
    ("hidden_imports", "service/api/a.py", "from . import deps"),
    ("hidden_imports", "service/app.py", "import importlib\nimportlib.import_module('json')"),
    ("environment_readers", "service/app.py", "import os\nx = os.environ['A']"),
    ("environment_readers", "service/worker.py", "from os import getenv"),
    ("http_errors", "service/wire/a.py", "import fastapi\nraise fastapi.HTTPException(404)"),
    ("silent_modules", "service/adapters/a.py", ""),
    ("silent_modules", "tests/test_a.py", "def test_a():\n    '''Not the module's.'''"),
    ("long_files", "service/cli.py", "x = 1\n" * 400),
    ("long_files", "service/ui/src/App.vue", "<br>\n" * 301),
    ("long_files", "service/ui/src/map/draw.ts", "let x\n" * 301),
    ("long_functions", "service/cli.py", long_function(41)),
    ("long_functions", "tests/test_a.py", f"async {long_function(41)}"),
]


@pytest.mark.parametrize(("check", "path", "code"), PLANTED)
def test_a_planted_violation_is_found(check: str, path: str, code: str, tmp_path: Path) -> None:
    plant(tmp_path, path, code, docstring=check != "silent_modules")
    assert list(getattr(architecture, check)(tmp_path))


def test_two_modules_that_import_each_other_are_found(tmp_path: Path) -> None:
    plant(tmp_path, "geo/a.py", "from geo.b import x")
    plant(tmp_path, "geo/b.py", "from geo import a")
    assert list(architecture.import_cycles(tmp_path)) == [
        "a cycle of imports: geo.a <- geo.b <- geo.a"
    ]


ALLOWED = [
    ("geo/crs.py", "import threading\nimport pyproj"),
    ("geo/a.py", "import numpy as np\nfrom shapely import Point\nfrom geo.crs import Plane"),
    ("service/domain/a.py", "from datetime import time\nfrom geo.text import Text\ntime.open()"),
    ("service/usecases/a.py", "from service.domain.zone import Zone\nimport geo"),
    ("service/wire/a.py", "import pydantic\nfrom service.domain import zone"),
    ("service/adapters/mqtt.py", "import service.wire.telemetry\nimport sqlalchemy"),
    ("service/api/routes/a.py", "from fastapi import HTTPException\nfrom service.api import deps"),
    ("service/api/deps.py", "from service.adapters.db import uow\nimport service.settings"),
    ("service/settings.py", "import os\nx = os.environ['A']"),
    ("service/app.py", "from service.adapters.db import uow\nfrom service.api import routes"),
    ("migrations/env.py", "import alembic\nfrom service.adapters.db import tables"),
    ("service/ui/src/api/schema.d.ts", "let x\n" * 301),
    ("tests/test_a.py", long_function(40)),
]


@pytest.mark.parametrize(("path", "code"), ALLOWED)
def test_what_a_layer_may_do_passes_every_check(path: str, code: str, tmp_path: Path) -> None:
    plant(tmp_path, path, code)
    assert [found for check in architecture.CHECKS for found in check(tmp_path)] == []


def plant(root: Path, path: str, code: str, *, docstring: bool = True) -> None:
    """Writes one file of a small checkout."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    head = '"""Planted."""\n' if docstring and target.suffix == ".py" else ""
    target.write_text(head + code, encoding="utf-8")
