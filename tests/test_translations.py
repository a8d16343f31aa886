"""What tools and models tell the user is told in Portuguese to those who ask in Portuguese."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tonmeister.error_translations import ERRORS
from tonmeister.models.sound_names import EVERYDAY
from tonmeister.recipe_translations import RECIPES
from tonmeister.sound_translations import SOUNDS, sounds_named
from tonmeister.soundlibrary import recorded_sounds
from tonmeister.speech_translations import SPEECH
from tonmeister.translations import PORTUGUESE, in_words

SOURCES = Path(__file__).parents[1] / "src" / "tonmeister"
# Add a module here once its notes are translated.
TRANSLATED = {
    "tools": "audiobook editing export fillers loudness mending picture pauses restoration sound "
    "spatial speakers speech splicing subtitles synthesis translation voice",
    "models": "bergamot closest_voice ctc_alignment deepfilternet dialogue diarization dnsmos "
    "dubbing espeak gtcrn kemar kokoro kokoro_dub kokoro_narration m2m100 marian openvoice "
    "pyannote reference_voice resemblyzer seamless sepformer silero spoken_language text_matching "
    "translated translation_pairs vits vits_speech voice_choice voice_pitch voice_tools wavlm "
    "whisper whisper_alignment whisper_fillers whisper_language whisper_translation world yamnet",
}
MODULES = [
    SOURCES / folder / f"{name}.py"
    for folder, names in TRANSLATED.items()
    for name in names.split()
]
# Full sentences in the sources that are no notes: hints of errors, and what a recogniser is shown.
NO_NOTES = ("This model translates between any two of:", "M2M100 knows 100 languages:")
PROMPTS = {"whisper_fillers.py"}
# Notes put together from several places, as they come out.
PUT_TOGETHER = (
    "The gap from 1.000 to 1.020 s was filled by autoregressive interpolation.",
    "The gap from 1.000 to 1.200 s, 900-8000 Hz, was filled with the passage at 3.10 s, whose "
    "edges are alike to 0.91 (1.00 is the same sound).",
    "7 samples in 1 place were cut off at -3.0 dBFS; their peaks were drawn anew from what is "
    "around them.",
    "700 samples in 9 places were cut off at -3.0 and -2.0 dBFS; their peaks were drawn anew from "
    "what is around them.",
    "The recording ends at 3.4 kHz; what is above is estimated from the band below.",
    "1 filler was cut, 0.4 s in all; some may not have been recognised.",
    "3 fillers were cut, 1.2 s in all; some may not have been recognised.",
    "Text and speech differ in places (71% of the letters agree); there the times are estimates.",
    "The recording does not tell its language clearly: perhaps 'en' (41%) or 'nl' (30%).",
    "2 of 9 segments are too long for their time even at 1.6 times the usual speed and end up to "
    "0.8 s late; 3 begin up to 0.5 s late. Nothing was cut.",
    "2 of 9 segments are too long for their time even at 1.6 times the usual speed and end up to "
    "0.8 s late. Nothing was cut.",
    "No model that clones voices is installed, so nothing was imitated. The closest built-in voice "
    "is af_heart, with a speaker similarity of 0.61 (1.00 is the same voice).",
)
PIECES = (
    "0 of 0 segments are too long",
    "The gap 0 was filled",
    "0 samples in 0 were cut off",
    "The recording ends at 0; what",
    "0 0 cut, 0 s in all",
    "0the times are estimates.",
    "0 or '0' (0).",
)


def sentences_of(node: ast.AST) -> Iterator[str]:
    """Yield every full sentence of a module that is neither documentation nor an error."""
    if isinstance(node, ast.Raise):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Call):
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if called.endswith("Error") or "refused" in called:
            return
    text = None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(
            str(part.value) if isinstance(part, ast.Constant) else "0" for part in node.values
        )
    if text is None:
        for child in ast.iter_child_nodes(node):
            yield from sentences_of(child)
    elif len(text.split()) >= 3 and text.endswith("."):
        yield text


def untranslated(text: str) -> list[str]:
    parts = re.split(r"(?<=\.) (?=[A-Z])", text)
    return [part for part in parts if in_words("pt", part) == part]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_every_note_of_a_tool_of_speech_or_sound_has_a_translation(module: Path):
    found = [
        text
        for text in sentences_of(ast.parse(module.read_text(encoding="utf-8")))
        if module.name not in PROMPTS and not text.startswith((*NO_NOTES, *PIECES))
    ]
    assert [part for text in found for part in untranslated(text)] == []


@pytest.mark.parametrize("text", PUT_TOGETHER)
def test_notes_put_together_have_one_too(text: str):
    assert untranslated(text) == []


# Add a module here once its errors are translated.
ERRORS_TRANSLATED = (
    *("tools/rooms", "tools/separation", "models/sound_extraction"),
    *("recipes/machine", "recipes/running", "recipes/files"),
)


def errors_of(tree: ast.AST) -> Iterator[str]:
    """Yield every full sentence that is raised, hints included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for argument in (*node.exc.args, *(one.value for one in node.exc.keywords)):
                yield from sentences_of(argument)


