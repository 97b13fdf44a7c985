"""The subcommands, and how the words of a command line reach them."""

import importlib
import os
from argparse import REMAINDER, SUPPRESS, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib.metadata import version

from .cli import Parser

COMMANDS = {
    "bench": "measure what a stream costs on this machine, beside the floor and beside others",
    "calibrate": "measure by how much a camera's sound comes after its picture, from flashes with clicks",
    "demo": "render a scene, find its ball as if live, leave overlay, events and report in a new folder",
    "devices": "list cameras, microphones and what else a live run needs; --test tries them",
    "evaluate": "measure how often it is right: on scenes, real clips and composites of them",
    "run": "find what sounds in a file, a stream or before a camera: overlay video, event lines, masks",
    "scene": "render a scene with sound and exact truth, to test with",
}


def run_command(words: Sequence[str]) -> int:
    """Parse in two steps, so that `--help` need not load what only a subcommand needs; the exit code."""
    parser = top_parser()
    chosen = parser.parse_args(words)
    if chosen.command is None:
        parser.print_help()
        return 0
    if chosen.command not in COMMANDS:
        from ..stream.source import redact  # noqa: PLC0415 late: `--help` needs nothing of it

        word = redact(chosen.command)
        meant = f"; did you mean `run {word}`" if is_source(chosen.command) else ""
        parser.error(f"command={word}: want one of {', '.join(COMMANDS)}{meant}")
    return run_subcommand(chosen)


def run_subcommand(chosen: Namespace) -> int:
    """Let the subcommand's module add its arguments, and run it."""
    module = importlib.import_module(f".{chosen.command}", __package__)
    parser = Parser(prog=f"soundspot {chosen.command}", description=(module.__doc__ or "").split("\n")[0])
    parser.add_argument("--debug", action="store_true", help="show the trace of an error (default off)")
    module.add_arguments(parser)
    code: int = module.run(parser.parse_args(chosen.words))
    return code


def is_source(word: str) -> bool:
    """Whether it names what a command works on, rather than a command."""
    return "://" in word or word.startswith(("camera", "scene:")) or os.path.isfile(word)


def top_parser() -> Parser:
    """The parser of the first word; the others are left to the subcommand."""
    lines = [f"  {name:<10}{text}" for name, text in COMMANDS.items()]
    parser = Parser(
        prog="soundspot",
        description="Points at whatever in the picture makes the sound.\n\ncommands:\n" + "\n".join(lines),
        epilog="`soundspot COMMAND --help` tells the rest; try `soundspot demo` first.",
        formatter_class=RawDescriptionHelpFormatter,
        usage="soundspot COMMAND …",
    )
    parser.add_argument("--version", action="version", version=f"soundspot {version('soundspot')}")
    parser.add_argument("command", nargs="?", help=SUPPRESS)
    parser.add_argument("words", nargs=REMAINDER, help=SUPPRESS)
    return parser
