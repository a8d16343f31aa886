"""What cannot be done is named with its reason and what comes near; what can is never declined."""

from collections.abc import Iterator

import pytest

from tests.planner.situations import HERE, SITUATIONS, ask, plan_of, rows
from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import Settings
from tonmeister.plan import Plan
from tonmeister.planner.answers import Decline, Request
from tonmeister.planner.choice import Planners
from tonmeister.planner.limits import Limit, limit_in, limits
from tonmeister.planner.slots import language_of
from tonmeister.planner.suggestions import nearest_limit, why_not
from tonmeister.registry import Catalog
from tonmeister.testing import ScriptedPlanner
from tonmeister.toolspec import Tool

KNOWN = [one for one in limits().values() if one.signs]


def listed(name: str) -> list[tuple[str, str]]:
    """Return limit and request of each line of a table."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.partition(" | ") for line in lines if line and not line.startswith("#")]
    return [(limit, said) for limit, _, said in pairs]


def planned() -> Iterator[tuple[str, str]]:
    """Yield table and request of everything that some table gives a plan for."""
    for path in sorted(HERE.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        if text.startswith("["):
            found = [said for _, said, calls in rows(path.name) if calls]
        else:
            found = [line.partition(" => ")[0] for line in text.splitlines() if " => " in line]
        yield from ((path.name, said) for said in found)


@pytest.mark.parametrize("limit", KNOWN, ids=lambda one: one.name)
def test_what_a_limit_shows_is_declined_with_its_reason(limit: Limit, catalog: Catalog) -> None:
    assert not limit.is_possible(catalog.tools)
    for language in ("en", "pt"):
        assert limit.examples[language]
        for said in limit.examples[language]:
            answer = ask(said, SITUATIONS["one"], catalog)
            assert isinstance(answer, Decline), said
            assert answer.missing == limit.told(language_of(said)), said


@pytest.mark.parametrize(
    "limit", [one for one in limits().values() if one.nearest], ids=lambda one: one.name
)
def test_what_comes_nearest_is_possible(limit: Limit, catalog: Catalog) -> None:
    situation = SITUATIONS["video" if limit.name == "video" else "one"]
    plans = [
        ask(said.replace("{quote}", "Good morning"), situation, catalog)
        for said in limit.nearest.values()
    ]
    assert isinstance(plans[0], Plan) and plans[0].steps[-1].tool == plans[1].steps[-1].tool
    assert limit.loses["en"] and limit.loses["pt"]


def test_nothing_is_declined_that_has_a_plan(catalog: Catalog) -> None:
    requests = list(planned())
    assert len(requests) > 1500
    found = [(table, said, limit_in(said, catalog)) for table, said in requests]
    assert [one for one in found if one[2] is not None] == []


@pytest.mark.parametrize(("limit", "said"), listed("declined.txt"))
def test_a_request_with_a_limit_is_declined(limit: str, said: str, catalog: Catalog) -> None:
    answer = ask(said, SITUATIONS["one"], catalog)
    assert isinstance(answer, Decline)
    assert answer.missing == limits()[limit].told(language_of(said))


@pytest.mark.parametrize(
    ("table", "share"), [("limits_fresh.txt", 0.9), ("limits_second.txt", 0.5)]
)
def test_most_limits_are_found_in_words_nobody_prepared(
    table: str, share: float, catalog: Catalog
) -> None:
    found = [(limit, limit_in(said, catalog)) for limit, said in listed(table)]
    right = [wanted for wanted, got in found if got is not None and got.name == wanted]
    wrong = [wanted for wanted, got in found if got is not None and got.name != wanted]
    assert len(right) >= share * len(found)
    assert len(wrong) <= 2


def test_most_limits_are_found_by_their_names(catalog: Catalog) -> None:
    found = [(limit, nearest_limit(said, catalog)) for limit, said in listed("limits_named.txt")]
    right = [wanted for wanted, got in found if got is not None and got.name == wanted]
    wrong = [wanted for wanted, got in found if got is not None and got.name != wanted]
    assert len(right) >= 0.8 * len(found)
    assert len(wrong) <= 2


def test_likeness_alone_rarely_takes_what_can_be_done_for_a_limit(catalog: Catalog) -> None:
    requests = [said for _, said in planned()][::10]
    taken = [said for said in requests if nearest_limit(said, catalog) is not None]
    assert len(taken) <= 0.02 * len(requests)


def test_a_tool_that_is_installed_lifts_its_limit(catalog: Catalog) -> None:
    said = "which chords are in this?"
    other = catalog.tools["transcribe"]
    fields = {name: getattr(other, name) for name in Tool.__dataclass_fields__}
    tools = {**catalog.tools, "detect_chords": Tool(**{**fields, "name": "detect_chords"})}
    assert isinstance(ask(said, SITUATIONS["one"], catalog), Decline)
    assert ask(said, SITUATIONS["one"], Catalog(tools, (), ())) is None


@pytest.mark.parametrize(
    "said",
    [
        'say "sing a song for me"',
        "diz: canta uma canção e faz um vídeo",
        "describe sing.mp3",
        "I want to sing along, take the vocals out",
        "make the sound of birds singing",
        "make the music louder",
        "no, the other way round",
    ],
)
def test_words_to_be_spoken_names_and_near_misses_have_no_limit(
    said: str, catalog: Catalog
) -> None:
    assert limit_in(said, catalog) is None


def test_what_else_is_asked_comes_nearest(catalog: Catalog) -> None:
    said = "clean this up, transcribe it and upload it to YouTube"
    answer = ask(said, SITUATIONS["one"], catalog)
    assert isinstance(answer, Decline)
    assert answer.nearest == plan_of("enhance_speech(audio=@a1) ; transcribe(audio=@s1)")
    assert answer.loses == "the sending"


def test_words_in_quotation_marks_are_kept_for_what_comes_nearest(catalog: Catalog) -> None:
    answer = ask('canta "parabéns a você"', SITUATIONS["none"], catalog)
    assert isinstance(answer, Decline)
    assert answer.nearest == plan_of("synthesize_speech(text='parabéns a você')")


def test_a_decline_of_another_planner_is_explained(settings: Settings, catalog: Catalog) -> None:
    one = SITUATIONS["one"]
    for said, missing in (
        ("notes of this tune as a MIDI file", limits()["notes"].told("en")),
        ("order me a pizza", "No."),  # what nobody knows of stays as it was said
    ):
        planner = ScriptedPlanner([Decline("No.")])
        planners = Planners(settings, CheckpointCache(settings.weights), catalog, [planner])
        answer, name, _ = planners.answer(
            Request(said, one.files, one.artifacts), lambda event: None
        )
        assert name == "scripted" and isinstance(answer, Decline)
        assert answer.missing.startswith(missing)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("talking head from a song", "No tool here animates faces."),
        ("acordes de uma canção", "Nenhuma ferramenta daqui escreve música em notas"),
        (
            "remove the hum",
            "I know of no limit by these words, which does not mean that it can be done. "
            "The nearest I know: “remove the hum”",
        ),
    ],
)
def test_it_is_told_why_not(wanted: str, told: str, catalog: Catalog) -> None:
    assert why_not(wanted, catalog).startswith(told)


def test_what_is_not_asked_for_by_its_signs_is_found_by_its_words(catalog: Catalog) -> None:
    assert limit_in("portrait animation", catalog) is None
    found = nearest_limit("portrait animation", catalog)
    assert found is not None and found.name == "face"
    assert nearest_limit("more bass", catalog) is None  # which can be done
