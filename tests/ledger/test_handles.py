import pytest

from tonmeister.artifacts import Kind, Recipe
from tonmeister.errors import StoreError
from tonmeister.store import Store

MADE = Recipe("play", 1, None, None, {})


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        yield opened


@pytest.fixture
def session(store):
    return store.history.session("interview").id


def bring(store, session, *names, recipe=MADE):
    """A turn that brings one result per name; returns their handles."""
    turn = store.history.begin_turn(session, "bring them")
    return [
        store.handles.assign(turn.id, store.add_artifact(recording(store, name, recipe)))
        for name in names
    ]


def recording(store, name, recipe=None):
    return store.adopt(
        name.encode(), kind=Kind.AUDIO, media_type="audio/wav", name=name, recipe=recipe
    )


def seen(store, session):
    return [(named.handle, named.artifact.name) for named in store.handles.visible(session)]


def test_handles_count_up_and_resolve_to_their_artifacts(store, session):
    assert bring(store, session, "intro", "talk") == ["@a1", "@a2"]
    assert store.handles.resolve(session, "@a2").name == "talk"
    assert seen(store, session) == [("@a1", "intro"), ("@a2", "talk")]
    assert [named.turn for named in store.handles.visible(session)] == [1, 1]


def test_an_artifact_keeps_its_handle_down_the_line(store, session):
    bring(store, session, "intro")
    assert bring(store, session, "intro", "talk") == ["@a1", "@a2"]


def test_an_artifact_gets_another_handle_on_another_branch(store, session):
    bring(store, session, "intro")
    bring(store, session, "talk")
    store.history.undo(session)
    assert bring(store, session, "talk") == ["@a3"]
    assert seen(store, session) == [("@a1", "intro"), ("@a3", "talk")]


def test_numbers_are_not_used_again_after_an_undo(store, session):
    bring(store, session, "intro")
    store.history.undo(session)
    assert bring(store, session, "other") == ["@a2"]


def test_an_undone_handle_is_out_of_sight_until_it_is_redone(store, session):
    bring(store, session, "intro")
    bring(store, session, "talk")
    store.history.undo(session)
    assert seen(store, session) == [("@a1", "intro")]
    with pytest.raises(StoreError, match=r"@a2 was undone; it came with turn 2.*redo"):
        store.handles.resolve(session, "@a2")
    store.history.redo(session)
    assert store.handles.resolve(session, "@a2").name == "talk"


def test_what_was_handed_over_outlives_an_undo_and_keeps_its_handle(store, session):
    bring(store, session, "talk", recipe=None)
    store.history.undo(session)
    assert seen(store, session) == [("@a1", "talk")]
    assert store.handles.resolve(session, "@a1").name == "talk"
    assert bring(store, session, "talk", recipe=None) == ["@a1"]


def test_a_handle_on_another_branch_says_where_it_lies(store, session):
    bring(store, session, "intro")
    bring(store, session, "talk")
    store.history.undo(session)
    bring(store, session, "music")
    with pytest.raises(StoreError, match=r"@a2 lies on another branch.*checkout 2"):
        store.handles.resolve(session, "@a2")
    store.history.checkout(session, 2)
    assert store.handles.resolve(session, "@a2").name == "talk"


@pytest.mark.parametrize("handle", ["@a9", "a1", "@a1 ", "@a", "@a-1", "@a99999999999999", "@b1"])
def test_an_unknown_handle_is_told_what_there_is(store, session, handle):
    bring(store, session, "intro")
    with pytest.raises(StoreError, match=r"There is: @a1 \(audio\)"):
        store.handles.resolve(session, handle)


def test_a_handle_in_an_empty_session_asks_for_a_recording(store, session):
    with pytest.raises(StoreError, match="Hand over a recording"):
        store.handles.resolve(session, "@a1")


def test_an_artifact_that_is_not_in_the_ledger_gets_no_handle(store, session):
    turn = store.history.begin_turn(session, "bring it")
    with pytest.raises(StoreError, match="does not hold"):
        store.handles.assign(turn.id, recording(store, "intro"))
    assert seen(store, session) == []


def test_handles_of_one_session_mean_nothing_in_another(store, session):
    bring(store, session, "intro")
    other = store.history.session("other").id
    assert bring(store, other, "talk") == ["@a1"]
    assert store.handles.resolve(other, "@a1").name == "talk"
