"""Do the main job on a real recording, through the real command line: ``make demo``.

Everything shown is what the commands print. Weights and recording are verified by their sha256.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from scripts.recordings import TWO_CITIES, pulled

FOLDER = Path("demo-out")
REQUEST = "clean up this recording, then transcribe it and give me subtitles"
TONMEISTER = Path(sysconfig.get_path("scripts")) / "tonmeister"


def main() -> None:
    """Run the demo in the folder demo-out, which is made anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    recording = FOLDER / "two_cities.wav"
    shutil.copy(pulled(TWO_CITIES) / recording.name, recording)
    heading(f"The recording: {recording}, 44 s of read English, licence {TWO_CITIES.licence}")
    # A ledger of its own: results kept from an earlier demo would make the timings untrue.
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TONMEISTER_HOME": home}
        heading("The plan")
        run("plan", REQUEST, str(recording), environment=environment)
        heading("The work")
        seconds = run(REQUEST, str(recording), environment=environment)
        heading("What sounds are in it?")
        run("what sounds are in here, and when?", str(recording), environment=environment)
    heading(f"Files after {seconds:.1f} s of work")
    for path in sorted(FOLDER.iterdir()):
        print(f"  {path}  {path.stat().st_size / 1000:.0f} kB")
    heading("The first subtitles")
    print("\n".join((FOLDER / "two_cities.srt").read_text(encoding="utf-8").splitlines()[:11]))


def heading(text: str) -> None:
    """Print a heading before what a command prints."""
    print(f"\n== {text}", flush=True)


def run(*arguments: str, environment: dict[str, str]) -> float:
    """Show a command, run it, and return its seconds; the demo ends when it fails."""
    quoted = [f'"{one}"' if " " in one else one for one in arguments]
    print(f"$ tonmeister {' '.join(quoted)}", flush=True)
    began = time.monotonic()
    result = subprocess.run([TONMEISTER, *arguments], env=environment, check=False)
    if result.returncode != 0:
        sys.exit(result.returncode)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
