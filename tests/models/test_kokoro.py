import re
import tracemalloc

import jiwer
import numpy as np
import pytest

from tonmeister.artifacts import Chapter, Noted, Segment, Text, Transcript
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.kokoro import FIRST_TOKENS, MAX_TOKENS, SAMPLE_RATE, Kokoro
from tonmeister.models.kokoro_voices import fitting_voice
from tonmeister.models.whisper import WhisperBase
from tonmeister.models.writing_out import written_out
from tonmeister.streaming import Audio

ENGLISH = "The weather was lovely this morning, so we walked along the river."
PORTUGUESE = "Bom dia, hoje vamos aprender como funciona um sistema de reconhecimento de voz."


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split())


def spoken(
    kokoro: Kokoro,
    text: str | Transcript,
    language: str | None = None,
    voice: str | None = None,
    speed: float = 1.0,
) -> Waveform:
    result = kokoro(text, language, voice, speed)
    audio = result.value if isinstance(result, Noted) else result
    assert isinstance(audio, Audio)
    return Waveform(np.concatenate([b.samples for b in audio.blocks()], axis=1), SAMPLE_RATE)


def heard(whisper: WhisperBase, waveform: Waveform) -> Transcript:
    result = whisper(Audio.from_waveform(waveform.resampled(16_000)), None)
    return result.value if isinstance(result, Noted) else result


@pytest.mark.weights
@pytest.mark.parametrize(("language", "text"), [("en", ENGLISH), ("pt", PORTUGUESE)])
def test_what_is_spoken_is_understood(
    kokoro: Kokoro, whisper: WhisperBase, language: str, text: str
):
    said = spoken(kokoro, text)
    found = heard(whisper, said)
    assert found.language == language
    assert jiwer.wer(plain(text), plain(found.text)) == 0.0
    assert 0.1 < np.max(np.abs(said.samples)) < 1.0


CHINESE = "今天是2026年3月15日，我们一起去公园散步吧。"
JAPANESE = "今日は3月15日です。公園を散歩しましょう。"


@pytest.mark.weights
@pytest.mark.parametrize(
    ("language", "text", "other", "voice"),
    [
        ("zh", CHINESE, "请把这份文件寄给北京大学的王老师。", "zf_xiaoxiao"),
        ("ja", JAPANESE, "この書類を東京大学の田中先生に送ってください。", "jf_alpha"),
    ],
)
def test_east_asian_text_is_understood_by_its_sound(
    kokoro: Kokoro, whisper: WhisperBase, language: str, text: str, other: str, voice: str
):
    """Listeners choose among characters of one sound, so sounds are compared, without tones."""

    def sounds(said: str) -> str:
        read = kokoro._phonemes(written_out(said, language), language)
        return re.sub(r"[^\w]|[ː]", "", read)

    result = kokoro(text, None, voice, 1.0)
    audio = result.value if isinstance(result, Noted) else result
    assert isinstance(audio, Audio)
    said = Waveform(np.concatenate([b.samples for b in audio.blocks()], axis=1), SAMPLE_RATE)
    found = heard(whisper, said)
    assert found.language == language
    assert jiwer.cer(sounds(text), sounds(found.text)) < 0.15
    assert jiwer.cer(sounds(other), sounds(found.text)) > 0.5


@pytest.mark.weights
@pytest.mark.parametrize(
    ("text", "language"), [(CHINESE, "Chinese"), (JAPANESE, "Japanese"), ("コーヒー", "Japanese")]
)
def test_characters_tell_their_language(kokoro: Kokoro, text: str, language: str):
    result = kokoro(text, None, None, 1.0)
    assert isinstance(result, Noted)
    assert result.notes == (f"The text was taken for {language}.",)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("voice", "sentence"),
    [("zf_xiaoni", "我们沿着河边走了很久"), ("jm_kumo", "川に沿って長く歩いて")],
)
def test_endless_east_asian_text_is_cut_between_words(kokoro: Kokoro, voice: str, sentence: str):
    one = fitting_voice(voice, None)
    endless = f"{sentence * 60}[pause 1]{sentence}。"
    groups = list(kokoro._groups(endless, one, 0.35))
    assert all(len(tokens) <= MAX_TOKENS for tokens, _ in groups)
    assert ([], 1.0) in groups
    made = [token for tokens, _ in groups for token in tokens]
    space, end = kokoro._vocabulary[" "], kokoro._vocabulary["."]
    alone = kokoro._tokens(kokoro._phonemes(sentence, one.accent))
    syllables = [token for token in made if token not in (space, end)]
    assert len(syllables) == pytest.approx(61 * len([t for t in alone if t != space]), rel=0.02)