@pytest.mark.parametrize("module", ERRORS_TRANSLATED)
def test_every_error_of_a_module_has_a_translation(module: str):
    tree = ast.parse((SOURCES / f"{module}.py").read_text(encoding="utf-8"))
    found = list(errors_of(tree))
    assert found
    assert [part for text in found for part in untranslated(text)] == []


def test_an_error_without_a_translation_would_be_found():
    tree = ast.parse('raise ToolInputError(f"Found {new} and nobody translated it.", tool="x")')
    assert [untranslated(text) for text in errors_of(tree)] == [
        ["Found 0 and nobody translated it."]
    ]


def test_what_a_check_could_not_measure_has_one():
    tree = ast.parse((SOURCES / "checks.py").read_text(encoding="utf-8"))
    findings = [
        node.value.elts[1].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Return)
        and isinstance(node.value, ast.Tuple)
        and isinstance(node.value.elts[0], ast.Constant)
        and node.value.elts[0].value is None
        and isinstance(node.value.elts[1], ast.Constant)
    ]
    assert "length unknown" in findings
    assert [one for one in findings if in_words("pt", str(one)) == one] == []


def test_a_note_without_a_translation_would_be_found():
    tree = ast.parse('note = f"Something {new} was never translated."')
    assert [untranslated(text) for text in sentences_of(tree)] == [
        ["Something 0 was never translated."]
    ]


@pytest.mark.parametrize(
    ("english", "portuguese"), [*PORTUGUESE, *SOUNDS, *SPEECH, *ERRORS, *RECIPES]
)
def test_a_translation_keeps_only_values_that_are_there(english: str, portuguese: str):
    places = [int(place) for place in re.findall(r"\{(\d)\}", portuguese)]
    assert len(places) == len(set(places))
    assert all(place < english.count("{}") for place in places)
    assert in_words("pt", english.replace("{}", "7")) == portuguese.format(*"7777777")


@pytest.mark.parametrize(
    ("english", "portuguese"),
    [
        ("Listened for: Bark, Baby cry, infant cry, Dog.", "latido, choro de bebé, cão."),
        (
            "Recordings used: dog barking (Rain and Bell, CC0-1.0); bells ringing (Ana, CC0-1.0).",
            "cão a ladrar (Rain and Bell, CC0-1.0); sinos a repicar (Ana, CC0-1.0).",
        ),
        ("So the sound is: cat meowing and dog barking.", "gato a miar e cão a ladrar."),
        ("Calculated, not recorded: rain.", "chuva."),
        ("Listened for: Zither.", "Zither."),
        ("Nothing in the library sounds like 'um dragão', so it was left out.", "'um dragão'"),
        ("AudioSep understands English; found 'dogs and cats'.", "'dogs and cats'."),
    ],
)
def test_sounds_in_a_sentence_are_called_by_their_portuguese_names(english: str, portuguese: str):
    assert portuguese in in_words("pt", english)
    assert in_words("en", english) == english


def test_every_recording_and_every_everyday_class_has_a_portuguese_name():
    for one in recorded_sounds():
        assert one.caption_pt
        assert sounds_named(one.caption) in {
            other.caption_pt for other in recorded_sounds() if other.caption == one.caption
        }
    # A name that is the same in both languages stands in the table as well.
    same = {"Animal", "Piano", "Mosquito"}
    assert {one for one in EVERYDAY if sounds_named(one) == one} <= same
