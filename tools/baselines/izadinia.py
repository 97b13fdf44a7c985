"""Regions in space and time whose velocity and acceleration go with the sound by canonical correlation.

Hamid Izadinia, Imran Saleemi, Mubarak Shah: "Multimodal Analysis for Identification and Segmentation of
Moving-Sounding Objects", IEEE Transactions on Multimedia 15(2), 2013.

Every frame is segmented by quick shift on its colours, its flow and the flow's derivative; K-means over the
segments of all frames makes regions in space and time. The mean velocities of five regions and the mean
accelerations of five, those of largest standard deviation (the counts are from the comparison in the ACM
paper, as is the ratio 0.25 and the distance 10), are held against the MFCC and their derivatives by one CCA.

Left open, or known at second hand, and decided here: speed and acceleration are magnitudes, 0 where a region
is not seen; the ACM paper's kernel size of 0.4 is below what quick shift allows, so 2 px; K-means looks at
place, colour and motion, each segment weighing as its area; a region's confidence is its canonical weight
beside the largest one, half of which it must reach to count; the surface is smoothed as the ACM paper has it.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import svd
from skimage.segmentation import quickshift
from sklearn.cluster import KMeans

from ...core.flow import Flow
from ...core.values import SoundBlock, VideoFrame
from .clip import Clip, take_clip
from .hearing import mfcc, smooth_in_time
from .surface import confidence_surface

NAME = "Izadinia et al. 2013"
CITATION = (
    "Izadinia, Saleemi, Shah: Multimodal Analysis for Identification and Segmentation of Moving-Sounding "
    "Objects, IEEE Transactions on Multimedia 15(2), 2013"
)
SLOW = True

WIDTH = 160  # px
RATIO, KERNEL, FARTHEST = 0.25, 2.0, 10.0  # of quick shift: colour against place, sigma, px
FLOW_UNITS = 10.0  # Lab units that weigh as much as one px a frame
CLUSTERS = 40
PLACE_SCALE, COLOUR_SCALE, MOTION_SCALE = 1 / 3, 20.0, 30.0  # picture sizes, and Lab units twice
CANDIDATES = 5  # regions taken for their velocity, and as many for their acceleration
RIDGE = 1e-3  # of a curve's variance, lest CCA fits noise
LEAST_MOTION = 0.02  # px a frame, standard deviation: what varies less stands still
SEED = 0

Curves = NDArray[np.float64]


def locate(frames: Sequence[VideoFrame], sound: SoundBlock) -> NDArray[np.float32]:
    """Confidence float32 (frames, h, w): the regions that go with the sound, smoothed."""
    clip = take_clip(frames, sound, WIDTH)
    labels, speeds, accelerations = find_regions(clip)
    speeds, accelerations = (smooth_in_time(curves, clip.step) for curves in (speeds, accelerations))
    weights = weigh_regions(speeds, accelerations, smooth_in_time(mfcc(clip), clip.step))
    if not weights.any():
        return clip.blank()
    shown = np.where(weights >= 0.5, weights, 0.0).astype(np.float32)
    return confidence_surface(shown[labels], clip.step, float(accelerations[:, weights.argmax()].mean()))


def find_regions(clip: Clip) -> tuple[NDArray[np.int32], Curves, Curves]:
    """Regions int32 (n, h, w) and their mean speed and acceleration in px/frame and px/frame², (n, CLUSTERS)."""
    segments, features, areas = [], [], []
    sizes = []
    for picture, speed, acceleration in moving_pictures(clip):
        layers = np.dstack([lab_picture(picture), FLOW_UNITS * speed, FLOW_UNITS * acceleration])
        found = quickshift(
            layers, ratio=RATIO, kernel_size=KERNEL, max_dist=FARTHEST, convert2lab=False, rng=SEED
        )
        segments.append(found)
        described, area = describe_segments(found, layers)
        features.append(described)
        areas.append(area)
        sizes.append((np.hypot(*np.moveaxis(speed, 2, 0)), np.hypot(*np.moveaxis(acceleration, 2, 0))))
    clusters = min(CLUSTERS, sum(map(len, areas)))
    means = KMeans(clusters, n_init=1, random_state=SEED, max_iter=50)
    names = means.fit(np.vstack(features), sample_weight=np.concatenate(areas)).labels_
    ends = np.cumsum([len(area) for area in areas])
    labels = np.stack([name[found] for name, found in zip(np.split(names, ends[:-1]), segments, strict=True)])
    speeds, accelerations = (
        np.stack([mean_over(regions, size[kind], clusters) for regions, size in zip(labels, sizes, strict=True)])
        for kind in (0, 1)
    )
    return labels.astype(np.int32), speeds, accelerations


def moving_pictures(clip: Clip) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]]:
    """Each picture with its velocity and acceleration (h, w, 2), 0 at both ends of the clip."""
    still = np.zeros((*clip.pictures.shape[1:3], 2), np.float32)
    for picture, flow in zip(clip.pictures, clip.flows(), strict=True):
        if flow is None:
            yield picture, still, still
        else:
            yield picture, flow.displacement(), flow.forward + flow.backward


def lab_picture(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """BGR -> Lab, float32 (h, w, 3)."""
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_BGR2LAB), np.float32)


def describe_segments(segments, layers):
    areas = np.bincount(segments.ravel()).astype(np.float64)
    h,w=segments.shape
    y, x = np.mgrid[0:h, 0:w]
    means=[np.bincount(segments.ravel(), layer.ravel()) / areas for layer in (x/w, y/h, *np.moveaxis(layers, 2, 0))]
    table=np.stack(means,1)
    table[:, :2] /= PLACE_SCALE
    table[:, 2:5] /= COLOUR_SCALE
    table[:, 5:] = np.tanh(table[:, 5:] / MOTION_SCALE)
    return table, areas

def mean_over(regions, values, count):
    areas = np.bincount(regions.ravel(), minlength=count)
    return np.bincount(regions.ravel(), values.ravel(), minlength=count) / np.maximum(areas, 1)


def weigh_regions(speeds: Curves, accelerations: Curves, sound: Curves) -> NDArray[np.float64]:
    """The larger of each region's canonical weights for its speed and its acceleration, (regions,), beside the largest."""
    weights = np.zeros(speeds.shape[1])
    fastest, jerkiest = (most_varying(curves) for curves in (speeds, accelerations))
    motion = np.hstack([speeds[:, fastest], accelerations[:, jerkiest]])
    if not motion.size: return weights
    own = np.concatenate([fastest, jerkiest])
    np.maximum.at(weights, own, np.abs(first_canonical_weights(motion, sound)))
    return weights / max(weights.max(),1e-12)

def most_varying(curves):
    spread=curves.std(0)
    best=np.argsort(-spread,kind="stable")[:CANDIDATES]
    return best[spread[best]>LEAST_MOTION]

def first_canonical_weights(some: Curves, other: Curves) -> NDArray[np.float64]:
    bases, back = zip(*(whiten(c) for c in (some, other)))
    left, corr, _ = svd(bases[0].T @ bases[1], full_matrices=False)
    return back[0] @ left[:, 0] if corr.size and corr[0]>1e-9 else np.zeros(some.shape[1])

def whiten(curves: Curves):
    away = curves - curves.mean(axis=0)
    away = away/np.maximum(away.std(axis=0), 1e-9)
    basis, size, axes = svd(away, full_matrices=False)
    firm = np.sqrt(size**2 + RIDGE * len(curves))
    return basis * (size/firm), axes.T / firm