@pytest.mark.weights
def test_a_voice_decides_the_language_and_speed_the_length(kokoro: Kokoro):
    slow = spoken(kokoro, "Tonmeister", voice="pm_alex", speed=0.7)
    fast = spoken(kokoro, "Tonmeister", voice="pm_alex", speed=1.5)
    assert 1.5 < slow.duration / fast.duration < 3.0


@pytest.mark.weights
@pytest.mark.parametrize(
    ("text", "gender", "name"),
    [("Bom dia a todos.", "male", "pm_alex"), ("Good morning.", "female", "af_heart")],
)
def test_a_gender_chooses_a_voice_of_the_language_that_is_found(
    kokoro: Kokoro, text: str, gender: str, name: str
):
    chosen, named = (spoken(kokoro, text, None, voice).samples for voice in (gender, name))
    assert np.allclose(chosen, named)


@pytest.mark.weights
def test_a_transcript_is_read_in_its_language(kokoro: Kokoro):
    transcript = Transcript("it", (Segment(0.0, 1.0, "Tonmeister"),), 1.0)
    result = kokoro(transcript, None, None, 1.0)
    assert not isinstance(result, Noted)
    read = np.concatenate([block.samples for block in result.blocks()], axis=1)
    assert np.array_equal(read, spoken(kokoro, "Tonmeister", "it").samples)


@pytest.mark.weights
def test_a_guessed_language_is_told(kokoro: Kokoro):
    result = kokoro("Tonmeister", None, None, 1.0)
    assert isinstance(result, Noted)
    assert "read as English" in result.notes[0]


@pytest.mark.weights
@pytest.mark.parametrize("text", ["", "  \n", "?!…"])
def test_a_text_without_words_is_refused(kokoro: Kokoro, text: str):
    with pytest.raises(ToolInputError, match="no words"):
        kokoro(text, None, None, 1.0)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("text", "found"), [("Привет, мир", "Cyrillic"), ("Das Wetter ist schön", "German")]
)
def test_a_text_nobody_here_can_read_is_refused(kokoro: Kokoro, text: str, found: str):
    with pytest.raises(ToolInputError, match=rf"{found}.*Portuguese \(pt\)"):
        kokoro(text, None, None, 1.0)


@pytest.mark.weights
def test_long_texts_come_in_groups_that_fit_and_lose_nothing(kokoro: Kokoro):
    endless = "and then we went along the river " * 30
    text = f"{ENGLISH} {ENGLISH}\n\n{endless}, {endless}.\n\n{ENGLISH}"
    voice = fitting_voice(None, "en")
    groups = list(kokoro._groups(text, voice, 0.35))
    assert all(0 < len(tokens) <= MAX_TOKENS for tokens, _ in groups)
    assert len(groups) >= 6
    whole = kokoro._tokens(kokoro._phonemes(f"{endless}, {endless}.", "en-us"))
    inner = [token for tokens, _ in groups[1:-1] for token in tokens]
    assert whole == inner or inner[: len(whole)] == whole
    ramped = list(kokoro._ramped(iter(groups), FIRST_TOKENS))
    space = kokoro._vocabulary[" "]
    kept = [
        [token for tokens, _ in some for token in tokens if token != space]
        for some in (groups, ramped)
    ]
    assert kept[0] == kept[1]


@pytest.mark.weights
@pytest.mark.parametrize(
    "text",
    [
        f"{ENGLISH} {ENGLISH} {ENGLISH}",
        "This sentence goes on without a comma until somebody has the courage to stop it.",
        "Yes. " + ENGLISH,
    ],
)
def test_the_first_group_is_short_and_the_next_ones_may_be_twice_as_long(kokoro: Kokoro, text: str):
    groups = list(
        kokoro._ramped(kokoro._groups(text, fitting_voice(None, "en"), 0.35), FIRST_TOKENS)
    )
    assert len(groups[0][0]) <= FIRST_TOKENS
    assert len(groups) >= 2
    if text.count(".") > 1:  # a sentence that is under way is cut once only
        assert all(len(tokens) <= FIRST_TOKENS * 2**n for n, (tokens, _) in enumerate(groups))


@pytest.mark.weights
def test_the_first_sentences_are_there_before_the_rest_is_made(kokoro: Kokoro):
    result = kokoro(f"Yes, it is.\n\n{ENGLISH * 200}", "en", None, 1.0)
    assert isinstance(result, Audio)
    first = next(iter(result.blocks()))
    assert 0.5 < first.duration < 4.0


