"""The slow twin of every kernel: the definition in plain Python, one element at a time."""

import numpy as np
from scipy.ndimage import map_coordinates

TIED = 255


def codes(values, floors, permutations):
    """Winner-Take-All codes uint8 (n, count) of `values` and `floors` (n, slots)."""
    pairs = [[code(v, f, slots) for slots in permutations] for v, f in zip(values, floors, strict=True)]
    return np.array(pairs, np.uint8).reshape(len(values), len(permutations))


def code(values, floors, slots):
    """Index of the largest of `values[slots]`; TIED for a NaN or a lead within the noise floors."""
    chosen = [values[slot] for slot in slots]
    if any(np.isnan(value) for value in chosen):
        return TIED
    # stable: of equal values the earlier entry comes first
    winner, runner_up = sorted(range(len(chosen)), key=lambda entry: -chosen[entry])[:2]
    with np.errstate(invalid="ignore"):
        lead = chosen[winner] - chosen[runner_up]
    noise = max(floors[slots[winner]], floors[slots[runner_up]])
    return winner if lead > noise else TIED


def matches(codes, sound):
    """Matching and valid permutations (n, m) of two sets of codes."""
    valid = [[[a != TIED and b != TIED for a, b in zip(x, y, strict=True)] for y in sound] for x in codes]
    same = [[[a == b != TIED for a, b in zip(x, y, strict=True)] for y in sound] for x in codes]
    shape = (len(codes), len(sound), -1)
    if not codes.size or not sound.size:
        return np.zeros(shape[:2], int), np.zeros(shape[:2], int)
    return np.reshape(same, shape).sum(axis=2), np.reshape(valid, shape).sum(axis=2)


def scores(codes, sound, descriptors, curves, chance, least):
    """Scores (n, m) of tracks with `descriptors` rows of codes against sounds with `curves` rows."""
    shape = len(codes) // descriptors, len(sound) // curves
    result = np.full(shape, np.nan)
    for row, column in np.ndindex(shape):
        of_row = codes[row * descriptors :][:descriptors]
        matching, valid = matches(of_row, sound[column * curves :][:curves])
        if valid[0].sum() < least:
            continue
        share = np.where(valid > 0, matching / np.maximum(valid, 1), chance)
        agreement = (share - chance) / (1 - chance) * np.minimum(valid / least, 1)
        pairs = [agreement[k : k + 2] for k in range(1, descriptors, 2)]  # the last may have no partner
        lengths = [np.sqrt((pair**2).sum(axis=0)) for pair in pairs]
        result[row, column] = np.mean([agreement[0], *lengths])
    return result


def climb(picture, radius, reach):
    """The colours (h, w, 3) where mean shift leads every pixel of `picture` (h, w, 3)."""
    modes = np.empty_like(picture)
    for y, x in np.ndindex(picture.shape[:2]):
        modes[y, x] = climb_from(picture, np.array([y, x, *picture[y, x]], np.float32), radius, reach)
    return modes


def climb_from(picture, point, radius, reach):
    """The colour where the climb from one point (y, x, L, u, v) ends."""
    for _ in range(10):
        inside = [
            (y, x, *picture[y, x])
            for y, x in np.ndindex(picture.shape[:2])
            if (y - point[0]) ** 2 + (x - point[1]) ** 2 <= radius**2
            and ((picture[y, x] - point[2:]) ** 2).sum() <= reach**2
        ]
        if not inside:
            break
        last, point = point, np.mean(inside, axis=0, dtype=np.float64)
        if ((point - last) ** 2).sum() < 1:
            break
    return point[2:]


def link_pixels(picture, reach):
    """Regions of neighbours alike in colour, by filling them one after the other."""
    labels = np.full(picture.shape[:2], -1, np.int32)
    count = 0
    for start in np.ndindex(labels.shape):
        if labels[start] >= 0:
            continue
        labels[start] = count
        waiting = [start]
        while waiting:
            pixel = waiting.pop()
            for beside in neighbours(pixel, labels.shape):
                apart = ((picture[pixel] - picture[beside]) ** 2).sum()
                if labels[beside] < 0 and apart <= reach**2:
                    labels[beside] = count
                    waiting.append(beside)
        count += 1
    return labels


