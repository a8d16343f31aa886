"""The command line, as a person uses it: what it prints, which code it ends with."""

import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
import soundfile

from tonmeister.config import load_settings
from tonmeister.interfaces.cli import main
from tonmeister.testing import tone

TRIM = "trim from 0.2 to 0.7 seconds"


class Told(NamedTuple):
    code: int
    out: str
    err: str


Cli = Callable[..., Told]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a recording, a ledger and weights of its own, and no language model."""
    for name, value in (
        ("HOME", tmp_path / "home"),
        ("WEIGHTS", tmp_path / "weights"),
        ("LLM", "off"),
        ("PULL", "never"),
        ("THREADS", 1),
    ):
        monkeypatch.setenv(f"TONMEISTER_{name}", str(value))
    monkeypatch.chdir(tmp_path)
    made = tone(440.0, 1.0)
    soundfile.write(tmp_path / "talk.wav", made.samples.T, made.sample_rate)
    return tmp_path


@pytest.fixture
def cli(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    def run(*words: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["tonmeister", *words])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Told(code, *capsys.readouterr())

    return run


def the_error(told: Told, code: int) -> str:
    """Return the one line an error is."""
    assert told.code == code, told
    lines = [line for line in told.err.splitlines() if line.startswith("Error:")]
    assert len(lines) == 1, told.err
    assert told.err.splitlines()[-1] == lines[0]
    assert "Traceback" not in told.err
    return lines[0]


def test_a_request_is_done_and_accounted_for(cli: Cli, folder: Path):
    told = cli(TRIM, "talk.wav", "-q")
    assert told.code == 0
    assert told.err == ""
    assert "Done: 1 of 1 step" in told.out
    assert "s1 trim(start=0.2, end=0.7): signal processing" in told.out
    assert soundfile.info(folder / "talk.trimmed.flac").duration == pytest.approx(0.5)
    loud = cli(TRIM, "talk.wav", "-o", "out")
    assert "s1 trim …" in loud.err
    assert "already there" in loud.out
    assert (folder / "out" / "talk.trimmed.flac").exists()


def test_a_missing_file_is_one_line_and_leaves_no_session(cli: Cli):
    error = the_error(cli(TRIM, "absent.wav"), 1)
    assert error == "Error: There is no file absent.wav. Check the name and the folder."
    assert "absent" not in cli("sessions").out


def test_an_unreadable_format_is_one_line(cli: Cli, folder: Path):
    (folder / "notes.wav").write_text("this is text")
    error = the_error(cli(TRIM, "notes.wav"), 1)
    assert "wav" in error.lower()


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("trimm=x", "There is no tool 'trimm'. See `tonmeister tools`."),
        ("trim", "--use takes TOOL=MODEL, not 'trim'."),
        ("transcribe=whisper-huge", "has no model 'whisper-huge'; there are: whisper-"),
        ("trim=x", "trim has no model 'x'; it needs none."),
    ],
)
def test_a_wrong_choice_of_model_is_wrong_use(cli: Cli, use: str, message: str):
    assert message in the_error(cli(TRIM, "talk.wav", "--use", use), 2)


def test_no_weights_and_no_permission_names_the_command(cli: Cli):
    error = the_error(cli("transcribe this", "talk.wav"), 1)
    assert "whisper-base (148 MB, MIT)" in error
    assert "Run `tonmeister models pull whisper-base`." in error


def test_a_language_model_that_is_down_is_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TONMEISTER_LLM", "remote")
    monkeypatch.setenv("TONMEISTER_LLM_URL", "http://127.0.0.1:9/v1")
    error = the_error(cli("make it sound as if a whale had thought of it", "talk.wav"), 1)
    assert "127.0.0.1:9" in error


def test_what_is_not_understood_is_declined_with_the_way_on(cli: Cli):
    told = cli("make it sound as if a whale had thought of it", "talk.wav", "-q")
    assert told.code == 1
    assert "did not understand" in told.out
    assert "For example: “transcribe it”" in told.out or "The nearest I know: “" in told.out


def test_a_file_that_does_not_exist_is_told_in_the_language_of_the_request(cli: Cli):
    assert "Não existe o arquivo" in the_error(cli("tira o cão", "nada.wav"), 1)
    assert "There is no file" in the_error(cli("remove the dog", "nada.wav"), 1)


def test_an_output_name_of_another_format_is_wrong_use(cli: Cli, folder: Path):
    error = the_error(cli(TRIM, "talk.wav", "-o", "x.docx", "-q"), 2)
    assert "x.docx was asked for, but the result is .flac." in error
    assert not (folder / "x.docx").exists()


def test_a_folder_that_cannot_be_written_loses_nothing(cli: Cli, folder: Path):
    error = the_error(cli(TRIM, "talk.wav", "-o", "/proc/tonmeister", "-q"), 1)
    assert "choose another folder with -o" in error
    told = cli(TRIM, "talk.wav", "-q")
    assert told.code == 0
    assert "already there" in told.out


def test_a_setting_that_is_wrong_is_named_with_its_origin(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TONMEISTER_WORKERS", "many")
    error = the_error(cli(TRIM, "talk.wav"), 2)
    assert "'workers' from environment variable TONMEISTER_WORKERS" in error


def test_an_unknown_option_is_wrong_use(cli: Cli):
    assert cli("tools", "--colour").code == 2


def test_a_plan_is_shown_without_running_and_as_json(cli: Cli, folder: Path):
    told = cli("plan", TRIM, "talk.wav", "-q")
    assert told.code == 0
    assert "s1: trim(audio=@a1, start=0.2, end=0.7)" in told.out
    plan = json.loads(cli("plan", TRIM, "talk.wav", "--json", "-q").out)
    assert plan["steps"][0]["tool"] == "trim"
    assert not list(folder.glob("*.flac"))
    assert TRIM not in cli("log", "--session", "none").out
    ran = cli("plan", TRIM, "talk.wav", "--yes", "-q")
    assert ran.code == 0
    assert (folder / "talk.trimmed.flac").exists()


def editor(folder: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    script = folder / "editor.sh"
    script.write_text(f"#!/bin/sh\nsed -i '{command}' \"$1\"\ntouch -d '1 hour' \"$1\"\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.setenv("VISUAL", str(script))


def test_what_must_be_seen_first_is_shown_and_waits_for_a_yes(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TONMEISTER_CONFIRM_SECONDS", "0")
    planned = cli("plan", TRIM, "talk.wav", "-q")
    assert planned.code == 0 and "! It takes about 0.0 s on this machine." in planned.out
    shown = cli(TRIM, "talk.wav", "-q", "--session", "s")
    assert shown.code == 3 and "Say “yes” to go ahead" in shown.out
    assert shown.err.splitlines()[-1] == 'tonmeister "yes" --session s'
    assert not list(folder.glob("*.flac"))
    agreed = cli("yes", "-q", "--session", "s")
    assert agreed.code == 0 and list(folder.glob("*.flac")) == [folder / "talk.trimmed.flac"]
    assert cli(TRIM, "talk.wav", "-q", "--yes").code == 0


def test_a_plan_is_edited_before_it_runs(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch):
    editor(folder, monkeypatch, "s/0\\.7/0.4/")
    assert cli("plan", TRIM, "talk.wav", "--edit", "-q").code == 0
    made = soundfile.info(folder / "talk.trimmed.flac")
    assert made.duration == pytest.approx(0.2)


def test_a_plan_edited_wrongly_is_refused_and_forgotten(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    editor(folder, monkeypatch, "s/trim/trimm/")
    error = the_error(cli("plan", TRIM, "talk.wav", "--edit", "-q"), 2)
    assert "there is no tool 'trimm'; did you mean 'trim'?" in error
    editor(folder, monkeypatch, "s/{/</")
    the_error(cli("plan", TRIM, "talk.wav", "--edit", "-q"), 2)
    assert not list(folder.glob("*.flac"))


def test_the_conversation_can_be_looked_at_and_moved(cli: Cli, folder: Path):
    assert the_error(cli("undo"), 2) == "Error: There is no session 'latest'; there are: none yet."
    assert cli(TRIM, "talk.wav", "--session", "one", "-q").code == 0
    assert "one" in cli("sessions").out
    assert "done" in cli("runs").out
    assert "trim" in cli("runs", "1").out
    shown = cli("show", "@a2").out
    assert "talk.trimmed" in shown
    assert '"tool": "trim"' in shown
    assert cli("export", "@a2", "piece.mp3").out.strip() == "piece.mp3"
    assert soundfile.info(folder / "piece.mp3").format == "MP3"
    assert TRIM in cli("log").out
    assert "Undone" in cli("undo").out
    assert "was undone" in the_error(cli("show", "@a2"), 1)
    assert "Redone" in cli("redo").out
    assert cli("checkout", "1").out == f"Now at turn 1: “{TRIM}”.\n"
    assert the_error(cli("checkout", "7"), 1)
    assert "Nothing was undone" in cli("undo", "2").out
    assert cli("undo", "--before", "1").out.startswith(f"Undone: back to before “{TRIM}”")
    assert "Redone" in cli("redo", "1").out
    compared = cli("compare", "@a1", "@a2")
    assert compared.code == 0
    assert "compare_audio" in compared.out
    assert the_error(cli("runs", "99"), 1)
    assert "are kept" in cli("gc").out
    assert cli("sessions", "--remove", "one").out == "one: forgotten\n"


def test_tools_and_models_are_listed_and_explained(cli: Cli):
    listed = cli("tools").out
    assert "transcribe" in listed
    assert "signal processing" in listed
    assert "Gives: result (audio)" in cli("tools", "trim").out
    assert the_error(cli("tools", "trimm"), 2)
    assert "index_sound" not in listed  # a part of `tonmeister search`
    assert the_error(cli("tools", "index_sound"), 2)
    models = cli("models").out
    assert re.search(r"whisper-base .*MIT.*148 MB.* no ", models)
    assert the_error(cli("models", "pull", "nothing"), 2)
    assert "was not installed" in cli("models", "remove", "whisper-base").out


def test_it_is_told_why_something_cannot_be_done(cli: Cli):
    told = cli("tools", "--why-not", "talking head from a song")
    assert told.code == 0 and told.out.startswith("No tool here animates faces.")


def test_voices_are_listed_by_language_and_a_wrong_name_gets_a_suggestion(cli: Cli):
    told = cli("voices", "--language", "pt")
    assert told.code == 0
    assert "pf_dora" in told.out
    assert "af_heart" not in told.out
    listed = [line.split()[0] for line in told.out.splitlines()]
    assert len(listed) == len(set(listed))
    assert "kokoro-82m, with tonmeister[japanese]" in cli("voices", "--language", "ja").out
    assert "Did you mean 'pf_dora'?" in the_error(cli("voices", "--sample", "pf_dorra"), 2)
    assert "Languages: en" in the_error(cli("voices", "--language", "de"), 2)


@pytest.fixture
def shared_weights() -> Path:
    """Where real weights lie, asked for before ``folder`` says otherwise."""
    return load_settings().weights


@pytest.mark.weights
@pytest.mark.parametrize("voice", ["af_heart", "zf_xiaoni"])
def test_a_sample_of_a_voice_is_a_file_one_can_hear(
    shared_weights: Path, cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, voice: str
):
    monkeypatch.setenv("TONMEISTER_WEIGHTS", str(shared_weights))
    told = cli("voices", "--sample", voice)
    assert told.code == 0, told
    assert f"{voice}.wav" in told.out
    samples, sample_rate = soundfile.read(folder / f"{voice}.wav")
    assert 1.0 < len(samples) / sample_rate < 15.0
    assert 0.05 < abs(samples).max() <= 1.0
    # What somebody else put there is replaced only when that is asked for.
    (folder / f"{voice}.wav").write_bytes(b"mine")
    kept = cli("voices", "--sample", voice)
    assert (folder / f"{voice}.wav").read_bytes() == b"mine", kept
    forced = cli("voices", "--sample", voice, "--force", "--yes")
    assert forced.code == 0, forced
    assert soundfile.info(folder / f"{voice}.wav").duration == len(samples) / sample_rate


def test_help_and_version_are_told(cli: Cli):
    assert "An AI sound engineer" in cli("--help").out
    assert "An AI sound engineer" in cli().out
    assert cli("--version").code == 0


def test_a_plugin_that_is_broken_is_shown_and_the_rest_works(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    from tonmeister.testing import install_plugin

    (folder / "bad_plug.py").write_text("raise RuntimeError('boom')")
    install_plugin(folder, "bad", {"bad": "bad_plug"})
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    assert "bad_plug: RuntimeError: boom" in cli("tools").out
    assert cli(TRIM, "talk.wav", "-q").code == 0


def test_a_dialogue_goes_on_after_an_error_and_can_be_undone(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    lines = iter(
        [
            "trim talk.wav from 0.2 to 0.7 seconds",
            "transcribe it",
            "",
            "undo",
            "which model did that?",
        ]
    )

    def typed(prompt: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", typed)
    told = cli("chat", "-q")
    assert told.code == 0
    assert "Done: 1 of 1 step" in told.out
    assert told.err.count("Error:") == 1
    assert "Undone" in told.out


NO_SPACE = """
import resource, sys
from tonmeister.interfaces.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
main()
"""


@pytest.mark.parametrize("limit", [0, 50_000, 400_000])
def test_no_space_left_is_one_line_and_loses_nothing(cli: Cli, folder: Path, limit: int):
    assert cli(TRIM, "talk.wav", "-q", "--session", "kept").code == 0
    made = tone(300.0, 10.0)
    soundfile.write(folder / "long.wav", made.samples.T, made.sample_rate, "PCM_16")
    words = ["trim from 0.1 to 9.5 seconds", "long.wav", "-q", "--session", "kept"]
    command = [sys.executable, "-c", NO_SPACE, str(limit), *words]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 1, told
    assert "Traceback" not in told.stderr
    assert "space" in told.stderr + told.stdout
    assert ledger_is_whole(folder)
    assert cli(*words).code == 0
    assert "@a2" in cli("show", "@a2").out


def ledger_is_whole(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / "home" / "ledger.sqlite")) as ledger:
        return ledger.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


ASK_PLAN = """
import sys
from tonmeister.interfaces import cli
from tonmeister.plan import parse_plan
from tonmeister.planner.recognizer import Recognizer

