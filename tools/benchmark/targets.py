"""What is wanted of two cores at the default settings, each beside what was measured."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .context import Data
from .rivals import AS_WIDE, THIRTEEN

ENOUGH = 55.0  # s of a live stream from which its target can be judged, and
TEN_MINUTES = 590.0  # of one whose cost should stay flat
USUAL_SIZE, LARGE_SIZE = "640x480", "1920x1080"


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One line: `kept` says whether the target is, None where too little was measured to tell."""

    what: str
    target: str
    measured: str
    kept: bool | None


def target_rows(sections: Mapping[str, Data]) -> list[TargetRow]:
    """A row for each target that the sections have an answer to, also sections that ended early."""
    makers = {
        "cost": of_cost,
        "live": of_live,
        "four": of_four,
        "rivals": of_rivals,
        "wta": of_wta,
        "along": of_along,
        "start": of_start,
    }
    return [row for name, make in makers.items() for row in make(sections.get(name, {}))]


def of_cost(data: Data) -> Iterator[TargetRow]:
    """The whole beside the floor, and beside real time."""
    usual = data.get(USUAL_SIZE, {})
    if "ratios" in usual:
        ratios = usual["ratios"]
        as_run, alone = ratios["as run, beside the floor"], ratios["one thread, beside the floor"]
        wide = ratios["as run, beside the floor with cv2's threads"]
        told = f"{as_run:.2f} x (floor with cv2's threads {wide:.2f} x; both in one thread {alone:.2f} x)"
        yield TargetRow("640x480 file beside the floor", "2.5 x, aim 1.7 x", told, as_run <= 2.5)
    for size, most in ((USUAL_SIZE, 0.30), (LARGE_SIZE, 0.80)):
        if "real-time factor" in data.get(size, {}):
            factor = data[size]["real-time factor"]
            yield TargetRow(
                f"{size} 30 fps, real-time factor", f"{most:.2f}", f"{factor:.2f}", factor <= most
            )


def of_live(data: Data) -> Iterator[TargetRow]:
    """One stream in real time."""
    if "p95" not in data:
        return
    enough, told = data["seconds"] >= ENOUGH, f"in {data['seconds']:.0f} s"
    what = "live 640x480 30 fps: "
    skipped, late, share = data["skipped"], data["p95"], data["share"]
    whole = skipped == 0 and data["steps"] == 0
    yield TargetRow(
        what + "skipped", "0 in 60 s", missed(str(skipped), data, told), whole if enough else None
    )
    yield TargetRow(what + "p95 beyond declared", "50 ms", f"{late:.0f} ms", late <= 50 if enough else None)
    yield TargetRow(what + "of one core", "0.80", f"{share:.2f}", share <= 0.80)


def missed(skipped: str, data: Data, told: str) -> str:
    """What was skipped; a stream that was looked at less closely did not keep up either."""
    return f"{skipped} {told}" + (f", {data['steps']} steps of pace" if data["steps"] else "")


def of_four(data: Data) -> Iterator[TargetRow]:
    """Four streams in real time."""
    if "streams" in data:
        whole = data["skipped"] < 0.01 and data["steps"] == 0
        kept = whole if data["seconds"] >= ENOUGH else None
        share = f"{data['skipped']:.1%}".replace("%", " %")
        told = missed(share, data, f"in {data['seconds']:.0f} s")
        yield TargetRow("four live 640x480 15 fps: skipped", "under 1 %", told, kept)


def of_rivals(data: Data) -> Iterator[TargetRow]:
    """How many times faster than others."""
    for name, least in (("paper's recipe", 30), (THIRTEEN, 20)):
        if name in data:
            times = data[name]["times ours"]
            what = "paper's recipe of OpenCV's parts" if name != THIRTEEN else "our [13]"
            told = f"{times:.1f} x"
            if name == THIRTEEN and AS_WIDE in data:
                told += f" ({data[AS_WIDE]['times ours']:.1f} x at our width)"
            yield TargetRow(f"faster than {what}", f"{least} x", told, times >= least)


def of_wta(data: Data) -> Iterator[TargetRow]:
    """Sliding codes beside a numpy batch."""
    for name, part in data.items():
        same = "identical" if part["identical"] else "NOT identical"
        kept = part["ratio"] >= 100 and part["identical"]
        yield TargetRow(
            f"sliding WTA beside numpy batch, {name}",
            "100 x, identical",
            f"{part['ratio']:.0f} x, {same}",
            kept,
        )


def of_along(data: Data) -> Iterator[TargetRow]:
    """Flat in time and memory."""
    if "cost of the last beside the first" not in data:
        return
    pieces, grown = data["pieces"], data["cost of the last beside the first"] - 1
    enough = pieces[-1]["until"] >= TEN_MINUTES
    told = f"from minute 1 to {pieces[-1]['until'] / 60:.1f}"
    yield TargetRow(
        "cost along the stream",
        "within 15 %",
        f"{100 * grown:+.1f} % {told}",
        abs(grown) <= 0.15 if enough else None,
    )
    if "memory grown" in data:
        more = data["memory grown"]
        yield TargetRow(
            "memory along the stream",
            "within 10 MB",
            f"{more:+.1f} MB {told}",
            more <= 10 if enough else None,
        )


def of_start(data: Data) -> Iterator[TargetRow]:
    """From the command to its first answer."""
    for kind, most in (("warm", 2.5), ("cold", 20.0)):
        if kind in data:
            yield TargetRow(
                f"start to first answer, {kind}", f"{most:g} s", f"{data[kind]:.1f} s", data[kind] <= most
            )