def neighbours(pixel, shape):
    """The pixels left, right, above and below."""
    y, x = pixel
    beside = [(y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)]
    return [(a, b) for a, b in beside if 0 <= a < shape[0] and 0 <= b < shape[1]]


def merge_small(labels, picture, least_area):
    """Merge regions below an area into their most similar neighbours, pass by pass."""
    while True:
        regions = [int(label) for label in np.unique(labels)]
        colours = {region: picture[labels == region].mean(axis=0, dtype=np.float64) for region in regions}
        joined = {region: {region} for region in regions}
        for region in regions:
            if (labels == region).sum() < least_area and (
                choice := most_similar(labels, colours, region)
            ) >= 0:
                together = joined[region] | joined[choice]
                for member in together:
                    joined[member] = together
        if all(len(members) == 1 for members in joined.values()):
            return renumber(labels)
        labels = np.array([min(joined[int(label)]) for label in labels.ravel()]).reshape(labels.shape)


def most_similar(labels, colours, region):
    """The neighbouring region of the nearest mean colour, the lower number when equal, -1 without any."""
    beside = {
        int(labels[other])
        for pixel in np.ndindex(labels.shape)
        if labels[pixel] == region
        for other in neighbours(pixel, labels.shape)
        if labels[other] != region
    }
    apart = {other: ((colours[region] - colours[other]) ** 2).sum() for other in beside}
    return min(beside, key=lambda other: (np.nan_to_num(apart[other], nan=np.inf), other), default=-1)


def renumber(labels):
    """Labels 0 … n - 1 in reading order of their first pixels."""
    order = dict.fromkeys(labels.ravel().tolist())
    numbers = {label: number for number, label in enumerate(order)}
    return np.array([numbers[label] for label in labels.ravel().tolist()], np.int32).reshape(labels.shape)


def total_regions(labels, picture, count):
    """Area and sums of x, y and channels of each region."""
    sums = np.zeros((count, 3 + picture.shape[2]))
    for y, x in np.ndindex(labels.shape):
        sums[labels[y, x]] += (1, x, y, *picture[y, x])
    return sums


def luv_histograms(luv, labels, count, low, high):
    """Pixels of each of 5³ colours in each region."""
    histograms = np.zeros((count, 5, 5, 5), np.float32)
    for y, x in np.ndindex(labels.shape):
        if 0 <= labels[y, x] < count:
            share = np.nan_to_num((luv[y, x] - low) / (high - low), nan=0.0)
            place = np.clip(np.floor(share * 5), 0, 4).astype(int)
            histograms[(labels[y, x], *place)] += 1
    return histograms.reshape(count, 125)


def carry_labels(labels, remainder, backward, forward, tolerance):
    """Labels and rounding remainders carried along a flow; -1 where the way there and back disagree."""
    height, width = labels.shape
    carried, left_over = np.full(labels.shape, -1, np.int32), np.zeros((height, width, 2), np.float32)
    for y, x in np.ndindex(labels.shape):
        here = np.array([x, y], np.float64)
        source = here + backward[y, x]
        near_x, near_y = np.clip(np.floor(source + 0.5), 0, (width - 1, height - 1)).astype(int)
        miss = source + forward[near_y, near_x] - here
        exact = source + remainder[near_y, near_x]
        from_x, from_y = np.floor(exact + 0.5).astype(int)
        inside = 0 <= from_x < width and 0 <= from_y < height
        if inside and (miss**2).sum() <= tolerance**2:
            carried[y, x] = labels[from_y, from_x]
            left_over[y, x] = exact - (from_x, from_y)
    return carried, left_over


