"""What ``import tonmeister`` gives, and what it costs."""

import subprocess
import sys

import pytest

import tonmeister

# The standard library and the package itself; everything else must wait until it is needed.
ALLOWED = {"tonmeister"}
IMPORTED = """
import sys
before = set(sys.modules)
{statement}
new = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(new - set(sys.stdlib_module_names)))
"""


def foreign_modules(statement: str) -> set[str]:
    """Return the top-level modules outside the standard library that a statement brings."""
    code = IMPORTED.format(statement=statement)
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(result.stdout.split())


def test_importing_the_package_imports_nothing_else():
    assert foreign_modules("import tonmeister") <= ALLOWED


def test_the_import_guard_sees_a_heavy_import():
    assert "numpy" in foreign_modules("import tonmeister; tonmeister.Waveform")


def test_the_command_line_starts_without_the_inference_stack():
    heavy = {"numpy", "scipy", "onnxruntime", "ctranslate2", "faster_whisper", "av", "sqlalchemy"}
    assert not heavy & foreign_modules("import tonmeister.interfaces.cli")


def test_the_public_names_are_sorted_few_and_all_that_is_visible():
    assert tonmeister.__all__ == sorted(tonmeister.__all__)
    assert len(tonmeister.__all__) <= 25
    assert set(dir(tonmeister)) == {*tonmeister.__all__, "__version__"}


@pytest.mark.parametrize("name", tonmeister.__all__)
def test_every_public_name_can_be_used(name: str):
    assert getattr(tonmeister, name).__doc__


def test_no_public_name_is_also_a_module():
    from pathlib import Path

    folder = Path(tonmeister.__file__).parent
    modules = {path.stem for path in folder.iterdir() if not path.name.startswith("_")}
    assert not modules & set(tonmeister.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = tonmeister.nothing
