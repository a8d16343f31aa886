"""Measure what Kokoro's voices sound like: ``python -m scripts.voice_table FOLDER``.

Every voice reads a sentence, and the table beside ``models/voice_table.py`` keeps its speaker
embedding and its pitch. Run it again when Kokoro, its voices or the speaker encoder change; it
takes about ten minutes. Speech that was made before lies in the given folder and is kept.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile

from scripts.recordings import pulled
from tonmeister.artifacts import Noted
from tonmeister.models.kokoro import KOKORO, Kokoro
from tonmeister.models.kokoro_weights import VOICES

# First letter of a voice's name → language; three of them need an extra.
_LANGUAGES = "a=en b=en e=es f=fr h=hi i=it j=ja p=pt z=zh"
LANGUAGES = dict(pair.split("=") for pair in _LANGUAGES.split())
SENTENCES = {
    "en": "Please call me when the meeting is finished; we have many things to discuss.",
    "es": "Llámame cuando termine la reunión; tenemos muchas cosas de qué hablar.",
    "fr": "Appelle-moi quand la réunion sera finie ; nous avons beaucoup à nous dire.",
    "hi": "बैठक खत्म होने पर मुझे फोन करना, हमें बहुत बातें करनी हैं।",
    "it": "Chiamami quando la riunione è finita; abbiamo molte cose di cui parlare.",
    "ja": "会議が終わったら電話してください。話したいことがたくさんあります。",
    "pt": "Ligue para mim quando a reunião terminar; temos muitas coisas para conversar.",
    "zh": "会议结束以后请给我打电话，我们还有很多事情要商量。",
}


def speak(folder: Path) -> None:
    """Let every voice read, unless it has."""
    folder.mkdir(parents=True, exist_ok=True)
    kokoro = Kokoro()
    kokoro.load(pulled(KOKORO), 2)
    for voice in sorted(VOICES):
        target = folder / f"{voice}.wav"
        if voice[0] not in LANGUAGES or target.exists():
            continue
        language = LANGUAGES[voice[0]]
        made = kokoro(text=SENTENCES[language], language=language, voice=voice, speed=1.0)
        audio = made.value if isinstance(made, Noted) else made
        samples = np.concatenate([block.samples for block in audio.blocks()], axis=1)
        soundfile.write(target, samples[0], audio.sample_rate)
        print(voice)


def measure(folder: Path, target: Path) -> None:
    """Write the table from the speech in a folder."""
    from tonmeister.audio import Waveform
    from tonmeister.models.resemblyzer import RESEMBLYZER, Resemblyzer
    from tonmeister.models.world import pitch_of

    encoder = Resemblyzer(pulled(RESEMBLYZER) / "pretrained.pt", 2)
    names, voices, pitches = [], [], []
    for path in sorted(folder.glob("*.wav")):
        samples, sample_rate = soundfile.read(path, dtype="float32")
        speech = Waveform(samples, sample_rate).resampled(16_000)
        pitch, _ = pitch_of(speech)
        names.append(path.stem)
        voices.append(encoder.embed([speech.samples[0]])[0])
        pitches.append(np.median(pitch[pitch > 0.0]))
    np.savez_compressed(
        target,
        names=np.array(names),
        languages=np.array([LANGUAGES[name[0]] for name in names]),
        voices=np.stack(voices).astype(np.float16),
        pitches_hz=np.array(pitches, np.float32),
    )
    print(f"{target}: {len(names)} voices, {target.stat().st_size} bytes")


if __name__ == "__main__":
    place = Path(sys.argv[1])
    speak(place)
    measure(place, Path("src/tonmeister/models/voice_table.npz"))