@pytest.mark.weights
def test_a_pause_is_as_long_as_asked_and_speed_does_not_change_it(kokoro: Kokoro):
    blocks = list(kokoro.spoken("Yes. [pause 1.5] No.", "en", None, 2.0))
    (pause,) = [block for block in blocks if not np.any(block.samples)]
    assert pause.num_frames == 1.5 * SAMPLE_RATE
    assert len(blocks) == 3


@pytest.mark.weights
@pytest.mark.parametrize("text", ["Wait. [pause 11] Go.", "Wait. [pause -1] Go."])
def test_a_pause_that_is_too_long_or_negative_is_refused_at_once(kokoro: Kokoro, text: str):
    with pytest.raises(ToolInputError, match=r"0 to 10 s are possible"):
        kokoro(text, "en", None, 1.0)


@pytest.mark.weights
def test_a_pronunciation_is_heard(kokoro: Kokoro):
    plain = spoken(kokoro, "The word is tomato.", "en")
    given = spoken(kokoro, "The word is {tomato|/ˈpaɪnæpəl/}.", "en")
    assert not np.array_equal(plain.samples[:, :1000], given.samples[:, -1000:])
    wanted = kokoro._tokens(kokoro._phonemes.of_ipa("ˈpaɪnæpəl", "tomato", "en-us"))
    ((tokens, _),) = kokoro._groups("{tomato|/ˈpaɪnæpəl/}", fitting_voice(None, "en"), 0.0)
    assert tokens == wanted
    with pytest.raises(ToolInputError, match="'7'"):
        kokoro("The word is {tomato|/t7/}.", "en", None, 1.0)


@pytest.mark.weights
def test_speakers_of_a_script_get_voices_and_the_reply_says_which(kokoro: Kokoro):
    result = kokoro("HOST: Hello.\nGUEST: Hi.\nHOST: Bye.", "en", None, 1.0)
    assert isinstance(result, Noted)
    assert result.notes == (
        "The speakers have voices of their own: HOST by af_heart (female), "
        "GUEST by am_michael (male).",
    )
    result = kokoro("HOST: Hello.\nGUEST: Hi.", None, "HOST=bm_george, GUEST=af_bella", 1.0)
    assert isinstance(result, Noted)
    assert "HOST by bm_george (male), GUEST by af_bella (female)" in result.notes[-1]
    with pytest.raises(ToolInputError, match="given for HOST, but no line"):
        kokoro("Hello there.", "en", "HOST=af_heart", 1.0)
    with pytest.raises(ToolInputError, match=r"'pf_dora' speaks Portuguese, not 'en'"):
        kokoro("HOST: Hello.\nGUEST: Hi.", "en", "HOST=pf_dora", 1.0)


@pytest.mark.weights
def test_a_transcript_with_speakers_is_read_by_several_voices(kokoro: Kokoro):
    segments = (
        Segment(0.0, 1.0, "Bom dia.", "SPEAKER_01"),
        Segment(1.0, 2.0, "Olá.", "SPEAKER_02"),
    )
    result = kokoro(Transcript("pt", segments, 2.0), None, None, 1.0)
    assert isinstance(result, Noted)
    assert "SPEAKER_01 by pf_dora (female), SPEAKER_02 by pm_alex (male)" in result.notes[0]


@pytest.mark.weights
def test_a_note_is_no_speaker(kokoro: Kokoro):
    assert isinstance(kokoro("Note: it rains.\nTip: stay inside.", "en", None, 1.0), Audio)


@pytest.mark.weights
def test_a_document_is_read_in_its_language(kokoro: Kokoro):
    document = Text((Chapter("Um", "Bom dia."), Chapter("Dois", "Boa noite.")), "pt")
    assert isinstance(kokoro(document, None, None, 1.0), Audio)


@pytest.mark.weights
def test_hindi_says_where_its_phonemes_come_from(kokoro: Kokoro):
    result = kokoro("नमस्ते दुनिया", None, None, 1.0)
    assert isinstance(result, Noted)
    assert any("espeak-ng (GPL-3.0)" in note for note in result.notes)


@pytest.mark.weights
def test_an_hour_of_text_is_prepared_in_flat_memory_and_starts_at_once(kokoro: Kokoro):
    text = "\n\n".join([f"{ENGLISH} {ENGLISH} {ENGLISH}"] * 300)  # about an hour
    kokoro._phonemes.prepare("en-us")
    tracemalloc.start()
    groups = kokoro._groups(text, fitting_voice(None, "en"), 0.35)
    count = sum(1 for _ in groups)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count >= 300
    assert peak < 8 * len(text) + 2_000_000
