"""A rendered scene as a source: `demo` and `scene:NAME`."""

from collections.abc import Iterator

from ..core.errors import SourceError
from ..core.scenes import Scene, make_scene, scene_names
from ..core.values import SoundBlock, VideoFrame
from .source import DEMO, SCENE, Description, Faults, SourceOptions, between, refuse_channel

DEMO_SCENE = "ball"


class SceneSource:
    """A scene that is rendered while it is read. Raises OptionError for options that do not fit it."""

    def __init__(self, uri: str, scene: Scene, options: SourceOptions) -> None:
        refuse_channel(options.channel, 1)
        self.faults = Faults()
        self.description = Description(
            uri, scene.width, scene.height, scene.frame_rate, scene.sound_rate, scene.seconds
        )
        self._items = between(scene.items(), options)

    def items(self) -> Iterator[VideoFrame | SoundBlock]:
        """Pictures and sound in order of time."""
        return self._items

    def close(self) -> None:
        """Nothing is held; may be called twice."""


def open_scene(uri: str, options: SourceOptions) -> SceneSource:
    """The scene that `demo` or `scene:NAME` names. Raises SourceError for an unknown one."""
    name = DEMO_SCENE if uri == DEMO else uri.removeprefix(SCENE)
    if name not in scene_names():
        raise SourceError(f"source={uri}: no such scene; want scene: and one of {', '.join(scene_names())}")
    return SceneSource(uri, make_scene(name), options)
