"""What is said of a sound that was just made, and what must be left to others."""

from dataclasses import replace

import pytest

from tests.planner.situations import SITUATIONS, Situation, artifact, ask, plan_of
from tonmeister.artifacts import Artifact
from tonmeister.plan import Plan
from tonmeister.planner.answers import PastTurn
from tonmeister.registry import Catalog

AS_MP3 = "convert_format(audio=@s1.sound, format='mp3')"
RAIN = "generate_sound(description='rain'"


def sound(handle: str, name: str, duration: float) -> Artifact:
    made = artifact(handle, name, made_by="generate_sound")
    assert made.recipe is not None
    recipe = replace(made.recipe, parents=())
    return replace(made, facts={"duration": duration}, recipe=recipe)


def after(calls: str, *later: PastTurn, duration: float = 8.0, name: str = "rain") -> Situation:
    """Return the moment after sounds were made by some calls; each lasts as long."""
    plan = plan_of(calls)
    made = [step for step in plan.steps if step.tool == "generate_sound"]
    places = {f"{step.id}.sound": f"a{number}" for number, step in enumerate(made, 1)}
    sounds = [sound(handle, name, duration) for handle in places.values()]
    turn = PastTurn("make it", plan, (), tuple(places.values()), places)
    return Situation(*sounds, history=(turn, *later))


@pytest.mark.parametrize(
    ("said", "duration"),
    [
        ("make it longer", 16.0),
        ("Please make it longer.", 16.0),
        ("longer", 16.0),
        ("make it last longer", 16.0),
        ("make it twice as long", 16.0),
        ("mais comprido", 16.0),
        ("faz mais longo", 16.0),
        ("torna-o mais longo", 16.0),
        ("agora mais comprido", 16.0),
        ("make it 20 s long", 20.0),
        ("make it 20 s", 20.0),
        ("make it last for two minutes", 120.0),
        ("now 20 seconds long", 20.0),
        ("with 20 seconds", 20.0),
        ("com 20 segundos", 20.0),
        ("agora com 20 segundos", 20.0),
        ("faz com 20 segundos", 20.0),
        ("faz durar um minuto e meio", 90.0),
        ("make it 10 seconds longer", 18.0),
        ("10 segundos mais comprido", 18.0),
    ],
)
def test_a_made_sound_is_made_anew_in_another_length(
    said: str, duration: float, catalog: Catalog
) -> None:
    answer = ask(said, after(f"{RAIN}, seed=3)"), catalog)
    assert answer == plan_of(f"{RAIN}, seed=3, duration={duration})")


def test_longer_is_twice_what_was_made_and_at_most_what_the_tool_can(catalog: Catalog) -> None:
    said = "make it longer"
    assert ask(said, after(f"{RAIN}, duration=20.0)", duration=20.0), catalog) == plan_of(
        f"{RAIN}, duration=40.0)"
    )
    assert ask(said, after(f"{RAIN})", duration=3000.0), catalog) == plan_of(
        f"{RAIN}, duration=3600.0)"
    )
    assert ask(said, after(f"{RAIN}, duration=3600.0)", duration=3600.0), catalog) is None


def test_every_take_its_model_and_the_format_are_kept(catalog: Catalog) -> None:
    takes = f"{RAIN}) ; {RAIN}, seed=1)"
    assert ask("com 20 segundos", after(takes), catalog) == plan_of(
        f"{RAIN}, duration=20.0) ; {RAIN}, seed=1, duration=20.0)"
    )
    assert ask("make it longer", after(f"{RAIN}) on audioldm2 ; {AS_MP3}"), catalog) == plan_of(
        f"{RAIN}, duration=16.0) on audioldm2 ; {AS_MP3}"
    )


@pytest.mark.parametrize(
    ("said", "description"),
    [
        ("put thunder in it", "rain and thunder"),
        ("add thunder", "rain and thunder"),
        ("add a dog barking to it", "rain and a dog barking"),
        ("now with thunder", "rain and thunder"),
        ("with thunder too", "rain and thunder"),
        ("add distant thunder in the background", "rain and distant thunder in the background"),
        ("agora com trovões", "rain e trovões"),
        ("junta um cão a ladrar", "rain e um cão a ladrar"),
        ("põe trovões nisso", "rain e trovões"),
        ("acrescenta-lhe vento", "rain e vento"),
    ],
)
def test_a_sound_is_added_to_what_was_described(
    said: str, description: str, catalog: Catalog
) -> None:
    answer = ask(said, after(f"{RAIN}, seed=2)"), catalog)
    assert answer == plan_of(f"generate_sound(description='{description}', seed=2)")


