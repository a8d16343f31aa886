import os
import time

import pytest

from tonmeister.artifacts import Kind, Recipe
from tonmeister.errors import StoreError
from tonmeister.store import Store

MIB = 2**20


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        yield opened


@pytest.fixture
def session(store):
    return store.history.session("interview").id


def bring(store, session, name, *, parents=(), recorded=True):
    """A finished turn that brings an artifact of one MiB."""
    turn = store.history.begin_turn(session, "make it")
    artifact = make(store, name, parents=parents)
    store.record_step(key(name), {"result": artifact})
    if recorded:
        store.handles.assign(turn.id, artifact)
    store.history.finish_turn(turn.id, {})
    return artifact


def make(store, name, *, parents=()):
    recipe = Recipe("gain", 1, None, None, {}, parents=tuple(one.id for one in parents))
    contents = name.encode().ljust(MIB)
    return store.adopt(contents, kind=Kind.AUDIO, media_type="audio/wav", name=name, recipe=recipe)


def age(path):
    past = time.time() - 3700
    os.utime(path, (past, past))


def key(name):
    return name.encode().hex().ljust(64, "0")


def stored(store, *artifacts):
    hashes = {path.name for path in (store.home / "blobs").glob("*/*")}
    return [artifact.sha256 in hashes for artifact in artifacts]


def test_what_fits_the_budget_stays(store, session):
    kept = bring(store, session, "kept")
    store.history.undo(session)
    report = store.gc(1)
    assert (report.dropped, report.freed, report.over_budget) == (0, 0, 0)
    assert stored(store, kept) == [True]
    assert store.gc(0).dropped == 1


def test_the_least_recently_used_goes_first_and_no_more_than_needed(store, session):
    takes = [bring(store, session, f"take {number}") for number in range(4)]
    store.history.checkout(session, 1)
    store.history.undo(session)
    store.path(takes[0])
    report = store.gc(2)
    assert stored(store, *takes) == [True, False, False, True]
    assert (report.size, report.freed, report.num_unseen) == (2 * MIB, 2 * MIB, 2)
    assert store.usage().size == 2 * MIB


def test_what_the_head_sees_is_never_dropped_and_the_excess_is_reported(store, session):
    seen = bring(store, session, "seen")
    report = store.gc(0)
    assert stored(store, seen) == [True]
    assert (report.dropped, report.over_budget) == (0, MIB)


def test_unseen_results_go_before_the_steps_towards_seen_ones(store, session):
    step = bring(store, session, "step", recorded=False)
    seen = bring(store, session, "seen", parents=[step])
    undone = bring(store, session, "undone")
    store.history.undo(session)
    assert store.gc(2).num_unseen == 1
    assert stored(store, step, seen, undone) == [True, True, False]
    assert store.gc(1).num_intermediate == 1
    assert stored(store, step, seen) == [False, True]
    assert store.artifact(step.id) == step


def test_a_dropped_result_says_so_and_is_no_cached_result(store, session):
    undone = bring(store, session, "undone")
    store.history.undo(session)
    store.gc(0)
    assert store.cached(key("undone")) is None
    with pytest.raises(StoreError, match=r"dropped by gc on .*Repeat the request"):
        store.path(undone)
    store.history.redo(session)
    bring(store, session, "undone")
    assert store.path(undone).exists()
    assert store.cached(key("undone")) is not None
    age(store.path(undone))
    assert store.gc(0).dropped == 0


def test_a_file_shared_with_something_seen_stays(store, session):
    bring(store, session, "twin")
    other = store.history.session("other").id
    turn = store.history.begin_turn(other, "bring it")
    twin = store.adopt(
        b"twin".ljust(MIB), kind=Kind.AUDIO, media_type="audio/wav", name="handed over"
    )
    store.handles.assign(turn.id, store.add_artifact(twin))
    store.history.finish_turn(turn.id, {})
    store.history.undo(session)
    store.gc(0)
    assert stored(store, twin) == [True]


def test_a_removed_session_leaves_nothing_after_gc(store, session):
    step = bring(store, session, "step", recorded=False)
    bring(store, session, "seen", parents=[step])
    store.history.remove_session(session)
    assert store.gc(0).freed == 2 * MIB
    usage = store.usage()
    assert (usage.num_files, usage.size, usage.num_artifacts) == (0, 0, 0)


def test_what_a_live_turn_or_run_used_stays_and_goes_when_it_has_ended(store, session):
    old = bring(store, session, "old")
    store.history.undo(session)
    turn = store.history.begin_turn(session, "again")
    store.history.undo(session)
    fresh = make(store, "fresh")
    assert store.cached(key("old")) is not None
    report = store.gc(0)
    assert stored(store, old, fresh) == [True, True]
    assert report.num_in_use == 2
    store.history.finish_turn(turn.id, {})
    store.gc(0)
    assert stored(store, old) == [False]


def test_what_was_not_used_since_a_live_run_began_may_go(store, session):
    old = bring(store, session, "old")
    store.history.undo(session)
    store.runs.begin({})
    store.gc(0)
    assert stored(store, old) == [False]


def test_what_a_dead_run_used_may_go(tmp_path):
    with Store(tmp_path) as store:
        session = store.history.session("interview").id
        store.runs.begin({})
        old = bring(store, session, "old")
        store.history.undo(session)
        store.gc(0)
        assert stored(store, old) == [True]
    with Store(tmp_path) as store:
        store.gc(0)
        assert stored(store, old) == [False]


def test_a_file_nobody_names_goes_at_an_hour_of_age_whatever_the_budget(store):
    orphan = make(store, "orphan")
    assert store.gc(1000).num_orphans == 0
    age(store.path(orphan))
    report = store.gc(1000)
    assert (report.num_orphans, report.freed) == (1, MIB)
    assert stored(store, orphan) == [False]