def measure_regions(labels, luv, backward, rows):
    """Sums of pixels, x and y, box, mean colour and mean motion of each of `rows` regions; zeros, and a box
    that holds nothing, without pixels."""
    sums, boxes = np.zeros((rows, 3), np.int32), np.zeros((rows, 4), np.int32)
    colours, motions = np.zeros((rows, 3)), np.zeros((rows, 2))
    boxes[:] = *labels.shape[::-1], -1, -1
    for row in range(rows):
        y, x = np.nonzero(labels == row)
        if y.size:
            sums[row] = y.size, x.sum(), y.sum()
            boxes[row] = x.min(), y.min(), x.max(), y.max()
            colours[row] = luv[y, x].mean(axis=0, dtype=np.float64)
            motions[row] = backward[y, x].mean(axis=0, dtype=np.float64)
    return sums, boxes, colours, motions


def region_cost(pixel, row, luv, backward, regions, scales):
    """How badly a pixel (y, x) fits a region: squared distances in units of the scales, motion up to a
    limit."""
    y, x = pixel
    centres, colours, motions = regions
    colour = ((luv[y, x] - colours[row].astype(np.float64)) ** 2).sum() / scales[0] ** 2
    place = ((np.array([x, y]) - centres[row]) ** 2).sum() / scales[1] ** 2
    motion = ((backward[y, x] - motions[row].astype(np.float64)) ** 2).sum() / scales[2] ** 2
    return colour + place + min(motion, scales[3])


def refine_boundaries(labels, luv, backward, regions, scales):
    """One pass over the pixels in reading order: each takes the label of itself or its neighbours that fits
    best; its own when equal, then left, right, above, below."""
    labels = labels.copy()
    for y, x in np.ndindex(labels.shape):
        around = [(y, x - 1), (y, x + 1), (y - 1, x), (y + 1, x)]
        own = int(labels[y, x])
        beside = [int(labels[p]) for p in around if p in neighbours((y, x), labels.shape)]
        known = [row for row in dict.fromkeys([own, *beside]) if row >= 0]
        if known:
            labels[y, x] = min(
                known, key=lambda row: region_cost((y, x), row, luv, backward, regions, scales)
            )
    return labels


def halve_region(labels, row):
    """(pixels (y, x), whether each lies beyond the centre along the longer axis) of one region."""
    places = np.argwhere(labels == row)
    away = (places - places.sum(axis=0) / max(len(places), 1))[:, ::-1]
    axis = np.linalg.eigh(away.T @ away)[1][:, 1]
    return places, away @ axis


def measure_motion(layers, forward, backward, weights, trusted, rows):
    """Sums over each region: acceleration (magnitude, across, down) and velocity of trusted pixels, their
    number; velocity, number of pixels."""
    acceleration, velocity = (share[0] * forward + share[1] * backward for share in weights)
    sums, counts = np.zeros((rows, 5)), np.zeros(rows, np.int32)
    speeds, areas = np.zeros((rows, 2)), np.zeros(rows, np.int32)
    for row in range(rows):
        where = (layers == row).any(axis=0)
        speeds[row] = velocity[where].sum(axis=0, dtype=np.float64)
        shown = acceleration[where & trusted].astype(np.float64)
        pace = velocity[where & trusted].sum(axis=0, dtype=np.float64)
        sums[row] = np.linalg.norm(shown, axis=1).sum(), *shown.sum(axis=0), *pace
        areas[row], counts[row] = where.sum(), (where & trusted).sum()
    return sums, counts, speeds, areas


def add_gains(layers, picture, other, flow, still, least, rows):
    """By how much less the pictures differ, over every second line of each region, where the flow leads than
    where the camera alone would lead; and that difference."""
    down, across = np.indices(picture.shape)

    def differences(way):
        x, y = across + way[..., 0].astype(np.float64), down + way[..., 1].astype(np.float64)
        places = [y.clip(0, picture.shape[0] - 1), x.clip(0, picture.shape[1] - 1)]
        return np.abs(map_coordinates(other.astype(np.float64), places, order=1) - picture)

    moved, stayed = differences(flow), differences(flow - still)
    asked = (np.linalg.norm(still, axis=2) >= least) & (down % 2 == 0)
    where = [asked & (layers == row).any(axis=0) for row in range(rows)]
    return [(stayed - moved)[one].sum() for one in where], [stayed[one].sum() for one in where]


