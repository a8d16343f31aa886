"""How high a voice is: the median of its fundamental frequency, and voices of about the same.

Source of the method: Boersma, "Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound" (1993): the autocorrelation of a windowed frame divided
by that of the window. Of the peaks nearly as high as the highest the first one counts, against
octave errors.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples

__all__ = [
    "HIGH_VOICE_HZ",
    "KOKORO_F0_HZ",
    "VOICED",
    "closest_voices",
    "median_f0_hz",
    "pitch_track",
]

LOWEST_HZ = 60.0
HIGHEST_HZ = 400.0
FRAME_DURATION = 0.05
HOP_DURATION = 0.02
VOICED = 0.6
"""Height of the autocorrelation's peak from which a frame counts as voiced."""

NEARLY = 0.9
QUIET = 0.05
"""Share of the loud frames' amplitude (95th percentile) below which a frame is left out."""

LEAST_VOICED = 0.3
"""Seconds of voiced speech below which no pitch is stated."""

HIGH_VOICE_HZ = 160.0
"""Between the usual medians of men, about 120 Hz, and of women, about 200 Hz; source: Titze,
"Physiologic and acoustic differences between male and female voices" (1989)."""

KOKORO_F0_HZ: Mapping[str, float] = {
    "af_alloy": 139.0,
    "af_aoede": 185.0,
    "af_bella": 192.0,
    "af_heart": 191.0,
    "af_jessica": 206.0,
    "af_kore": 159.0,
    "af_nicole": 144.0,
    "af_nova": 157.0,
    "af_river": 176.0,
    "af_sarah": 184.0,
    "af_sky": 160.0,
    "am_adam": 113.0,
    "am_echo": 108.0,
    "am_eric": 158.0,
    "am_fenrir": 137.0,
    "am_liam": 123.0,
    "am_michael": 109.0,
    "am_onyx": 83.0,
    "am_puck": 114.0,
    "am_santa": 150.0,
    "bf_alice": 206.0,
    "bf_emma": 183.0,
    "bf_isabella": 202.0,
    "bf_lily": 200.0,
    "bm_daniel": 120.0,
    "bm_fable": 120.0,
    "bm_george": 137.0,
    "bm_lewis": 83.0,
    "ef_dora": 165.0,
    "em_alex": 126.0,
    "em_santa": 131.0,
    "ff_siwis": 203.0,
    "hf_alpha": 200.0,
    "hf_beta": 180.0,
    "hm_omega": 124.0,
    "hm_psi": 125.0,
    "if_sara": 208.0,
    "im_nicola": 82.0,
    "jf_alpha": 274.0,
    "jf_gongitsune": 241.0,
    "jf_nezumi": 227.0,
    "jf_tebukuro": 308.0,
    "jm_kumo": 91.0,
    "pf_dora": 169.0,
    "pm_alex": 128.0,
    "pm_santa": 132.0,
    "zf_xiaobei": 236.0,
    "zf_xiaoni": 236.0,
    "zf_xiaoxiao": 238.0,
    "zf_xiaoyi": 290.0,
    "zm_yunjian": 118.0,
    "zm_yunxi": 160.0,
    "zm_yunxia": 290.0,
    "zm_yunyang": 115.0,
}
"""Median of each voice over one sentence of about 5.5 s in its language ("The weather was lovely
this morning, so we walked …"; of Chinese and Japanese voices that of ``scripts/voice_table.py``),
by ``median_f0_hz`` on Kokoro's int8 graph at speed 1."""


def median_f0_hz(pieces: Iterable[Samples], sample_rate: int) -> float | None:
    """Return the median fundamental frequency of speech; None with too little voiced speech.

    Args:
        pieces: Mono stretches of one speaker, each of shape ``(frames,)``.
        sample_rate: Their rate in Hz, 8000 or more.
    """
    found = [_frame_pitches(piece, sample_rate) for piece in pieces]
    pitches = np.concatenate(found) if found else np.zeros(0)
    if len(pitches) * HOP_DURATION < LEAST_VOICED:
        return None
    return float(np.median(pitches))