Recognizer.plan = lambda self, request, catalog: parse_plan(open("plan.json").read())
cli.main()
"""


def test_ctrl_c_in_the_middle_of_a_step_is_quick_and_clean(cli: Cli, folder: Path, stage: Path):
    gate = folder / "gate"
    os.mkfifo(gate)
    steps = [
        {"id": "s1", "tool": "trim", "args": {"audio": "@a1", "end": 0.5}},
        {"id": "s2", "tool": "hang", "args": {"audio": "@s1", "gate": str(gate)}},
    ]
    (folder / "plan.json").write_text(json.dumps({"steps": steps}))
    command = [sys.executable, "-c", ASK_PLAN, "hang", "talk.wav", "--session", "kept", "-q"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as conductor:
        worker = int(gate.read_text())
        pressed = time.monotonic()
        conductor.send_signal(signal.SIGINT)
        out, err = conductor.communicate(timeout=30)
        assert time.monotonic() - pressed < 10.0
    assert conductor.returncode == 130, err
    assert "Stopped: 1 of 2 steps were finished and are kept." in out
    assert "Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    assert ledger_is_whole(folder)
    assert "cancelled" in cli("runs").out
    assert not list((folder / "home" / "scratch").glob("*/*"))
    assert cli(TRIM, "talk.wav", "--session", "kept", "-q").code == 0


def test_the_library_of_sounds_is_listed_and_searched(cli: Cli):
    told = cli("sounds", "motorcycle")
    assert told.code == 0
    assert "motorcycle passing by" in told.out and "CC-BY-SA-3.0" in told.out
    assert "gong" in cli("sounds").out
    assert cli("sounds", "gaivotas").out == cli("sounds", "GAIVOTAS").out
    nothing = cli("sounds", "unicorn")
    assert nothing.code != 0
    assert "unicorn" in nothing.err


def test_the_package_runs_as_a_module():
    told = subprocess.run(
        [sys.executable, "-m", "tonmeister", "--help"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0
    assert "Usage:" in told.stdout


@pytest.mark.parametrize(
    "said",
    [
        "trim talk.wav from 0.2 to 0.7 seconds",
        "what is the loudness of talk.wav?",
        "Convert (talk.wav) to mp3.",
    ],
)
def test_a_file_named_within_a_sentence_is_handed_over(cli: Cli, said: str):
    told = cli("plan", said)
    assert told.code == 0, told.out + told.err
    assert "audio=@a1" in told.out


def test_a_conversation_is_saved_shown_and_run_on_a_folder(cli: Cli, folder: Path):
    cli(TRIM, "talk.wav", "-q", "--session", "first", "-o", "cut.mp3")
    saved = cli("recipe", "save", "first", "cut.toml")
    assert saved.out == "cut.toml: 1 steps of 1 requests.\n"
    assert "exists already" in the_error(cli("recipe", "save", "first", "cut.toml"), 1)
    assert "There is no session 'second'" in the_error(cli("recipe", "save", "second", "x.toml"), 2)

    shown = cli("recipe", "show", "cut.toml")
    assert shown.code == 0
    assert f"“{TRIM}”" in shown.out
    assert "s1: trim(audio=@recording, start=0.2, end=0.7)" in shown.out
    assert "as recorded" in shown.out

    (folder / "talks").mkdir()
    for name in ("a", "b"):
        (folder / "talks" / f"{name}.wav").write_bytes((folder / "talk.wav").read_bytes())
    (folder / "talks" / "notes.txt").write_text("buy milk")
    ran = cli("recipe", "run", "cut.toml", "talks", "-o", "out", "--jobs", "1")
    assert ran.code == 0
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        "a.trimmed.mp3",
        "b.trimmed.mp3",
    ]
    assert re.search(r"talks/notes\.txt +skipped +– +not a recording", ran.out)
    assert re.search(r"3 files +2 done, 1 skipped", ran.out)
    (folder / "talks" / "c.wav").write_text("this is text")
    again = cli("recipe", "run", "cut.toml", "talks", "-o", "out", "-q")
    assert again.code == 1
    assert again.err == ""
    assert re.search(r"talks/c\.wav +failed ", again.out)
    assert re.search(r"4 files +2 already done, 1 failed, 1 skipped", again.out)


def test_a_faulty_recipe_is_one_line_and_its_table_tells_what_is_missing(cli: Cli, folder: Path):
    text = """\
version = 1
name = "cut"
inputs = { recording = { kind = "audio", varies = true } }
steps = [{ id = "s1", tool = "trim", args = { audio = "@recording", end = 0.5 } }]
outputs = [{ result = "@s1" }]
"""
    (folder / "cut.toml").write_text(text.replace('"trim"', '"trimm"'))
    shown = cli("recipe", "show", "cut.toml")
    assert "there is no tool 'trimm' here" in shown.out
    assert "s1: there is no tool 'trimm'; did you mean 'trim'?" in the_error(shown, 2)
    error = the_error(cli("recipe", "run", "cut.toml", "talk.wav", "--with", "x"), 2)
    assert error == "Error: --with takes ROLE=FILE, not 'x'."
    (folder / "cut.toml").write_text(text.replace("tool =", "tol ="))
    assert "there is no field 'tol'; did you mean 'tool'?" in the_error(
        cli("recipe", "run", "cut.toml", "talk.wav"), 2
    )
