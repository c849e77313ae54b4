"""What the house's frame forbids, found by reading the syntax tree: each check lists violations.

A check takes the root of a checkout and yields `path:line what is wrong`; it imports nothing.
"""

import ast
import io
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

MAX_FILE_LINES = 400
MAX_UI_FILE_LINES = 300
MAX_FUNCTION_LINES = 40

# A module belongs to the layer with the longest matching name. It may import from that layer, from
# those named here, and from all that these may import.
LAYERS: dict[str, tuple[str, ...]] = {
    "geo": (),
    "service.domain": ("geo",),
    "service.usecases": ("service.domain",),
    "service.wire": ("service.usecases",),
    "service.rulepacks": (),
    "service.adapters": ("service.usecases", "service.wire", "service.rulepacks"),
    "service.settings": (),
    "service.api": ("service.usecases", "service.wire"),
    "service.api.deps": ("service.api", "service.adapters", "service.settings"),
    "migrations": ("service.adapters",),
}
# They put the house together, so they may see all of it, and only they see each other.
ROOTS = frozenset(
    {"service.app", "service.cli", "service.commands", "service.worker", "service.api.openapi"}
)
FOLDERS = ("geo", "service", "migrations")

# What a layer may import beside the standard library; a layer that is not named may have anything.
LIBRARIES: dict[str, frozenset[str]] = {
    "geo": frozenset({"numpy", "shapely"}),
    "geo.crs": frozenset({"numpy", "shapely", "pyproj"}),
    "service.domain": frozenset({"numpy", "shapely"}),
    "service.usecases": frozenset({"numpy", "shapely"}),
    "service.wire": frozenset({"numpy", "pydantic", "pydantic_core", "shapely"}),
    "service.settings": frozenset({"pydantic", "pydantic_settings"}),
}
SQL = frozenset({"sqlmodel", "sqlalchemy", "geoalchemy2", "alembic", "psycopg", "sqlite3"})
SQL_LAYERS = ("service.adapters", "migrations")

PURE = ("geo", "service.domain", "service.usecases")
OUTSIDE_WORLD = frozenset(
    "asyncio fcntl glob http multiprocessing os random secrets select shelve shutil signal socket"
    " sqlite3 ssl subprocess tempfile time urllib".split()
)
IMPURE_CALLS = frozenset(
    "open print input uuid1 uuid4 uuid.uuid1 uuid.uuid4"
    " datetime.now datetime.today datetime.utcnow date.today".split()
)
DYNAMIC_IMPORTS = frozenset({"__import__", "import_module", "importlib.import_module"})


class Import(NamedTuple):
    """One name brought into a module."""

    target: str
    line: int
    at_top: bool


class Module(NamedTuple):
    """A Python file, parsed."""

    path: Path
    name: str
    source: str
    tree: ast.Module

    @property
    def layer(self) -> str | None:
        """The layer this module belongs to; a composition root belongs to none."""
        return None if longest(self.name, ROOTS) else longest(self.name, LAYERS)

    def imports(self) -> Iterator[Import]:
        """Every import, however deep, TYPE_CHECKING blocks and functions included."""
        top = {id(node) for node in self.tree.body}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                targets = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            for target in targets:
                yield Import(target, node.lineno, id(node) in top)

    def says(self, line: int, text: str) -> str:
        """One violation."""
        return f"{self.path}:{line} {text}"


def within(name: str, package: str) -> bool:
    """True when the dotted name is the package or lies inside it."""
    return name == package or name.startswith(package + ".")


def longest(name: str, keys: Iterable[str]) -> str | None:
    """The longest key that the dotted name lies within."""
    return max((key for key in keys if within(name, key)), key=len, default=None)


def reach(layer: str) -> frozenset[str]:
    """The layers from which a layer may import."""
    return frozenset({layer}).union(*map(reach, LAYERS[layer]))


