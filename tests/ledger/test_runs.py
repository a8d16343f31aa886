import pytest

from tonmeister.artifacts import Kind
from tonmeister.errors import StoreError
from tonmeister.store import Store

KEY = "0" * 64


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        yield opened


def begin(store, *step_ids):
    run_id = store.runs.begin({"steps": list(step_ids)})
    for step_id in step_ids:
        store.runs.begin_step(
            run_id, step_id, key=KEY, tool="transcribe", model="whisper-base", reason="German"
        )
    return run_id


def states(store, run_id):
    return {step.step_id: step.state for step in store.runs.get(run_id).steps}


def test_a_run_remembers_its_plan_its_steps_and_why_a_model_was_chosen(store):
    run_id = begin(store, "listen")
    store.runs.finish_step(run_id, "listen", duration=1.5)
    store.runs.finish(run_id, "done")
    run = store.runs.get(run_id)
    assert (run.plan, run.state) == ({"steps": ["listen"]}, "done")
    assert run.created <= run.finished
    (step,) = run.steps
    assert (step.tool, step.model, step.reason) == ("transcribe", "whisper-base", "German")
    assert (step.state, step.duration, step.cached, step.error) == ("done", 1.5, False, None)


def test_recording_results_finishes_the_step_in_the_same_breath(store):
    run_id = begin(store, "listen")
    heard = store.adopt(b"{}", kind=Kind.TRANSCRIPT, media_type="application/json", name="heard")
    store.record_step(KEY, {"result": heard}, run_id=run_id, step_id="listen", duration=2.0)
    assert states(store, run_id) == {"listen": "done"}
    with pytest.raises(StoreError, match="has no step 'other'"):
        store.record_step("1" * 64, {"result": heard}, run_id=run_id, step_id="other")
    assert store.cached("1" * 64) is None


def test_a_failed_step_keeps_its_error_and_may_begin_again(store):
    run_id = begin(store, "listen")
    error = StoreError("No space left.", hint="Free some.").to_dict()
    store.runs.fail_step(run_id, "listen", error, duration=0.5)
    (step,) = store.runs.get(run_id).steps
    assert (step.state, step.error) == ("failed", error)
    store.runs.begin_step(run_id, "listen", key=KEY, tool="transcribe", model="whisper-tiny")
    store.runs.finish_step(run_id, "listen", cached=True)
    (step,) = store.runs.get(run_id).steps
    assert (step.state, step.model, step.cached, step.error) == ("done", "whisper-tiny", True, None)


def test_a_cancelled_run_cancels_the_steps_that_run_and_keeps_the_finished_ones(store):
    run_id = begin(store, "one", "two")
    store.runs.finish_step(run_id, "one")
    store.runs.finish(run_id, "cancelled")
    assert states(store, run_id) == {"one": "done", "two": "cancelled"}


def test_the_latest_runs_come_first_and_no_more_than_asked_for(store):
    runs = [begin(store, "one") for _ in range(3)]
    assert [run.id for run in store.runs.latest(2)] == [runs[2], runs[1]]
    assert [len(run.steps) for run in store.runs.latest()] == [1, 1, 1]


def test_an_unknown_run_or_step_is_refused(store):
    with pytest.raises(StoreError, match="no run 9"):
        store.runs.get(9)
    with pytest.raises(StoreError, match="no run 9"):
        store.runs.finish(9, "done")
    with pytest.raises(StoreError, match="has no step"):
        store.runs.finish_step(begin(store), "one")


def test_a_run_of_this_process_is_not_taken_for_interrupted(store):
    run_id = begin(store, "one")
    store.runs.mark_interrupted()
    assert states(store, run_id) == {"one": "running"}


def test_a_run_of_a_store_that_was_closed_is_interrupted(tmp_path):
    with Store(tmp_path) as store:
        run_id = begin(store, "one")
    with Store(tmp_path) as store:
        assert store.runs.get(run_id).state == "interrupted"
        assert states(store, run_id) == {"one": "interrupted"}
