"""Kill -9 at any moment loses nothing that was finished."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("kill_rounds.py")


@pytest.mark.parametrize(("mode", "moments"), [("inline", 60), ("workers", 4)])
def test_a_plan_killed_at_any_moment_is_resumed_where_it_was(
    stage_folder: Path, tmp_path: Path, mode: str, moments: int
):
    result = subprocess.run(
        [sys.executable, str(PROGRAM), mode, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(stage_folder)},
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    found = json.loads(result.stdout)
    assert found["problems"] == []
    assert found["killed"] >= moments
    assert found["saved"] >= found["killed"] / 2  # on the whole, much was already done
    assert found["wanted"]["files"] == ["note.edited.flac"]
