"""Photos with a scene around what is on them, out of wheels that bring them as sample images."""

from tonmeister.checkpoints import Checkpoint
from tonmeister.packages import Part, Wheel

__all__ = ["SCENES"]

_IMAGE = Wheel("scikit-image", "0.26.0")
_LEARN = Wheel("scikit-learn", "1.9.1")
_AUGMENT = Wheel("imgaug", "0.4.0")
_DETECT = Wheel("ultralytics", "8.4.190")
_FILES: tuple[tuple[Wheel, str, str], ...] = (
    (_IMAGE, "skimage/data/chelsea.png",
     "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb"),
    (_IMAGE, "skimage/data/motorcycle_left.png",
     "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179"),
    (_IMAGE, "skimage/data/clock_motion.png",
     "f029226b28b642e80113d86622e9b215ee067a0966feaf5e60604a1e05733955"),
    (_IMAGE, "skimage/data/coffee.png",
     "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7"),
    (_IMAGE, "skimage/data/astronaut.png",
     "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"),
    (_IMAGE, "skimage/data/camera.png",
     "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a"),
    (_IMAGE, "skimage/data/rocket.jpg",
     "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c"),
    (_LEARN, "sklearn/datasets/images/china.jpg",
     "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29"),
    (_LEARN, "sklearn/datasets/images/flower.jpg",
     "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638"),
    (_AUGMENT, "imgaug/quokka.jpg",
     "bf1059d0f925e7d0c712cadf07a04ba4cfc98957d7be65d3a7d8ae0c464cd76e"),
    (_DETECT, "ultralytics/assets/bus.jpg",
     "c02019c4979c191eb739ddd944445ef408dad5679acab6fd520ef9d434bfbc63"),
    (_DETECT, "ultralytics/assets/zidane.jpg",
     "16d73869e3267a7d4ed00de8e860833bd1657c1b252e94c0c348277adc7b6edb"),
)  # fmt: skip
SCENES = Checkpoint(
    name="scenes",
    files={member.rpartition("/")[2]: digest for _, member, digest in _FILES},
    licence="of each package: BSD-3-Clause, MIT, AGPL-3.0; photos of several origins",
    size_mb=3.0,
    sources=[
        {member.rpartition("/")[2]: Part(wheel, member) for wheel, member, _ in _FILES},
    ],
)
