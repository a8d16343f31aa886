"""Credits that lie beside a sound: who made what is heard in it, under which terms, and how."""

from collections.abc import Sequence
from pathlib import Path

from tonmeister.soundlibrary import LibrarySound, duties_of
from tonmeister.tools.signals import Signal

__all__ = ["write_credits"]

TEXTS = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC-BY-SA-3.0": "https://creativecommons.org/licenses/by-sa/3.0/",
    "GPL-2.0-or-later": "https://www.gnu.org/licenses/old-licenses/gpl-2.0.html",
    "GPL-2.0-or-later OR CC-BY-SA-2.0": "https://creativecommons.org/licenses/by-sa/2.0/",
}


def write_credits(
    place: Path,
    description: str,
    duration: float,
    seed: int,
    made_of: Sequence[LibrarySound | Signal],
    notes: Sequence[str],
) -> None:
    """Write the credits of a sound.

    Args:
        place: The new file.
        description: What was asked for.
        duration: Length in seconds.
        seed: What decided between choices.
        made_of: Recordings and calculated sounds in it.
        notes: What the user is told besides.
    """
    lines = [f"Sound: {description}", f"Length {duration:g} s, seed {seed}.", ""]
    recordings = list(dict.fromkeys(one for one in made_of if isinstance(one, LibrarySound)))
    if recordings:
        lines.append("Recordings, cut, looped, levelled, placed and mixed:")
        for one in recordings:
            lines += ["", f"* {one.caption} ({one.name})", f"  by {one.credit}"]
            if one.licence:
                text = TEXTS.get(one.licence, "")
                lines.append(f"  licence {one.licence}{f', {text}' if text else ''}")
            if one.package:
                lines.append(f"  from the Debian package {one.package}: {one.member}")
                lines.append(f"  sha256 {one.sha256}")
        lines.append("")
    calculated = [one.caption for one in made_of if isinstance(one, Signal)]
    if calculated:
        lines += [f"Calculated, nobody's work: {', '.join(calculated)}.", ""]
    duties = duties_of(one.licence for one in recordings)
    if duties:
        lines += [
            "What the licences ask of you when you share it:",
            *(f"* {one}" for one in duties),
            "",
        ]
    if notes:
        lines += ["Notes:", *(f"* {one}" for one in notes), ""]
    place.write_text("\n".join(lines), encoding="utf-8")
