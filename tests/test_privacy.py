"""Nothing leaves this machine: every process of a request is watched for connections.

The watch sees what Python does in each process, not sockets that native libraries might open.
"""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
import soundfile

from scripts.recordings import TWO_CITIES, pulled

TONMEISTER = Path(sysconfig.get_path("scripts")) / "tonmeister"

# Python imports this in every process that is started with it on the path.
WATCH = """
import os, sys
def watch(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not str(host).startswith(("127.", "::1", "localhost")):
        with open(os.environ["WATCH_FILE"], "a") as file:
            file.write(f"{event} {host}\\n")
sys.addaudithook(watch)
with open(os.environ["WATCH_FILE"], "a") as file:
    file.write("watched\\n")
"""


class Watched:
    """Runs programs and remembers whom they or their children talk to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.report = folder / "watched.txt"
        (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")

    def run(self, *command: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(self.folder), **settings}
        environment |= {"WATCH_FILE": str(self.report), "TONMEISTER_HOME": str(self.folder / "h")}
        return subprocess.run(
            [*command],
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    @property
    def lines(self) -> list[str]:
        return self.report.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_the_watch_sees_a_connection_of_a_child(watched: Watched):
    child = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=0.01)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    watched.run(sys.executable, "-c", parent)
    assert "socket.connect 192.0.2.1" in watched.lines


def test_editing_a_recording_talks_to_nobody(watched: Watched):
    tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(96_000) / 48_000)
    soundfile.write(watched.folder / "tone.wav", tone, 48_000)
    result = watched.run(TONMEISTER, "cut from 0:00.5 to 0:01.5 and save as flac", "tone.wav")
    assert result.returncode == 0, result.stderr
    assert set(watched.lines) == {"watched"}
    assert watched.lines.count("watched") >= 2  # the command and at least one worker


@pytest.mark.weights
def test_the_main_request_talks_to_nobody(watched: Watched):
    recording = pulled(TWO_CITIES) / "two_cities.wav"
    (watched.folder / recording.name).write_bytes(recording.read_bytes())
    request = "clean up this recording, then transcribe it and give me subtitles"
    result = watched.run(TONMEISTER, request, recording.name)
    assert result.returncode == 0, result.stderr
    assert (watched.folder / "two_cities.srt").is_file()
    assert set(watched.lines) == {"watched"}
