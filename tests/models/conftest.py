"""Real recordings and loaded models, shared by the tests of the model tier."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from scripts.dialogues import utterances
from scripts.recordings import FOREIGN_PROMPTS, JFK, LIBRIVOX, PROMPTS, TWO_CITIES, pulled
from tonmeister.audio import Samples, Waveform
from tonmeister.models.bergamot import BERGAMOT, BergamotTexts, BergamotTranscripts
from tonmeister.models.campplus import (
    CAMPPLUS,
    CampplusDiarizer,
    CampplusIdentifier,
    CampplusSeparator,
    CampplusVerifier,
)
from tonmeister.models.deepfilternet import DEEPFILTERNET3, DeepFilterNet3
from tonmeister.models.dnsmos import DNSMOS, Dnsmos
from tonmeister.models.gtcrn import GTCRN, Gtcrn
from tonmeister.models.kokoro import KOKORO, Kokoro
from tonmeister.models.kokoro_dub import KokoroDub
from tonmeister.models.silero import SileroVad
from tonmeister.models.sound_finder import YamnetFinder
from tonmeister.models.sound_words import SOUND_WORDS, SoundWords
from tonmeister.models.whisper import WHISPER_BASE, WhisperBase, WhisperTinyEn
from tonmeister.models.whisper_alignment import WhisperAlignment
from tonmeister.models.whisper_fillers import WhisperFillers
from tonmeister.models.whisper_language import WhisperLanguage
from tonmeister.models.whisper_translation import WhisperTranslation
from tonmeister.models.whisper_weights import WHISPER_TINY_EN
from tonmeister.models.yamnet import YAMNET, Yamnet, YamnetDescriber
from tonmeister.sentence_encoder import SENTENCE_ENCODER, SentenceEncoder


def mono_16k(path: Path) -> Waveform:
    samples, sample_rate = soundfile.read(path, dtype="float32", always_2d=True)
    return Waveform(np.ascontiguousarray(samples.T), sample_rate).to_mono().resampled(16_000)


@pytest.fixture(scope="session")
def two_cities_file() -> Path:
    return pulled(TWO_CITIES) / "two_cities.wav"


@pytest.fixture(scope="session")
def two_cities(two_cities_file: Path) -> Waveform:
    """44 s of one reader."""
    return mono_16k(two_cities_file)


@pytest.fixture(scope="session")
def librivox() -> list[tuple[Waveform, str]]:
    """Clips of one reader, each with what is said."""
    folder = pulled(LIBRIVOX)
    lines = (folder / "transcription.txt").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"<s> (.*) </s> \(.*-(\d+)\)", line.strip()) for line in lines]
    return [(mono_16k(folder / f"{match[2]}.wav"), match[1]) for match in found if match]


@pytest.fixture(scope="session")
def jfk() -> Waveform:
    """11 s of a speech with the noise of its time."""
    return mono_16k(pulled(JFK) / "jfk.mp3")


@pytest.fixture(scope="session")
def pieces() -> dict[str, list[Samples]]:
    """What nine people say, cut at pauses."""
    return utterances()


@pytest.fixture(scope="session")
def diarizer() -> CampplusDiarizer:
    loaded = CampplusDiarizer()
    loaded.load(pulled(CAMPPLUS), 2)
    return loaded


@pytest.fixture(scope="session")
def separator() -> CampplusSeparator:
    loaded = CampplusSeparator()
    loaded.load(pulled(CAMPPLUS), 2)
    return loaded


@pytest.fixture(scope="session")
def identifier() -> CampplusIdentifier:
    loaded = CampplusIdentifier()
    loaded.load(pulled(CAMPPLUS), 2)
    return loaded


@pytest.fixture(scope="session")
def verifier() -> CampplusVerifier:
    loaded = CampplusVerifier()
    loaded.load(pulled(CAMPPLUS), 2)
    return loaded


@pytest.fixture(scope="session")
def whisper() -> WhisperBase:
    loaded = WhisperBase()
    loaded.load(pulled(WHISPER_BASE), 2)
    return loaded


@pytest.fixture(scope="session")
def silero() -> SileroVad:
    loaded = SileroVad()
    loaded.load(None, 1)
    return loaded


@pytest.fixture(scope="session")
def gtcrn() -> Gtcrn:
    loaded = Gtcrn()
    loaded.load(pulled(GTCRN), 1)
    return loaded


@pytest.fixture(scope="session")
def deepfilternet() -> DeepFilterNet3:
    loaded = DeepFilterNet3()
    loaded.load(pulled(DEEPFILTERNET3), 1)
    return loaded


@pytest.fixture(scope="session")
def dnsmos() -> Dnsmos:
    loaded = Dnsmos()
    loaded.load(pulled(DNSMOS), 2)
    return loaded


@pytest.fixture(scope="session")
def kokoro() -> Kokoro:
    loaded = Kokoro()
    loaded.load(pulled(KOKORO), 2)
    return loaded


@pytest.fixture(scope="session")
def yamnet() -> Yamnet:
    loaded = Yamnet()
    loaded.load(pulled(YAMNET), 1)
    return loaded


@pytest.fixture(scope="session")
def describer() -> YamnetDescriber:
    loaded = YamnetDescriber()
    loaded.load(pulled(YAMNET), 1)
    return loaded


@pytest.fixture(scope="session")
def whisper_tiny() -> WhisperTinyEn:
    loaded = WhisperTinyEn()
    loaded.load(pulled(WHISPER_TINY_EN), 2)
    return loaded


@pytest.fixture(scope="session")
def alignment() -> WhisperAlignment:
    loaded = WhisperAlignment()
    loaded.load(pulled(WHISPER_BASE), 2)
    return loaded


@pytest.fixture(scope="session")
def filler_finder() -> WhisperFillers:
    loaded = WhisperFillers()
    loaded.load(pulled(WHISPER_BASE), 2)
    return loaded


@pytest.fixture(scope="session")
def language_namer() -> WhisperLanguage:
    loaded = WhisperLanguage()
    loaded.load(pulled(WHISPER_BASE), 2)
    return loaded


@pytest.fixture(scope="session")
def prompts() -> dict[str, list[tuple[Waveform, str]]]:
    """By language, prompts of a telephone exchange at 8 kHz with what they say."""
    folder = pulled(PROMPTS)
    return {
        language: [(mono_16k(folder / language / f"{name}.wav"), text) for name, text in said]
        for language, said in PROMPTS_SAY.items()
    }


@pytest.fixture(scope="session")
def spoken_words() -> dict[str, Waveform]:
    """Single English words, without the silence before and after them."""
    folder = pulled(PROMPTS) / "en" / "digits"
    names = {word: str(number) for number, word in enumerate(DIGITS, start=1)}
    names |= {word: f"day-{number}" for number, word in enumerate(DAYS)}
    return {word: cut(mono_16k(folder / f"{name}.wav")) for word, name in names.items()}


@pytest.fixture(scope="session")
def foreign_prompts() -> dict[str, list[tuple[Waveform, str]]]:
    """Telephone prompts by language, each with its meaning in English, written by hand."""
    folder = pulled(FOREIGN_PROMPTS)
    listed = Path(__file__).with_name("foreign_prompts.txt").read_text(encoding="utf-8")
    prompts: dict[str, list[tuple[Waveform, str]]] = {}
    for line in listed.splitlines():
        name, meaning = line.split("\t")
        prompts.setdefault(name[:2], []).append((mono_16k(folder / f"{name}.wav"), meaning))
    return prompts


@pytest.fixture(scope="session")
def bergamot() -> BergamotTexts:
    loaded = BergamotTexts()
    loaded.load(pulled(BERGAMOT), 1)
    return loaded


@pytest.fixture(scope="session")
def bergamot_transcripts() -> BergamotTranscripts:
    loaded = BergamotTranscripts()
    loaded.load(pulled(BERGAMOT), 1)
    return loaded


@pytest.fixture(scope="session")
def whisper_translation() -> WhisperTranslation:
    loaded = WhisperTranslation()
    loaded.load(pulled(WHISPER_BASE), 2)
    return loaded


@pytest.fixture(scope="session")
def kokoro_dub() -> KokoroDub:
    loaded = KokoroDub()
    loaded.load(pulled(KOKORO), 2)
    return loaded


@pytest.fixture(scope="session")
def names() -> dict[str, Waveform]:
    """Prompts with the names Asterisk and Digium."""
    folder = pulled(PROMPTS) / "en"
    return {name: mono_16k(folder / f"{name}.wav") for name in ("demo-abouttotry", "demo-thanks")}


def cut(waveform: Waveform) -> Waveform:
    loud = np.flatnonzero(np.abs(waveform.samples[0]) > 0.03 * np.abs(waveform.samples).max())
    return Waveform(waveform.samples[:, loud[0] : loud[-1] + 1], waveform.sample_rate)


DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

# From the documentation of the packages, accents put right.
PROMPTS_SAY = {
    "en": [
        (
            "vm-newuser",
            "Welcome to Comedian Mail. First, I will guide you through a short setup process.",
        ),
        (
            "vm-rec-temp",
            "After the tone, say your temporary message, and then press the pound key.",
        ),
        (
            "vm-nobox",
            "You cannot reply to this message because the sender does not have a mailbox.",
        ),
        (
            "pbx-invalidpark",
            "I am sorry, there is no call parked on that extension. Please try again.",
        ),
        ("vm-rec-name", "After the tone say your name and then press the pound key."),
    ],
    "es": [
        (
            "vm-nobox",
            "Usted no puede responder a este mensaje porque el usuario no tiene buzón para "
            "mensajes.",
        ),
        (
            "vm-intro",
            "Por favor deje su mensaje después del tono. Al terminar, cuelgue o presione la tecla "
            "de número.",
        ),
        (
            "confbridge-pin",
            "Por favor ingrese su número de identificación personal seguido de la tecla gato.",
        ),
        (
            "agent-user",
            "Autenticación de agente. Por favor ingrese su número de agente seguido por la tecla "
            "de número.",
        ),
        (
            "demo-enterkeywords",
            "Por favor ingrese una o más palabras claves separadas por un asterisco y después "
            "presione la tecla de número.",
        ),
    ],
    "fr": [
        (
            "agent-newlocation",
            "Composez le nouveau numéro de poste suivi du dièse ou, pour un service immédiat, "
            "appuyez sur dièse dès maintenant.",
        ),
        (
            "dictate/both_help",
            "Pour faire une pause, appuyez sur étoile, pour entrer un nouveau fichier de dictée, "
            "appuyez sur dièse.",
        ),
        (
            "ss-noservice",
            "Le numéro composé n'est pas en service. Veuillez vérifier le numéro et essayer de "
            "nouveau.",
        ),
        (
            "pbx-invalid",
            "Désolé, ce numéro de poste n'est pas valide. Veuillez essayer de nouveau.",
        ),
        (
            "auth-incorrect",
            "Échec à l'ouverture de session. Composez votre mot de passe suivi du dièse.",
        ),
    ],
    "it": [
        (
            "vm-record-prepend",
            "Dopo il segnale acustico, prego registrare un'introduzione al messaggio inoltrato. "
            "Al termine, premere il tasto cancelletto.",
        ),
        (
            "vm-rec-temp",
            "Dopo il segnale acustico, registrare il proprio messaggio provvisorio, e poi premere "
            "il tasto cancelletto.",
        ),
        (
            "confbridge-pin",
            "Prego inserire il tuo numero identificativo personale seguito dal tasto cancelletto.",
        ),
        (
            "ss-noservice",
            "Il numero che ha digitato non è in uso. Prego controllare il numero e riprovare.",
        ),
        (
            "vm-reenterpassword",
            "Prego digitare nuovamente la password seguita dal tasto cancelletto.",
        ),
    ],
}


@pytest.fixture(scope="session")
def sentence_weights() -> Path:
    return pulled(SENTENCE_ENCODER)


@pytest.fixture(scope="session")
def sentence_encoder(sentence_weights: Path) -> SentenceEncoder:
    return SentenceEncoder(sentence_weights)


@pytest.fixture(scope="session")
def sound_words(sentence_encoder: SentenceEncoder, yamnet: Yamnet) -> SoundWords:
    return SoundWords(sentence_encoder, yamnet._listener.labels)


@pytest.fixture(scope="session")
def finder() -> YamnetFinder:
    loaded = YamnetFinder()
    loaded.load(pulled(SOUND_WORDS), 1)
    return loaded
