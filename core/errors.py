"""What can go wrong, told in one line: `name=value unit: want …`, then what to do next.

SoundspotError
├─ OptionError(ValueError)   out of range or unknown
├─ ShapeError(ValueError)    expected and got
├─ SourceError(OSError)      cannot be opened or read
│  └─ SourceLost             was open and went away; may be retried
└─ SinkError(OSError)        cannot be written
"""


class SoundspotError(Exception):
    """Every error that soundspot raises on purpose; its text is one line that says what to do."""


class OptionError(SoundspotError, ValueError):
    """An option out of its range, or unknown."""


class ShapeError(SoundspotError, ValueError):
    """An array or a value of another form than wanted."""


class SourceError(SoundspotError, OSError):
    """A source that cannot be opened or read."""


class SourceLost(SourceError):
    """A source that was open and went away."""


class SinkError(SoundspotError, OSError):
    """A sink that cannot be opened or written."""
