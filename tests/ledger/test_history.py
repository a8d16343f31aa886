import pytest

from tonmeister.errors import StoreError
from tonmeister.store import Store


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        yield opened


@pytest.fixture
def session(store):
    return store.history.session("interview").id


def ask(store, session, request):
    return store.history.begin_turn(session, request)


def requests(turns):
    return [turn.request for turn in turns]


def test_a_session_begins_once_and_is_found_again_by_name(store):
    first = store.history.session("interview")
    assert store.history.session("interview") == first
    assert len(store.history.sessions()) == 1


def test_a_session_without_a_name_gets_one_that_is_free(store):
    names = {store.history.session().name for _ in range(120)}
    assert len(names) == 120
    assert all(name.replace("-", "").isalnum() for name in names)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines"])
def test_an_unusable_name_is_refused(store, name):
    with pytest.raises(StoreError, match="1 to 100 printable"):
        store.history.session(name)


def test_sessions_are_listed_with_counts_the_last_used_first(store):
    old, new = store.history.session("old"), store.history.session("new")
    assert [one.name for one in store.history.sessions()] == ["new", "old"]
    turn = ask(store, old.id, "louder")
    artifact = store.add_artifact(
        store.adopt(b"x", kind="file", media_type="text/plain", name="notes")
    )
    store.handles.assign(turn.id, artifact)
    first, second = store.history.sessions()
    assert (first.name, first.num_turns, first.num_handles) == ("old", 1, 1)
    assert (second.name, second.num_turns, second.num_handles) == ("new", 0, 0)
    assert first.used == turn.created
    assert second.used == new.created


def test_a_turn_follows_the_head_and_keeps_its_answer(store, session):
    assert store.history.head(session) is None
    first = ask(store, session, "transcribe it")
    assert (first.number, first.parent_id, first.state) == (1, None, "running")
    done = store.history.finish_turn(first.id, {"text": "Here it is.", "artifacts": ["@a1"]})
    assert done.state == "done"
    second = ask(store, session, "shorter")
    assert (second.number, second.parent_id) == (2, first.id)
    assert store.history.head(session) == second
    assert store.history.path(session) == [done, second]
    assert done.answer == {"text": "Here it is.", "artifacts": ["@a1"]}


def test_undo_and_redo_walk_to_the_beginning_and_back(store, session):
    one, two = ask(store, session, "one"), ask(store, session, "two")
    assert store.history.undo(session) == two
    assert store.history.head(session) == one
    assert store.history.undo(session) == one
    assert store.history.head(session) is None
    assert store.history.undo(session) is None
    assert store.history.redo(session) == one
    assert store.history.redo(session) == two
    assert store.history.redo(session) is None


def test_a_turn_after_an_undo_is_a_branch_and_both_stay(store, session):
    one = ask(store, session, "one")
    ask(store, session, "two")
    store.history.undo(session)
    three = ask(store, session, "three")
    assert requests(store.history.turns(session)) == ["one", "two", "three"]
    assert requests(store.history.path(session)) == ["one", "three"]
    assert (three.parent_id, three.number) == (one.id, 3)


def test_redo_goes_to_the_branch_that_was_left_last(store, session):
    ask(store, session, "one")
    ask(store, session, "two")
    store.history.undo(session)
    ask(store, session, "three")
    store.history.undo(session)
    assert store.history.redo(session).request == "three"
    store.history.checkout(session, 2)
    store.history.undo(session)
    assert store.history.redo(session).request == "two"


def test_redo_after_a_checkout_leads_back_to_where_one_was(store, session):
    for request in ("one", "two", "three"):
        ask(store, session, request)
    store.history.checkout(session, 1)
    assert requests([store.history.redo(session), store.history.redo(session)]) == ["two", "three"]


def test_a_second_first_turn_begins_another_tree(store, session):
    ask(store, session, "one")
    store.history.undo(session)
    assert ask(store, session, "two").parent_id is None
    assert requests(store.history.path(session)) == ["two"]


def test_a_checkout_of_an_unknown_turn_is_refused(store, session):
    for number in (7, 10**30):
        with pytest.raises(StoreError):
            store.history.checkout(session, number)


def test_a_removed_session_is_gone_and_its_id_is_not_used_again(store, session):
    turn = ask(store, session, "one")
    run_id = store.runs.begin({}, turn_id=turn.id)
    store.history.remove_session(session)
    assert store.history.sessions() == []
    for call in (store.history.head, store.history.undo, store.history.remove_session):
        with pytest.raises(StoreError, match="no session"):
            call(session)
    with pytest.raises(StoreError, match="no turn"):
        store.history.finish_turn(turn.id, {})
    with pytest.raises(StoreError, match="no run"):
        store.runs.get(run_id)
    assert store.history.session("interview").id != session


def test_a_discarded_turn_was_never_there_and_redo_still_works(store, session):
    one, two = ask(store, session, "one"), ask(store, session, "two")
    store.history.undo(session)
    command = ask(store, session, "redo")
    run_id = store.runs.begin({}, turn_id=command.id)
    store.history.discard_turn(command.id)
    assert store.history.head(session) == one
    assert requests(store.history.turns(session)) == ["one", "two"]
    assert store.history.redo(session) == two
    with pytest.raises(StoreError, match="no run"):
        store.runs.get(run_id)
    with pytest.raises(StoreError, match="no turn"):
        store.history.discard_turn(command.id)


def test_a_turn_that_another_followed_cannot_be_discarded(store, session):
    one, two = ask(store, session, "one"), ask(store, session, "two")
    with pytest.raises(StoreError, match="turn after it"):
        store.history.discard_turn(one.id)
    assert store.history.path(session) == [one, two]


def test_sessions_do_not_see_each_other(store, session):
    ask(store, session, "one")
    other = store.history.session("other").id
    assert ask(store, other, "mine").number == 1
    assert requests(store.history.turns(other)) == ["mine"]
