"""`soundspot`: finds the subcommand, and turns every ending into one line and an exit code.

0 done · 2 refused (a wrong option, an input or output that does not work) · 3 the source broke off, what was
readable is processed · 130 Ctrl-C · 143 SIGTERM · 141 whoever read the output went away.
"""

import importlib
import os
import signal
import sys
import traceback
from argparse import REMAINDER, SUPPRESS, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib.metadata import version

from ..core.errors import SoundspotError, SourceLost
from .cli import Parser
from .stopping import Terminated, raise_terminated

COMMANDS = {
    "demo": "render a scene, find its ball as if live, leave overlay, events and report in a new folder",
    "run": "find what sounds in a video file: overlay video, event lines, masks",
    "scene": "render a scene with sound and exact truth, to test with",
}
REFUSED, LOST, INTERRUPTED, BROKEN_PIPE, TERMINATED = 2, 3, 130, 141, 143


def main(words: Sequence[str] | None = None) -> int:
    """The `soundspot` command with `words` as its arguments (default: the process's own); the exit code."""
    words = list(sys.argv[1:] if words is None else words)
    signal.signal(signal.SIGTERM, raise_terminated)
    try:
        code = run_command(words)
        sys.stdout.flush()
        return code
    except SoundspotError as error:
        if "--debug" in words:
            traceback.print_exc()
        print(f"soundspot: {error}", file=sys.stderr)
        return LOST if isinstance(error, SourceLost) else REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except BrokenPipeError:
        # what is still buffered has no reader: without this the interpreter complains once more at its exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def run_command(words: Sequence[str]) -> int:
    """Parse in two steps, so that `--help` need not load what only a subcommand needs."""
    parser = top_parser()
    chosen = parser.parse_args(words)
    if chosen.command is None:
        parser.print_help()
        return 0
    if chosen.command not in COMMANDS:
        parser.error(f"command={chosen.command}: want one of {', '.join(COMMANDS)}")
    return run_subcommand(chosen)


def run_subcommand(chosen: Namespace) -> int:
    """Let the subcommand's module add its arguments, and run it."""
    module = importlib.import_module(f".{chosen.command}", __package__)
    parser = Parser(prog=f"soundspot {chosen.command}", description=module.__doc__.splitlines()[0])
    parser.add_argument("--debug", action="store_true", help="show the trace of an error (default off)")
    module.add_arguments(parser)
    code: int = module.run(parser.parse_args(chosen.words))
    return code


def top_parser() -> Parser:
    """The parser of the first word; the others are left to the subcommand."""
    lines = [f"  {name:<8}{text}" for name, text in COMMANDS.items()]
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


if __name__ == "__main__":
    sys.exit(main())
