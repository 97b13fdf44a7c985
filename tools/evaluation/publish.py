"""The report: sections and targets as one Markdown file, the same as JSON, pictures beside them."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...core.errors import SinkError
from .settings import Section
from .targets import TargetRow, target_rows, targets_text

TITLE = "# soundspot, measured"


def report_text(sections: Mapping[str, Section], told: str, pictured: bool) -> str:
    """The whole report in Markdown; `told` says what was run, `pictured` whether pictures lie beside it."""
    rows = target_rows({name: section.data for name, section in sections.items()})
    parts = [TITLE, told]
    if rows:
        parts += ["## Targets", targets_text(rows)]
    for section in sections.values():
        pictures = [f"![{name}]({name})" for name in section.pictures] if pictured else []
        parts += [f"## {section.title}", section.text, *pictures]
    return "\n\n".join(parts) + "\n"


def report_data(sections: Mapping[str, Section], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The same for JSON."""
    rows: Sequence[TargetRow] = target_rows({name: section.data for name, section in sections.items()})
    data = {name: section.data for name, section in sections.items()}
    return {"settings": dict(settings), "targets": [asdict(row) for row in rows], **data}


def publish(folder: Path, sections: Mapping[str, Section], told: str, settings: Mapping[str, Any]) -> None:
    """Write report.md, report.json and the pictures. Raises SinkError for a folder that cannot be written."""
    data = json.dumps(finite(report_data(sections, settings)), indent=1, allow_nan=False)
    try:
        (folder / "report.md").write_text(report_text(sections, told, pictured=True), "utf-8")
        (folder / "report.json").write_text(data + "\n", "utf-8")
        for section in sections.values():
            for name, picture in section.pictures.items():
                (folder / name).write_bytes(picture)
    except OSError as error:
        raise refused(folder, error) from error


def make_folder(folder: Path) -> None:
    """Have the folder, and see that it can be written. Raises SinkError where it cannot."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.md").touch()
    except OSError as error:
        raise refused(folder, error) from error


def refused(folder: Path, error: OSError) -> SinkError:
    """The one line that says what the world refused."""
    return SinkError(f"out={folder}: {error.strerror}; want a folder that can be written")


def finite(value: Any) -> Any:
    """The same with what JSON has no number for, NaN and infinity, as None."""
    if isinstance(value, Mapping):
        return {str(name): finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