def dotted(node: ast.AST) -> str:
    """The last two names of `a.b.c` as written in the source; empty for other expressions."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value).rpartition('.')[2]}.{node.attr}"
    return ""


@cache
def modules(root: Path, *folders: str) -> tuple[Module, ...]:
    """The Python files under the named folders of a checkout, parsed."""
    found = []
    for path in sorted(path for folder in folders for path in (root / folder).rglob("*.py")):
        relative = path.relative_to(root)
        if "node_modules" in relative.parts:
            continue
        name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
        source = path.read_text(encoding="utf-8")
        found.append(Module(relative, name, source, ast.parse(source)))
    return tuple(found)


def product(root: Path) -> tuple[Module, ...]:
    """The modules that are shipped."""
    return modules(root, *FOLDERS)


def everything(root: Path) -> tuple[Module, ...]:
    """The product, its tests, benchmarks and tools."""
    return modules(root, *FOLDERS, "tests", "bench", "tools")


def outward_imports(root: Path) -> Iterator[str]:
    """Imports against the arrows between the layers, or of a composition root."""
    for module in product(root):
        layer = module.layer
        if layer is None:
            if module.name != "service" and longest(module.name, ROOTS) is None:
                yield module.says(1, f"{module.name} belongs to no layer")
            continue
        for target, line, _ in module.imports():
            if target.split(".")[0] not in FOLDERS:
                continue
            inward = within(target, layer) or longest(target, LAYERS) in reach(layer)
            if longest(target, ROOTS) or not inward:
                yield module.says(line, f"{layer} may not import {target}")


def foreign_libraries(root: Path) -> Iterator[str]:
    """Third-party packages where a layer may not have them."""
    for module in product(root):
        rule = longest(module.name, LIBRARIES)
        for target, line, _ in module.imports():
            package = target.split(".")[0]
            if package in SQL and longest(module.name, SQL_LAYERS) is None:
                yield module.says(line, f"{package} belongs in service.adapters")
            elif package in sys.stdlib_module_names or package in FOLDERS or rule is None:
                continue
            elif package not in LIBRARIES[rule]:
                yield module.says(line, f"{rule} may not import {package}")


def impurities(root: Path) -> Iterator[str]:
    """Clock, chance, environment, input and output in the pure layers."""
    for module in product(root):
        if module.layer not in PURE:
            continue
        for target, line, _ in module.imports():
            if target.split(".")[0] in OUTSIDE_WORLD:
                yield module.says(line, f"{target} reaches outside")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and dotted(node.func) in IMPURE_CALLS:
                yield module.says(node.lineno, f"{dotted(node.func)}() in a pure layer")


def untyped_values(root: Path) -> Iterator[str]:
    """`Any` in the pure layers."""
    for module in product(root):
        if module.layer not in PURE:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.alias) and node.name == "Any":
                yield module.says(node.lineno, "Any says nothing: name the type")
            if isinstance(node, ast.Attribute) and node.attr == "Any":
                yield module.says(node.lineno, "Any says nothing: name the type")


def hidden_imports(root: Path) -> Iterator[str]:
    """Imports below the top of the file, relative ones, and those made at run time."""
    for module in product(root):
        for target, line, at_top in module.imports():
            if not at_top:
                yield module.says(line, f"{target} is not imported at the top")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                yield module.says(node.lineno, "a relative import")
            if isinstance(node, ast.Call) and dotted(node.func) in DYNAMIC_IMPORTS:
                yield module.says(node.lineno, "an import made at run time")


def import_cycles(root: Path) -> Iterator[str]:
    """One cycle of modules that import each other, if there is any."""
    found = {module.name: module for module in product(root)}
    graph = {
        name: {longest(imported.target, found) or imported.target for imported in module.imports()}
        - {name}
        for name, module in found.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield "a cycle of imports: " + " <- ".join(error.args[1])


def environment_readers(root: Path) -> Iterator[str]:
    """Readers of the environment other than service/settings.py."""
    for module in product(root):
        if module.name == "service.settings":
            continue
        readers = [
            (node.lineno, node.attr)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
        ]
        readers += [
            (line, target)
            for target, line, _ in module.imports()
            if target in {"os.environ", "os.getenv"}
        ]
        for line, name in readers:
            yield module.says(line, f"{name}: only service/settings.py reads the environment")


def http_errors(root: Path) -> Iterator[str]:
    """HTTPException anywhere but in service/api."""
    for module in product(root):
        if within(module.name, "service.api"):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name | ast.Attribute) and "HTTPException" in dotted(node):
                yield module.says(node.lineno, "HTTPException belongs in service.api")


def silent_modules(root: Path) -> Iterator[str]:
    """Modules without a docstring."""
    for module in everything(root):
        if not ast.get_docstring(module.tree):
            yield module.says(1, "the module does not say what it holds")


def long_files(root: Path) -> Iterator[str]:
    """Files longer than their limit; generated TypeScript declarations are not counted."""
    for module in everything(root):
        lines = module.source.count("\n")
        if lines > MAX_FILE_LINES:
            yield module.says(lines, f"more than {MAX_FILE_LINES} lines")
    for path in sorted((root / "service" / "ui").rglob("*")):
        relative = path.relative_to(root)
        if path.suffix not in {".ts", ".vue"} or path.name.endswith(".d.ts"):
            continue
        if {"node_modules", "dist"}.isdisjoint(relative.parts):
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > MAX_UI_FILE_LINES:
                yield f"{relative}:{lines} more than {MAX_UI_FILE_LINES} lines"


def long_functions(root: Path) -> Iterator[str]:
    """Functions with more lines of code than the limit: docstring, blank, comment do not count."""
    for module in everything(root):
        code = code_lines(module)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = len(code.intersection(range(node.lineno, (node.end_lineno or 0) + 1)))
                if size > MAX_FUNCTION_LINES:
                    yield module.says(node.lineno, f"{node.name} has {size} lines of code")


def code_lines(module: Module) -> set[int]:
    """The numbers of the lines that hold code."""
    no_code = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    lines = {
        line
        for token in tokenize.generate_tokens(io.StringIO(module.source).readline)
        if token.type not in no_code
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = node.body[0]
            if ast.get_docstring(node) is not None:
                lines.difference_update(range(first.lineno, (first.end_lineno or 0) + 1))
    return lines


CHECKS: tuple[Callable[[Path], Iterator[str]], ...] = (
    outward_imports,
    foreign_libraries,
    impurities,
    untyped_values,
    hidden_imports,
    import_cycles,
    environment_readers,
    http_errors,
    silent_modules,
    long_files,
    long_functions,
)