@pytest.mark.parametrize(
    ("said", "before", "description"),
    [
        ("again but in a cave", "a cat", "a cat in a cave"),
        ("outra vez mas numa gruta", "um gato", "um gato numa gruta"),
        ("the same in a cathedral", "a cat in a large hall", "a cat in a cathedral"),
        ("now in a tunnel", "a dog and a cat in a hall", "a dog and a cat in a tunnel"),
        ("again but in the rain", "a cat", "a cat in the rain"),
        ("again but without thunder", "rain and thunder", "rain without thunder"),
        ("outra vez mas sem trovões", "trovoada", "trovoada sem trovões"),
        ("again, but with thunder", "rain", "rain and thunder"),
    ],
)
def test_a_sound_is_made_again_somewhere_else_or_without_something(
    said: str, before: str, description: str, catalog: Catalog
) -> None:
    turn = after(f"generate_sound(description='{before}', seed=2)")
    answer = ask(said, turn, catalog)
    assert answer == plan_of(f"generate_sound(description='{description}', seed=2)")


@pytest.mark.parametrize(
    ("said", "before"),
    [
        ("again but in a cave", "a cat in a hall and a dog"),
        ("again in a cave with a dog", "a cat"),
        ("again but in the rain", "a cat in a large hall"),
        ("again but louder", "a cat"),
        ("again but in Lisbon", "a cat"),
        ("again but without the voice of my boss", "a cat"),
    ],
)
def test_what_may_mean_two_things_of_the_last_sound_is_left(
    said: str, before: str, catalog: Catalog
) -> None:
    turn = after(f"generate_sound(description='{before}')")
    assert not isinstance(ask(said, turn, catalog), Plan)


def test_again_in_another_length_keeps_the_rest(catalog: Catalog) -> None:
    said = after(f"{RAIN}, seed=3)")
    assert ask("again but for 20 seconds", said, catalog) == plan_of(
        f"{RAIN}, seed=3, duration=20.0)"
    )


NOT_OF_THE_DESCRIPTION = [
    "make it louder",
    "make it slower",
    "make it warmer",
    "make it sound longer ago",
    "cut it to 20 s",
    "trim it to 20 seconds",
    "fade out over 2 s",
    "remove the rain",
    "add reverb",
    "add an echo",
    "add bass",
    "add more bass",
    "add 2 seconds of silence",
    "add music",
    "add a voice saying hello",
    "put it in a church",
    "with effects",
    "com mais graves",
    "põe eco",
    "agora em mp3",
    "start at 20 s",
    "20 s",
    "which is longer?",
    "how long is it?",
    "add a dragon",
    "make it 20% longer",
]


@pytest.mark.parametrize("said", NOT_OF_THE_DESCRIPTION)
def test_what_may_be_an_effect_makes_no_other_sound(said: str, catalog: Catalog) -> None:
    answer = ask(said, after(f"{RAIN})"), catalog)
    assert not isinstance(answer, Plan) or "generate_sound" not in {
        step.tool for step in answer.steps
    }


SAID = ["make it longer", "make it 20 s long", "put thunder in it", "agora com trovões"]


@pytest.mark.parametrize("said", SAID)
def test_only_directly_after_a_made_sound(said: str, catalog: Catalog) -> None:
    faded = PastTurn("fade it out", plan_of("fade(audio=@a1)"), (), ("a1",), {})
    asked = PastTurn("sing", None)
    sonified = PastTurn("sonify", plan_of("sonify_image(image=@a1)"), ("a1",), ("a2",), {})
    mixed = plan_of(f"{RAIN}) ; fade(audio=@s1.sound)")
    situations = [
        SITUATIONS["none"],
        SITUATIONS["one"],
        SITUATIONS["transcribed"],
        after(f"{RAIN})", faded),
        after(f"{RAIN})", asked),
        Situation(artifact("a1", "yard", "image"), artifact("a2", "x"), history=(sonified,)),
        Situation(artifact("a1", "x"), history=(PastTurn("x", mixed, (), ("a1",), {}),)),
        # Nothing came of it.
        Situation(history=(PastTurn("rain", plan_of(f"{RAIN})")),)),
    ]
    for situation in situations:
        assert ask(said, situation, catalog) is None
    heard = after(f"{RAIN})")
    assert ask(said, heard, catalog) is not None
    assert ask(said, heard, catalog, files=("a1",)) is None  # with a file, that is meant


def test_a_sound_called_by_its_words_is_no_file_name_by_itself(catalog: Catalog) -> None:
    assert ask("rain", after(f"{RAIN})"), catalog) == plan_of(f"{RAIN})")
    named = ask("normalize rain.flac", after(f"{RAIN})"), catalog)
    assert named == plan_of("normalize_loudness(audio=@a1)")
    assert ask("normalize rain", after(f"{RAIN})"), catalog) is None
