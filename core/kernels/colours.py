"""BGR -> LUV, by tables."""

import numpy as np

from . import loop

STEPS = np.float32(4096)  # of luminance, between which lightness is taken as straight: off by 0.001 at most
BLACK = np.float32(1e-9)
# Primaries of sRGB under D65: luminance Y; 52 X and X + 15 Y + 3 Z, whose ratio is 13 u'.
Y_BLUE, Y_GREEN, Y_RED = np.float32(0.072169), np.float32(0.715160), np.float32(0.212671)
X_BLUE, X_GREEN, X_RED = np.float32(52 * 0.180423), np.float32(52 * 0.357580), np.float32(52 * 0.412453)
SUM_BLUE = np.float32(0.180423 + 15 * 0.072169 + 3 * 0.950227)
SUM_GREEN = np.float32(0.357580 + 15 * 0.715160 + 3 * 0.119193)
SUM_RED = np.float32(0.412453 + 15 * 0.212671 + 3 * 0.019334)
THIRTEEN_V = np.float32(13 * 9)  # 13 v' is so much of Y over X + 15 Y + 3 Z
WHITE_U = (X_BLUE + X_GREEN + X_RED) / (SUM_BLUE + SUM_GREEN + SUM_RED)  # of white, and so of every grey
WHITE_V = THIRTEEN_V / (SUM_BLUE + SUM_GREEN + SUM_RED)


@loop(error_model="numpy")
def fill_luv(pixels, linear, lightness, luv):
    """Fill `luv` float32 (n, 3) with the colours of `pixels` uint8 (n, 3) BGR; `linear` (256,) is the light
    of a value, `lightness` (STEPS + 2,) what luminances look like."""
    for k in range(pixels.shape[0]):
        blue, green, red = linear[pixels[k, 0]], linear[pixels[k, 1]], linear[pixels[k, 2]]
        luminance = Y_BLUE * blue + Y_GREEN * green + Y_RED * red
        step = np.int32(luminance * STEPS)
        beyond = luminance * STEPS - np.float32(step)
        light = lightness[step] + beyond * (lightness[step + 1] - lightness[step])
        total = max(SUM_BLUE * blue + SUM_GREEN * green + SUM_RED * red, BLACK)
        share = np.float32(1) / total
        luv[k, 0] = light
        luv[k, 1] = light * ((X_BLUE * blue + X_GREEN * green + X_RED * red) * share - WHITE_U)
        luv[k, 2] = light * (THIRTEEN_V * luminance * share - WHITE_V)
