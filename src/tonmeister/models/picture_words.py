"""What things in pictures sound like: everyday words for classes of ImageNet that have a sound.

Classes that are not here, and whose names hold no caption of the library, make no sound: a balloon,
a chair. Names of breeds and types are what a sentence encoder knows least.
"""

from functools import cache

__all__ = ["sound_words"]

_LINES = """
rooster crowing: cock
hen clucking: hen
birds singing in a forest: brambling; goldfinch; house finch; junco; indigo bunting; robin; bulbul
birds singing in a forest: chickadee; jay; magpie; water ouzel; jacamar; bee eater; coucal
tropical bird calling: toucan; hornbill; lorikeet
tropical bird calling: macaw; African grey; sulphur-crested cockatoo; peacock
duck quacking: drake; red-breasted merganser
goose honking: goose; black swan
seagulls crying: albatross; pelican
penguin calling: king penguin
owl hooting: great grey owl
frog croaking in a pond: bullfrog; tree frog; tailed frog
bee buzzing: bee
swarm of flies: fly
cricket chirping once: cricket; grasshopper
dog barking: dingo; African hunting dog; dhole
wolf howling: timber wolf; white wolf; red wolf; coyote
fox barking: red fox; kit fox; Arctic fox; grey fox
cat meowing: tabby; tiger cat; Persian cat; Siamese cat; Egyptian cat
lion roaring: lion
tiger growling: tiger
bear growling: brown bear; American black bear; ice bear; sloth bear
sea lion barking: sea lion
whale singing: grey whale
orca calling under water: killer whale
horse neighing: sorrel
zebra: zebra
horse hooves walking on a road: horse cart
pig grunting: hog; wild boar
cow mooing: ox; water buffalo; oxcart
sheep bleating: ram; bighorn
goat bleating: ibex
gorilla: gorilla
chimpanzee screaming: chimpanzee
monkeys screeching: orangutan; gibbon; siamang; guenon; patas; baboon; macaque; langur; colobus
monkeys screeching: proboscis monkey; marmoset; capuchin; howler monkey; titi; spider monkey
elephant trumpeting: tusker; Indian elephant; African elephant
jet plane taking off: airliner
loud jet aircraft flying over: warplane
ambulance siren: ambulance
police car siren: police van
fire truck siren: fire engine
car passing by: beach wagon; cab; convertible; jeep; limousine; minivan; Model T; sports car; racer
car passing by: car wheel; grille
truck starting and pulling away: garbage truck; moving van; pickup; tow truck
truck starting and pulling away: trailer truck; tractor
bus starting: minibus; school bus; trolleybus
train passing on rails: bullet train; electric locomotive; freight car; passenger car
train passing on rails: streetcar
steam train whistle: steam locomotive
motorcycle passing by: moped; motor scooter; crash helmet
ship horn: container ship; liner; fireboat; aircraft carrier
church bell tolling: church; bell cote; monastery
small bell ringing: chime
busy street traffic: street sign; traffic light; parking meter
people talking at a party: restaurant
people at a busy market: grocery store; butcher shop; toyshop
cello playing: cello
violin playing: violin
guitar strum: acoustic guitar; electric guitar; banjo
trumpet playing: cornet; French horn; trombone
bassoon playing: bassoon; oboe
drum kit playing: drum; drumstick
gong: gong
shaker: maraca
clock ticking: analog clock; wall clock; stopwatch
typing on a computer keyboard: computer keyboard; typewriter keyboard; laptop; notebook; space bar
toilet flushing: toilet seat
water running from a tap: washbasin; shower curtain; bathtub; tub
water trickling in a stream: fountain
vacuum cleaner: vacuum
washing machine: washer
sewing machine: sewing machine
chainsaw: chain saw
hammer hitting a nail: hammer
camera shutter: reflex camera; Polaroid camera
cash register: cash machine
electric kettle: teapot
fire crackling: stove
wind blowing through trees: alp; valley; cliff
ducks quacking on a lake: lakeside
"""
DOGS = range(151, 269)
"""Rows of the 118 breeds of dogs."""


def sound_words(row: int, label: str) -> str | None:
    """Return words for the sound of a class, or None for one without.

    Args:
        row: Its row in ImageNet's list.
        label: Its first name.
    """
    return "dog barking" if row in DOGS else _table().get(label)


@cache
def _table() -> dict[str, str]:
    lines = (line.partition(": ") for line in _LINES.strip().splitlines())
    return {label: words for words, _, labels in lines for label in labels.split("; ")}
