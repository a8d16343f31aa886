"""Resolve the dependencies anew: requirements.lock (to run) and requirements-dev.lock (to test).

The locks hold exact versions and the hashes of all files, and name no package index.
"""

import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
OPTIONS = [
    *("--generate-hashes", "--allow-unsafe", "--strip-extras", "--quiet", "--no-header"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"),
    *("--no-emit-options", "--annotation-style=line"),
]


def main() -> None:
    """Write both locks; the second one keeps to the versions of the first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        venv.create(place / "venv", with_pip=True)
        python = place / "venv" / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pip-tools>=7.5,<8"], check=True)
        wanted = ROOT / "requirements-dev.in"
        wanted.write_text("\n".join(project["dependency-groups"]["dev"]) + "\n", encoding="utf-8")
        resolve = [python, "-m", "piptools", "compile", *sys.argv[1:], *OPTIONS, "pyproject.toml"]
        run = ["--extra=llm", "--build-deps-for=editable", "--output-file=requirements.lock"]
        # The right build of torch depends on the machine: requirements-torch.txt has no hashes.
        on_torch = ("pocket-tts", "torch")
        extras = [one for one in project["project"]["optional-dependencies"] if one not in on_torch]
        test = [wanted.name, *(f"--extra={one}" for one in extras)]
        test += ["--constraint=requirements.lock"]
        test += ["--output-file=requirements-dev.lock"]
        try:
            subprocess.run([*resolve, *run], cwd=ROOT, check=True)
            subprocess.run([*resolve, *test], cwd=ROOT, check=True)
        finally:
            wanted.unlink()


if __name__ == "__main__":
    main()
