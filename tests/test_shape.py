"""The shape of the source tree: sizes, names, layers. Each rule has a control that must fail."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = [
    path for folder in ("src", "scripts", "bench") for path in sorted((ROOT / folder).rglob("*.py"))
]
MOST_LINES = 600
MOST_FUNCTION_LINES = 60
BANNED = {"data", "info", "obj", "item", "process", "do", "manager", "util", "misc"}
# Names that a library demands of those who extend it.
DEMANDED = {
    *("process_bind_param", "process_result_value"),
    *("handle_data", "handle_endtag", "handle_startendtag", "handle_starttag"),
}
BANNED_FILES = {"utils", "util", "helpers", "common", "base", "manager", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def problems(path: Path, text: str) -> list[str]:
    """Return what is wrong with the shape of a source file."""
    tree = ast.parse(text)
    found = []
    if path.stem in BANNED_FILES:
        found.append("is named after nothing it defines")
    if (length := text.count("\n")) > MOST_LINES:
        found.append(f"has {length} lines, more than {MOST_LINES}")
    for node in ast.walk(tree):
        if isinstance(node, Function):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MOST_FUNCTION_LINES:
                found.append(f"{node.name}() has {length} lines, more than {MOST_FUNCTION_LINES}")
        if isinstance(node, ast.Import) and any(name.name == "tonmeister" for name in node.names):
            found.append(f"line {node.lineno} imports the whole package")
    found += [f"line {line} names something '{name}'" for name, line in defined(tree) if bad(name)]
    return found


def defined(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield every name that a file defines, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr, node.lineno


def bad(name: str) -> bool:
    """Say whether a name has a banned word in it, or ``handle`` as its verb."""
    if name in DEMANDED:
        return False
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]
    return bool(BANNED & set(words)) or (name.islower() and words[:1] == ["handle"] != words)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_source_file_keeps_its_shape(path: Path):
    assert problems(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("utils.py", "", "is named after nothing it defines"),
        ("long.py", "\n" * 601, "has 601 lines"),
        ("long.py", "def act():\n" + "    pass\n" * 60, r"act\(\) has 61 lines"),
        ("whole.py", "import tonmeister\n", "line 1 imports the whole package"),
        ("name.py", "audio_data = 1\n", "line 1 names something 'audio_data'"),
        ("name.py", "class RunManager: ...\n", "names something 'RunManager'"),
        ("name.py", "def handle_step(): ...\n", "names something 'handle_step'"),
        ("name.py", "def act(item): ...\n", "names something 'item'"),
    ],
)
def test_the_shape_rules_bite(path: str, text: str, problem: str):
    (found,) = problems(Path(path), text)
    assert re.search(problem, found)


def test_ordinary_names_are_not_refused():
    assert not any(bad(name) for name in ("handle", "handles", "items", "metadata", "preprocess"))


def lint_imports(root: Path, sources: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    settings = ["--config", str(root / "pyproject.toml"), "--no-cache"]
    environment = {"PYTHONPATH": str(sources), "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        [*command, *settings],
        capture_output=True,
        text=True,
        cwd=root,
        env=environment,
        timeout=120,
        check=False,
    )


def test_the_layers_hold():
    result = lint_imports(ROOT, ROOT / "src")
    assert result.returncode == 0, result.stdout[-3000:]


def test_the_layer_rules_bite(tmp_path: Path):
    sources = tmp_path / "src"
    shutil.copytree(ROOT / "src", sources, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = {
        "errors.py": "import tonmeister.session",
        "session.py": "import tonmeister.models.whisper",
        "reply.py": "import tonmeister.tools.speech",
        "tools/speech.py": "import tonmeister.store",
        "plan.py": "import torch",
    }
    for name, line in broken.items():
        with (sources / "tonmeister" / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    result = lint_imports(tmp_path, sources)
    assert result.returncode == 1
    for found in (
        "tonmeister.errors -> tonmeister.session",
        "tonmeister.session -> tonmeister.models.whisper",
        "tonmeister.reply -> tonmeister.tools.speech",
        "tonmeister.tools.speech -> tonmeister.store",
        "tonmeister.plan -> torch",
    ):
        assert found in result.stdout
