"""What the class list of AudioSet leaves out: which classes are families of others.

Source: Gemmeke et al., "Audio Set: An ontology and human-labeled dataset for audio events" (2017).
"""

from collections.abc import Mapping

__all__ = ["FAMILIES", "PLACES"]

FAMILIES: Mapping[str, str] = {
    "Shout": "Screaming",
    "Laughter": "Chuckle, chortle",
    "Crying, sobbing": "Wail, moan",
    "Breathing": "Snort",
    "Hands": "Clapping",
    "Animal": "Whale vocalization",
    "Domestic animals, pets": "Caterwaul",
    "Dog": "Whimper (dog)",
    "Cat": "Caterwaul",
    "Livestock, farm animals, working animals": "Honk",
    "Horse": "Neigh, whinny",
    "Cattle, bovinae": "Cowbell",
    "Pig": "Oink",
    "Goat": "Bleat",
    "Fowl": "Honk",
    "Chicken, rooster": "Crowing, cock-a-doodle-doo",
    "Turkey": "Gobble",
    "Duck": "Quack",
    "Goose": "Honk",
    "Wild animals": "Whale vocalization",
    "Roaring cats (lions, tigers)": "Roar",
    "Bird": "Bird flight, flapping wings",
    "Bird vocalization, bird call, bird song": "Squawk",
    "Pigeon, dove": "Coo",
    "Crow": "Caw",
    "Owl": "Hoot",
    "Rodents, rats, mice": "Patter",
    "Insect": "Bee, wasp, etc.",
    "Frog": "Croak",
    "Musical instrument": "Scratching (performance technique)",
    "Plucked string instrument": "Ukulele",
    "Guitar": "Strum",
    "Keyboard (musical)": "Harpsichord",
    "Percussion": "Steelpan",
    "Drum": "Tabla",
    "Brass instrument": "Trombone",
    "Bowed string instrument": "Double bass",
    "Wind instrument, woodwind instrument": "Clarinet",
    "Bell": "Wind chime",
    "Thunderstorm": "Thunder",
    "Water": "Gurgling",
    "Rain": "Rain on surface",
    "Ocean": "Waves, surf",
    "Fire": "Crackle",
    "Vehicle": "Skateboard",
    "Boat, Water vehicle": "Ship",
    "Motor vehicle (road)": "Traffic noise, roadway noise",
    "Car": "Race car, auto racing",
    "Truck": "Ice cream truck, ice cream van",
    "Emergency vehicle": "Fire engine, fire truck (siren)",
    "Rail transport": "Subway, metro, underground",
    "Train": "Train wheels squealing",
    "Aircraft": "Fixed-wing aircraft, airplane",
    "Engine": "Accelerating, revving, vroom",
    "Door": "Squeak",
    "Typing": "Computer keyboard",
    "Alarm": "Steam whistle",
    "Telephone": "Busy signal",
    "Mechanisms": "Single-lens reflex camera",
    "Clock": "Tick-tock",
    "Tools": "Drill",
    "Explosion": "Boom",
    "Gunshot, gunfire": "Cap gun",
    "Wood": "Crack",
    "Glass": "Shatter",
    "Liquid": "Boiling",
}
"""Family → its last member: the list is in the order of the ontology, so the members of a family
stand between the two. Speech and music are no families here: that one speaks, or that there is
music, is worth knowing also when a narrator or a guitar is recognised."""

PLACES = frozenset(
    {
        "Silence",
        "Inside, small room",
        "Inside, large room or hall",
        "Inside, public space",
        "Outside, urban or manmade",
        "Outside, rural or natural",
        "Field recording",
    }
)
"""Classes that say where it was recorded, or that nothing is heard; never listed as sounds."""
