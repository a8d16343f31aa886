import hashlib
import json
import math
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import delete

from tonmeister.artifacts import Artifact, Kind, Recipe
from tonmeister.errors import StoreError
from tonmeister.ledger.tables import results
from tonmeister.store import Store

KEY = "0" * 64
CRASH_ROUNDS = Path(__file__).parent / "crash_rounds.py"


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "home") as opened:
        yield opened


def made(store: Store, contents: bytes = b"RF64", **fields) -> Artifact:
    fields = {"kind": Kind.AUDIO, "media_type": "audio/x-rf64", "name": "interview", **fields}
    return store.adopt(contents, **fields)


def blobs_of(store: Store) -> list[Path]:
    return sorted((store.home / "blobs").glob("*/*"))


def crash(mode: str, home: Path) -> dict:
    ended = subprocess.run(
        [sys.executable, CRASH_ROUNDS, mode, home], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_a_file_is_stored_under_the_hash_of_its_contents_and_cannot_be_written(store):
    artifact = made(store, b"contents")
    path = store.path(artifact)
    assert path.name == artifact.sha256 == hashlib.sha256(b"contents").hexdigest()
    assert path.read_bytes() == b"contents"
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_equal_contents_are_one_file_and_other_contents_are_another(store):
    first = store.add_artifact(made(store, b"same", name="one"))
    second = store.add_artifact(made(store, b"same", name="two"))
    assert first.id != second.id
    assert len(blobs_of(store)) == 1
    made(store, b"other")
    assert len(blobs_of(store)) == 2


def test_the_same_artifact_twice_is_one_and_keeps_its_first_time(store):
    first = store.add_artifact(made(store))
    assert store.add_artifact(made(store)) == first
    assert store.usage().num_artifacts == 1


def test_recipes_make_different_artifacts_of_equal_contents(store):
    soft = made(store, recipe=Recipe("gain", 1, None, None, {"gain_db": -6}))
    loud = made(store, recipe=Recipe("gain", 1, None, None, {"gain_db": 6}))
    assert soft.sha256 == loud.sha256
    assert soft.id != loud.id


def test_only_regular_files_in_scratch_are_moved_into_the_store(store, tmp_path):
    own = tmp_path / "recording.wav"
    own.write_bytes(b"the user's only copy")
    link = store.scratch() / "link.wav"
    link.symlink_to(own)
    for refused in (own, link, store.scratch(), store.scratch() / ".." / ".." / ".." / own.name):
        with pytest.raises(StoreError, match=r"regular file in a scratch folder|cannot be used"):
            made(store, refused)
    assert own.read_bytes() == b"the user's only copy"
    inside = store.scratch() / "copy.wav"
    inside.write_bytes(own.read_bytes())
    assert store.path(made(store, inside)).read_bytes() == own.read_bytes()
    assert not inside.exists()


def test_an_artifact_comes_back_as_it_was_entered(store):
    parent = store.add_artifact(made(store, b"parent"))
    recipe = Recipe(
        "enhance_speech", 2, "gtcrn", "ab" * 32, {"audio": parent.id, "strength": 0.5},
        parents=(parent.id,), notes=("Above 8 kHz nothing is left.",),
    )  # fmt: skip
    facts = {"duration": 1.5, "language": None, "peaks_db": [-1.0, -2]}
    artifact = made(store, b"child", recipe=recipe, facts=facts)
    store.record_step(KEY, {"result": artifact})
    assert store.artifact(artifact.id) == artifact
    assert store.cached(KEY) == {"result": artifact}


def test_a_parent_must_be_in_the_ledger(store):
    orphan = made(store, recipe=Recipe("trim", 1, None, None, {}, parents=("f" * 64,)))
    with pytest.raises(StoreError, match="does not hold something"):
        store.record_step(KEY, {"result": orphan})
    assert store.cached(KEY) is None
    assert store.usage().num_artifacts == 0


def test_facts_must_be_finite(store):
    for value in (math.nan, -math.inf):
        with pytest.raises(StoreError, match="None stands for"):
            store.add_artifact(made(store, facts={"loudness_lufs": value}))
    store.add_artifact(made(store, facts={"loudness_lufs": None}))


def test_names_no_database_can_hold_are_kept_readable(store):
    artifact = store.add_artifact(made(store, name="caf\udce9\0 live"))
    assert artifact.name == "caf? live"


def test_a_result_whose_file_is_gone_is_no_result(store):
    store.record_step(KEY, {"vocals": made(store, b"v"), "rest": made(store, b"r")})
    assert list(store.cached(KEY) or {}) == ["vocals", "rest"]
    assert set(store.cached(KEY)) == {"vocals", "rest"}
    blobs_of(store)[0].unlink()
    assert store.cached(KEY) is None
    store.record_step(KEY, {"vocals": made(store, b"v"), "rest": made(store, b"r")})
    assert set(store.cached(KEY)) == {"vocals", "rest"}


def test_recording_a_step_again_replaces_its_results(store):
    store.record_step(KEY, {"result": made(store, b"first"), "extra": made(store, b"x")})
    store.record_step(KEY, {"result": made(store, b"second")})
    cached = store.cached(KEY)
    assert set(cached) == {"result"}
    assert store.path(cached["result"]).read_bytes() == b"second"


def test_a_missing_or_short_file_is_reported_and_heals_when_it_is_made_again(store):
    artifact = store.add_artifact(made(store, b"long contents"))
    path = store.path(artifact)
    path.chmod(0o644)
    path.write_bytes(b"short")
    with pytest.raises(StoreError, match="has 5 bytes, 13 bytes were stored"):
        store.path(artifact)
    path.unlink()
    with pytest.raises(StoreError, match="is missing"):
        store.path(artifact)
    made(store, b"long contents")
    assert store.path(artifact).read_bytes() == b"long contents"


def test_a_step_is_recorded_only_if_all_its_files_are_stored(store):
    kept, lost = made(store, b"kept"), made(store, b"lost")
    store.path(lost).unlink()
    with pytest.raises(StoreError, match="is not stored"):
        store.record_step(KEY, {"kept": kept, "lost": lost})
    assert store.cached(KEY) is None


def test_scratch_is_private_and_goes_with_the_store(tmp_path):
    with Store(tmp_path) as first, Store(tmp_path) as second:
        one, two = first.scratch(), second.scratch()
        assert one != two
        first.discard(first.scratch())
        with pytest.raises(StoreError, match="not a scratch folder"):
            first.discard(two)
        with pytest.raises(StoreError, match="not a scratch folder"):
            first.discard(tmp_path / "blobs")
        with Store(tmp_path):
            assert one.exists()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_threads_share_a_store(store):
    session = store.history.session("threads")
    failures = []

    def work(number: int) -> None:
        try:
            for count in range(5):
                turn = store.history.begin_turn(session.id, "say it")
                artifact = store.add_artifact(made(store, f"{number} {count}".encode()))
                store.handles.assign(turn.id, artifact)
                store.history.finish_turn(turn.id, {})
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [turn.number for turn in store.history.turns(session.id)] == list(range(1, 21))


def test_kill_9_before_each_change_leaves_a_consistent_store(tmp_path):
    report = crash("chosen_moments", tmp_path)
    assert report["problems"] == []
    assert report["killed"] > 50


def test_kill_9_at_random_moments_leaves_a_consistent_store(tmp_path):
    report = crash("random_moments", tmp_path)
    assert report["problems"] == []
    assert report["killed"] > 20


def test_processes_that_start_at_once_write_to_one_store(tmp_path):
    report = crash("together", tmp_path)
    assert report["codes"] == [0, 0, 0, 0]
    assert report["problems"] == []
    assert report["numbers"] == list(range(1, 49))
    assert report["states"] == ["done"]


@pytest.mark.parametrize("damage", ["half a step", "no file", "contents", "running"])
def test_the_consistency_check_itself_sees_damage(tmp_path, damage):
    with Store(tmp_path) as store:
        made_of = {"vocals": made(store, b"v"), "rest": made(store, b"r")}
        store.record_step(KEY, made_of)
        assert crash("problems", tmp_path) == []
        if damage == "half a step":
            with store._ledger.writing() as connection:
                connection.execute(delete(results).where(results.c.output == "rest"))
        elif damage == "no file":
            blobs_of(store)[0].unlink()
        elif damage == "contents":
            blobs_of(store)[0].chmod(0o644)
            blobs_of(store)[0].write_bytes(b"flipped")
        else:
            run_id = store.runs.begin({})
            store.runs.begin_step(run_id, "one", key=KEY, tool="trim")
        assert any(damage in problem for problem in crash("problems", tmp_path))


FILL = """
import resource, sys
from pathlib import Path
from tonmeister.artifacts import Kind
from tonmeister.errors import StoreError
from tonmeister.store import Store

store = Store(Path(sys.argv[1]))
kept = {"kind": Kind.TRANSCRIPT, "media_type": "application/json", "name": "interview"}
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    if sys.argv[3] == "file":
        store.adopt(b"x" * 200_000, **kept)
    else:
        for number in range(1000):
            store.add_artifact(store.adopt(b"%d" % number, facts={"text": "x" * 20_000}, **kept))
except StoreError as error:
    print(error)
print("files in scratch:", sum(1 for file in store._blobs.tenancy.folder.iterdir()))
"""


def fill(home: Path, limit: int, what: str) -> list[str]:
    ended = subprocess.run(
        [sys.executable, "-c", FILL, home, str(limit), what],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ended.stdout.splitlines()


def test_a_file_that_may_not_grow_is_a_store_error_and_leaves_no_part_of_it(tmp_path):
    message, left = fill(tmp_path, 100_000, "file")
    assert message.startswith("No space left")
    assert "tonmeister gc" in message
    assert left == "files in scratch: 0"
    assert list((tmp_path / "blobs").glob("*/*")) == []
    assert fill(tmp_path, 300_000, "file") == ["files in scratch: 0"]
    assert len(list((tmp_path / "blobs").glob("*/*"))) == 1


def test_a_ledger_that_may_not_grow_is_a_store_error_and_stays_whole(tmp_path):
    message, _ = fill(tmp_path, 400_000, "ledger")
    assert "no space left" in message
    assert crash("problems", tmp_path) == []
    with Store(tmp_path) as store:
        store.add_artifact(made(store, b"after"))


READ_ONLY = """
import os, sys
from pathlib import Path
from tonmeister.errors import StoreError
from tonmeister.store import Store

home = Path(sys.argv[1])
Store(home).close()
home.chmod(0o555)
(home / "scratch").chmod(0o555)
if os.geteuid() == 0:
    for folder in home.parents[:-2]:
        folder.chmod(0o755)
    os.setuid(65534)
try:
    Store(home)
except StoreError as error:
    print(error)
"""


def test_a_folder_that_may_not_be_written_is_a_store_error_with_its_cure(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", READ_ONLY, tmp_path / "home"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "may not be written" in ended.stdout
    assert "TONMEISTER_HOME" in ended.stdout


def test_a_file_where_the_folder_should_be_is_a_store_error(tmp_path):
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "home")


def test_storing_needs_no_object_mapper_and_no_other_database(tmp_path):
    code = "import sys, tonmeister.store; print(*sys.modules, sep='\\n')"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = ended.stdout.split()
    assert "sqlalchemy.sql" in loaded
    assert not {"sqlalchemy.orm", "sqlalchemy.dialects.postgresql"} & set(loaded)


def test_a_store_marks_what_a_dead_process_left_and_spares_what_a_live_one_does(tmp_path):
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from tonmeister.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "turn = store.history.begin_turn(store.history.session('s').id, 'transcribe it')\n"
        "run_id = store.runs.begin({}, turn_id=turn.id)\n"
        "store.runs.begin_step(run_id, 'one', key='0' * 64, tool='transcribe')\n"
        "(store.scratch() / 'half.wav').write_bytes(b'half')\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as writer:  # fmt: skip
        assert writer.stdout.readline() == "ready\n"
        with Store(tmp_path) as store:
            assert store.runs.get(1).state == "running"
            assert len(list((tmp_path / "scratch").glob("*/*/half.wav"))) == 1
        writer.stdin.close()
    with Store(tmp_path) as store:
        run = store.runs.get(1)
        assert (run.state, run.steps[0].state) == ("interrupted", "interrupted")
        assert run.finished is not None
        assert store.history.head(1).state == "interrupted"
        assert len(list((tmp_path / "scratch").iterdir())) == 2
