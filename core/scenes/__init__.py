"""Rendered scenes with sound and exact truth, for the demo, the tests, the evaluation and the bench.

`scene_names()` lists them; `make_scene("ball", seed=1)` gives a `Scene` whose `items()` feed a Localizer and
whose `truth(k)` is the mask that an answer for frame k is judged by. `evaluation_scenes()` are the cases that
an evaluation runs.
"""

from .cases import Case, evaluation_scenes
from .scene import Scene, make_scene, scene_names

__all__ = ["Case", "Scene", "evaluation_scenes", "make_scene", "scene_names"]
