"""How well a collection is searched by words, on recordings that nothing was set on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import pulled
from scripts.sounds import STAMP_NAMES, STAMPS
from tests.models.sound_scenes import RATE, clip
from tonmeister.audio import Waveform
from tonmeister.models.sound_index import YamnetIndexer
from tonmeister.models.sound_words import SOUND_WORDS, SoundWords
from tonmeister.sentence_encoder import SentenceEncoder
from tonmeister.soundsearch import SoundIndex
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights


def test_a_collection_is_searched_by_words(tmp_path: Path, capability: Callable[..., None]):
    weights = pulled(SOUND_WORDS)
    indexer = YamnetIndexer()
    indexer.load(weights, 1)
    index = SoundIndex(tmp_path / "index")
    for file in STAMP_NAMES:
        sound = np.pad(clip(pulled(STAMPS) / file, 30.0), RATE // 4)
        audio = Audio.from_waveform(Waveform(sound[np.newaxis], RATE))
        index.put(file, tmp_path.stat(), indexer(audio, tmp_path).path)
    words = SoundWords(SentenceEncoder(weights), index.labels)
    places: list[int] = []
    for names in dict.fromkeys(STAMP_NAMES.values()):
        right = {file for file, one in STAMP_NAMES.items() if one == names}
        for name in names:
            meant = words.classes(name)
            ranked = index.by_classes({one.label: one.weight for one in meant}) if meant else []
            found = (place for place, (_, file, _) in enumerate(ranked, 1) if file in right)
            places.append(next(found, len(STAMP_NAMES)))
    row = {
        "tool": "search",
        "model": "yamnet-index",
        "data": f"{len(places)} descriptions in 6 languages, {len(STAMP_NAMES)} sounds",
    }
    shares = {count: float(np.mean(np.array(places) <= count)) for count in (1, 5)}
    for count, share in shares.items():
        capability(**row, measure=f"found among the first {count}", value=100 * share, unit="%")
    assert shares[1] >= 0.46
    assert shares[5] >= 0.75
