"""The cases of an evaluation stay what they are: figures of one release can be held against another's.

`golden/scenes.json` has a fingerprint of each; who changes a scene on purpose writes it anew with
`python -c "import test_frozen_scenes as t; t.write()"` in this folder, and measures everything again.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from soundspot.core.scenes import Case, evaluation_scenes

GOLDEN = Path(__file__).parent / "golden" / "scenes.json"
CASES = {case.name: case for case in evaluation_scenes(4.0)}


def fingerprint(case: Case) -> dict[str, list[float]]:
    """Greys of two small frames, area and middle of their truth, and the level of the sound in eighths."""
    scene = replace(case.scene, seed=1, width=160, height=120)
    figures: dict[str, list[float]] = {"greys": [], "truth": [], "levels": []}
    for k in (scene.frame_count // 3, scene.frame_count - 2):
        gray = cv2.cvtColor(scene.frame(k).pixels, cv2.COLOR_BGR2GRAY)
        figures["greys"] += (
            cv2.resize(gray, (4, 3), interpolation=cv2.INTER_AREA).ravel().astype(float).tolist()
        )
        true = np.argwhere(scene.truth(k))
        middle = true.mean(axis=0).round(2).tolist() if len(true) else [0.0, 0.0]
        figures["truth"] += [float(len(true)), *middle]
    for part in np.array_split(scene.sound().astype(float), 8):
        figures["levels"].append(round(float(np.sqrt((part**2).mean())), 5))
    return figures


def write() -> None:
    """Write every fingerprint anew."""
    lines = [f'"{name}": {json.dumps(fingerprint(case))}' for name, case in CASES.items()]
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n")


@pytest.fixture(scope="module")
def golden() -> Any:
    return json.loads(GOLDEN.read_text())


def test_every_case_has_its_fingerprint(golden: Any) -> None:
    assert list(golden) == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_what_it_was(name: str, golden: Any) -> None:
    """To a grey level, a few pixels at the source's edge and a hundredth of the sound's level."""
    now, then = fingerprint(CASES[name]), golden[name]
    assert np.allclose(now["greys"], then["greys"], atol=1.0)
    assert np.allclose(now["truth"], then["truth"], rtol=0.02, atol=1.0)
    assert np.allclose(now["levels"], then["levels"], rtol=0.01, atol=1e-4)
