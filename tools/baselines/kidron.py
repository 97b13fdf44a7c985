"""The sparsest set of wavelet components of the picture's changes that adds up to the sound.

Einat Kidron, Yoav Y. Schechner, Michael Elad: "Pixels that Sound", CVPR 2005.

With fewer frames than picture components, canonical correlation reaches 1 in endless ways; of these the one
with the least sum of absolute weights is taken, min |w|_1 so that V w = a, a linear programme. V holds a
column a component, a the sound's energy, a row a frame each.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_array

from ...core.values import SoundBlock, VideoFrame
from .clip import Clip, take_clip
from .hearing import energy, smooth_in_time

NAME = "Kidron et al. 2005"
CITATION = "Kidron, Schechner, Elad: Pixels that Sound, CVPR 2005"
SLOW = True

WIDTH = 64
LEVELS = 2
WINDOW = 64
KEPT = 1500
NOISE=1.5
SIGNED=False
SMOOTH=True
NORMAL=False
MODE="weight"
LOG=False
POOLSTD=False
HOP=8
POOL=[]
SIGMA=1.5

def haar(x, levels):
    """orthonormal (…, h, w)"""
    x = x.copy(); h, w = x.shape[-2:]
    for _ in range(levels):
        p = x[..., :h, :w]
        p = np.concatenate([p[..., ::2, :] + p[..., 1::2, :], p[..., ::2, :] - p[..., 1::2, :]], -2)
        x[..., :h, :w] = np.concatenate([p[..., ::2] + p[..., 1::2], p[..., ::2] - p[..., 1::2]], -1) / 2
        h //= 2; w //= 2
    return x

def unhaar(x, levels):
    x = x.copy()
    H, W = x.shape[-2:]
    for l in range(levels - 1, -1, -1):
        h, w = H >> l, W >> l
        p = x[..., :h, :w].copy()
        q = np.empty_like(p); q[..., ::2] = p[..., : w // 2] + p[..., w // 2 :]; q[..., 1::2] = p[..., : w // 2] - p[..., w // 2 :]
        r = np.empty_like(p); r[..., ::2, :] = q[..., : h // 2, :] + q[..., h // 2 :, :]; r[..., 1::2, :] = q[..., : h // 2, :] - q[..., h // 2 :, :]
        x[..., :h, :w] = r / 2
    return x

def solve(V, a):
    n, m = V.shape
    r = linprog(np.ones(2 * m), A_eq=np.hstack([V, -V]), b_eq=a, bounds=(0, None), method="highs")
    return r.x[:m] - r.x[m:] if r.x is not None else np.zeros(m)

def locate(frames, sound):
    clip = take_clip(frames, sound, WIDTH)
    g = clip.greys().astype(np.float64); n = len(g)
    h, w = (s >> LEVELS << LEVELS for s in g.shape[1:])
    g = g[:, :h, :w]
    if SMOOTH: g = np.stack([cv2.GaussianBlur(p, (0, 0), 0.7) for p in g])
    d = np.diff(g, axis=0, prepend=g[:1])
    if not SIGNED: d = np.maximum(np.abs(d)-NOISE,0)
    d = smooth_in_time(d, clip.step)
    W = haar(d, LEVELS).reshape(n, -1)
    e=energy(clip); e=np.log(e+1e-7) if LOG else e
    a = smooth_in_time(e, clip.step)
    POOL.clear(); global CON; CON=np.zeros((n,h,w))
    conf = np.zeros((n, h, w)); cnt = np.zeros(n)
    for s in range(0, max(1, n - WINDOW + HOP), HOP):
        sl = slice(s, s + WINDOW)
        V = W[sl] - W[sl].mean(0); b = a[sl] - a[sl].mean()
        if b.std() < 1e-12: continue
        b = b / b.std()
        sd = V.std(0); keep = np.argsort(-sd)[:KEPT]; keep = keep[sd[keep] > 1e-3]
        X = V[:, keep] / (sd[keep] if NORMAL else sd.max())
        # rows are centred: one is redundant
        wgt = solve(X[:-1], b[:-1])
        full = np.zeros(W.shape[1]); full[keep] = wgt/ (sd[keep] if NORMAL else sd.max())
        if MODE.startswith("pool"):
            img = np.abs(unhaar(full.reshape(h, w), LEVELS))*(d[sl].std(0) if POOLSTD else 1); POOL.append(img/np.maximum(img.max(),1e-12)); im2 = np.abs(unhaar((full * (W[sl])).reshape(-1, h, w), LEVELS)); CON[sl] += im2 / max(im2.max(),1e-12)
        elif MODE == "weight":
            img = np.abs(unhaar(full.reshape(h, w), LEVELS)); img = img / img.max() if img.max() else img
            conf[sl] += img
        elif MODE == "both":
            img = np.abs(unhaar((full).reshape(h, w), LEVELS)); img = img[None]*np.abs(d[sl]); conf[sl] += img / max(img.max(),1e-12)
        elif MODE == "rms":
            img = np.abs(unhaar((full).reshape(h, w), LEVELS)); img = img*d[sl].std(0); conf[sl] += img / max(img.max(),1e-12)
        else:
            img = np.abs(unhaar((full * (W[sl])).reshape(-1, h, w), LEVELS)); conf[sl] += img / max(img.max(),1e-12)
    if MODE.startswith("pool"):
        st = cv2.GaussianBlur(np.mean(POOL,0),(0,0),SIGMA)
        conf[:] = st/st.max() if st.max() else 0
        if MODE=="poolcontrib":
            conf *= np.stack([cv2.GaussianBlur(x,(0,0),SIGMA) for x in CON])
        if MODE=="pool2": conf **= 2
        if MODE=="poolmix":
            c = np.stack([cv2.GaussianBlur(x,(0,0),SIGMA) for x in CON]); c/=np.maximum(c.max((1,2),keepdims=True),1e-12); conf = np.sqrt(conf*c)
        if MODE=="poolmove": conf *= np.stack([cv2.GaussianBlur(x,(0,0),SIGMA) for x in d])
        m = conf.max((1, 2), keepdims=True)
        return (conf / np.maximum(m, 1e-12)).astype(np.float32)
    for k in range(n): conf[k] = cv2.GaussianBlur(conf[k], (0, 0), SIGMA)
    m = conf.max((1, 2), keepdims=True)
    return (conf / np.maximum(m, 1e-12)).astype(np.float32)
