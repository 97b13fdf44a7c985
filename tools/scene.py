"""Render a scene with sound into a video file, with its exact truth masks beside it.

The truth is PATH with the suffix .npz: `masks` uint8 (frames, h, ceil(w / 8)), rows packed by np.packbits,
`size` (h, w), `times` float64 (frames,) in s, `name`; np.unpackbits(masks, axis=-1, count=w) unpacks them.
"""

import argparse
import zipfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.lib import format as npy
from tqdm import tqdm

from ..core.errors import OptionError, SinkError
from ..core.scenes import Scene, scene_names
from ..core.values import SoundBlock, VideoFrame
from .cli import add_options, read_options
from .files import not_written, whole_file

AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)  # ISO 14496-3
SOUND_BITS = 160_000  # a second: at this rate a knock's onset stays within 1 ms of where it was
TICK = Fraction(1, 90_000)  # s, that a frame's time is told in
QUALITY = {"crf": "18", "preset": "veryfast"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name, output and one flag for each setting of a Scene."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="which scene: " + ", ".join(scene_names()))
    parser.add_argument(
        "out", metavar="OUT", nargs="?", help="the .mp4 to write; its truth goes beside it as .npz"
    )
    parser.add_argument("--list", action="store_true", help="name the scenes and end (default off)")
    add_options(parser, Scene, "what is rendered", without=("name",))


def run(args: argparse.Namespace) -> int:
    """Write the scene, or list the scenes. Raises OptionError and SinkError."""
    if args.list:
        for name, line in scene_names().items():
            print(f"{name:<15} {line}")
        return 0
    if args.name is None or args.out is None:
        raise OptionError(
            f"name={args.name or 'none'}, out={args.out or 'none'}: want both; `soundspot scene --list` "
            "names the scenes"
        )
    write_scene(read_options(args, Scene), args.out, quiet=False)
    print(f"wrote {args.out}, and its truth beside it as .npz")
    return 0


def write_scene(scene: Scene, path: str | Path, quiet: bool = True) -> None:
    """Write H.264 and AAC to `path` (.mp4) and the truth beside it; both appear only when they are whole.

    Unless `quiet`, a progress bar is shown on a terminal. Raises OptionError for what H.264 or AAC cannot
    hold, SinkError for a file that cannot be written.
    """
    video, truth = Path(path), Path(path).with_suffix(".npz")
    check_form(scene, video)
    try:
        with whole_file(video) as video_part, whole_file(truth) as truth_part:
            write_parts(scene, video_part, truth_part, quiet)
    except OSError as error:
        raise not_written("out", video, error) from error


def check_form(scene: Scene, path: Path) -> None:
    """Raises OptionError for a picture or sound rate that the file cannot hold, SinkError for its suffix."""
    if scene.width % 2 or scene.height % 2:
        size = f"{scene.width}x{scene.height}"
        raise OptionError(f"size={size} px: want an even width and height, H.264 stores colour in 2x2 blocks")
    if scene.sound_rate not in AAC_RATES:
        raise OptionError(f"sound_rate={scene.sound_rate} Hz: want one of {', '.join(map(str, AAC_RATES))}")
    if path.suffix.lower() != ".mp4":
        raise SinkError(f"out={path}: want a name that ends in .mp4")


def write_parts(scene: Scene, video: Path, truth: Path, quiet: bool) -> None:
    """Both files in one pass, so that memory stays flat however long the scene is."""
    count, height, width = scene.frame_count, scene.height, scene.width
    items = tqdm(scene.items(), desc=scene.name, unit=" items", leave=False, disable=True if quiet else None)
    with (
        av.open(str(video), "w", format="mp4") as container,
        zipfile.ZipFile(truth, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        pictures, sound = add_streams(container, scene)
        with archive.open("masks.npy", "w", force_zip64=True) as masks:
            shape = (count, height, (width + 7) // 8)
            npy.write_array_header_1_0(masks, {"descr": "|u1", "fortran_order": False, "shape": shape})
            for item in items:
                if isinstance(item, VideoFrame):
                    container.mux(pictures.encode(picture_of(item)))
                    masks.write(np.packbits(scene.truth(item.index), axis=-1).tobytes())
                else:
                    container.mux(sound.encode(sound_of(item)))
        container.mux(pictures.encode(None))
        container.mux(sound.encode(None))
        for name, array in {
            "size": np.array([height, width]),
            "times": scene.times,
            "name": np.array(scene.name),
        }.items():
            with archive.open(f"{name}.npy", "w") as member:
                npy.write_array(member, array)


def add_streams(container: OutputContainer, scene: Scene) -> tuple[VideoStream, AudioStream]:
    """The picture as H.264, the sound as AAC."""
    pictures = container.add_stream(
        "libx264", rate=Fraction(scene.frame_rate).limit_denominator(1001), options=QUALITY
    )
    pictures.width, pictures.height, pictures.pix_fmt = scene.width, scene.height, "yuv420p"
    pictures.codec_context.time_base = TICK
    sound = container.add_stream("aac", rate=scene.sound_rate, layout="mono", bit_rate=SOUND_BITS)
    return pictures, sound


def picture_of(frame: VideoFrame) -> av.VideoFrame:
    """One frame for the encoder at its own time."""
    picture = av.VideoFrame.from_ndarray(frame.pixels, format="bgr24")
    picture.pts, picture.time_base = round(frame.time / TICK), TICK
    return picture


def sound_of(block: SoundBlock) -> av.AudioFrame:
    """One block for the encoder, its time counted in samples."""
    sound = av.AudioFrame.from_ndarray(block.samples[None, :], format="fltp", layout="mono")
    sound.sample_rate = block.rate
    sound.pts, sound.time_base = block.first, Fraction(1, block.rate)
    return sound