def add_up(layers, some, others, every, rows):
    """Of each region the sums of two fields, told of every so manyth line of its pixels, and their number."""
    where = [(layers[:, ::every] == row).any(axis=0) for row in range(rows)]
    return [(some[one].sum(), others[one].sum(), one.sum()) for one in where]


def match_halves(lost, centres, radius, looks, half_centres, half_looks, least):
    """Which half of each region, the second one first, is most like one of the lost tracks near it, and more
    so than `least` and than like its region."""
    found = np.full(half_looks.shape[:2], -1)
    for k, half in np.ndindex(found.shape):
        half, look = 1 - half, half_looks[k, 1 - half]
        away = ((centres - half_centres[k, half]) ** 2).sum(axis=1)
        near = lost & (away <= radius**2) & ~np.isin(np.arange(lost.size), found)
        alike = np.where(near, cosines(looks, look), -1.0)
        own = cosines(half_looks[k].sum(axis=0)[None], look)[0]
        if (found[k] < 0).all() and alike.max() > max(least, own):
            found[k, half] = alike.argmax()
    return found


def cosines(looks, look):
    """Of each of the `looks` with a look, 0 where one is empty."""
    looks, look = np.float64(looks), np.float64(look)
    lengths = np.linalg.norm(looks, axis=1) * np.linalg.norm(look)
    return looks @ look / np.where(lengths > 0, lengths, 1)


def still_patches(first, second, across, down, ways, limit, chance, little):
    """Which patches of 8 px, 4 px apart, are led nowhere by any of the `ways` (n, 2, rows, columns), differ
    about their mean by no more than `limit` a pixel, and not as a step along the gradient (`across`, `down`)
    would have it."""
    rows, columns = (1 + (side - 8) // 4 for side in first.shape)
    still = np.zeros((rows, columns), bool)
    for row, column in np.ndindex(still.shape):
        where = np.s_[4 * row : 4 * row + 8, 4 * column : 4 * column + 8]
        off = second[where].astype(float) - first[where]
        off -= off.mean()
        squares, slopes = (off**2).sum(), [part[where].astype(float) for part in (across, down)]
        explained = [(off * part).sum() ** 2 / max((part**2).sum(), 0.001) for part in slopes]
        led = any(abs(way[0, row, column]) + abs(way[1, row, column]) > little for way in ways)
        still[row, column] = not led and squares <= 64 * limit and max(explained) <= chance * squares
    return still


def refuted_motion(flow, slope, change, saturation, least, share):
    """Where flow over a slope promises more change than there is."""
    promised = slope * np.minimum(np.linalg.norm(flow, axis=2), saturation)
    return (promised > least) & (change < share * promised)


def fit_similarity(places, displacement, weights):
    """Stretch, turn and shift by weighted least squares."""
    (x, y), zeros, ones = places.T, np.zeros(len(places)), np.ones(len(places))
    design = np.vstack([np.stack([x, -y, ones, zeros], 1), np.stack([y, x, zeros, ones], 1)])
    root = np.sqrt(np.tile(weights, 2))
    return np.linalg.lstsq(design * root[:, None], displacement.T.ravel() * root, rcond=None)[0]


def grow_groups(seeds, near, together, least):
    """Groups of things, each grown from a seed by the free neighbour most like all members so far."""
    free, groups = set(range(len(seeds))), []
    for seed in seeds:
        if seed not in free:
            continue
        group = [seed]
        while True:
            free -= set(group)
            beside = [k for k in sorted(free) if any(near[member, k] for member in group)]
            alike = {k: np.mean([together[member, k] for member in group], dtype=np.float32) for k in beside}
            best = max(beside, key=lambda k: alike[k], default=None)
            if best is None or alike[best] < least:
                break
            group.append(best)
        groups.append(group)
    return groups