def _frame_pitches(samples: Samples, sample_rate: int) -> NDArray[np.float64]:
    """Return the pitch of every voiced frame in Hz."""
    length, hop = round(FRAME_DURATION * sample_rate), round(HOP_DURATION * sample_rate)
    if len(samples) < length:
        return np.zeros(0)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop].astype(np.float64)
    frames = frames - frames.mean(axis=1, keepdims=True)
    levels = np.sqrt(np.mean(frames**2, axis=1))
    frames = frames[levels > max(1e-5, QUIET * float(np.percentile(levels, 95)))]
    pitches, strengths = pitch_track(frames, sample_rate)
    return pitches[strengths >= VOICED]


def pitch_track(
    frames: NDArray[np.float64], sample_rate: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the pitch of every frame in Hz and the height of its peak, 0.0 without one.

    Args:
        frames: Of shape ``(count, length)``, 50 ms or longer.
        sample_rate: Their rate in Hz.
    """
    window = np.hanning(frames.shape[1])
    first, last = int(sample_rate / HIGHEST_HZ), int(sample_rate / LOWEST_HZ) + 2
    frames = frames - frames.mean(axis=1, keepdims=True)
    likeness = _autocorrelations(frames * window, last) / _autocorrelations(window[None], last)
    pitches, strengths = np.zeros(len(frames)), np.zeros(len(frames))
    for index, lags in enumerate(likeness[:, : last + 1]):
        inner = lags[first:last]
        rising = (inner > lags[first - 1 : last - 1]) & (inner >= lags[first + 1 : last + 1])
        peaks = np.flatnonzero(rising)
        if len(peaks) == 0 or (best := float(inner[peaks].max())) <= 0.0:
            continue
        lag = first + int(peaks[inner[peaks] >= NEARLY * best][0])
        before, at, after = lags[lag - 1], lags[lag], lags[lag + 1]
        bend = before - 2.0 * at + after
        shift = 0.5 * (before - after) / bend if bend else 0.0
        pitches[index] = sample_rate / (lag + float(shift))
        strengths[index] = best
    return pitches, strengths


def _autocorrelations(frames: NDArray[np.float64], last: int) -> NDArray[np.float64]:
    """Return the autocorrelation up to a lag, each divided by its value at 0."""
    n_fft = 1 << (2 * frames.shape[1] - 1).bit_length()
    found = np.fft.irfft(np.abs(np.fft.rfft(frames, n_fft)) ** 2, n_fft)[:, : last + 1]
    return found / np.maximum(found[:, :1], 1e-12)


def closest_voices(
    pitches_hz: Mapping[str, float | None],
    voices: Sequence[str],
    default: str,
    genders: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Choose a voice for each speaker: of the same class, man or woman, and of about its pitch.

    As long as there are voices left, no two speakers share one.

    Args:
        pitches_hz: Median pitch by speaker; None where it is unknown.
        voices: Kokoro voices of the language.
        default: The voice of a speaker without a known pitch.
        genders: "f" or "m" by speaker; where it is not told, the pitch decides.
    """
    chosen: dict[str, str] = {}
    # Clear voices choose first.
    for speaker, pitch in sorted(pitches_hz.items(), key=lambda pair: pair[1] is None):
        free = [voice for voice in voices if voice not in chosen.values()] or list(voices)
        if pitch is None:
            chosen[speaker] = default if default in free else free[0]
            continue
        gender = (genders or {}).get(speaker, "f" if pitch >= HIGH_VOICE_HZ else "m")
        alike = [voice for voice in free if voice[1] == gender]
        alike = alike or [voice for voice in voices if voice[1] == gender] or free
        octaves = {voice: abs(np.log2(KOKORO_F0_HZ[voice] / pitch)) for voice in alike}
        chosen[speaker] = min(octaves, key=lambda voice: octaves[voice])
    return {speaker: chosen[speaker] for speaker in pitches_hz}
