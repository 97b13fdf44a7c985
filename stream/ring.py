"""Ring: what one thread hands to another; the newest stay, what falls out is counted."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


def one(_item: Any) -> float:
    """Every item weighs the same."""
    return 1.0


class Ring(Generic[Item]):
    """The newest items up to `capacity`, counted by `weight` (default: how many; seconds or bytes as well).

    `dropped` counts the items that fell out unread. Whoever feeds a ring closes it: what is in it can still
    be taken, then it has ended, or raises the error it was closed with.
    """

    def __init__(self, capacity: float, weight: Callable[[Item], float] = one) -> None:
        self.dropped = 0
        self._capacity = capacity
        self._weigh = weight
        self._items: deque[Item] = deque()
        self._load = 0.0
        self._closed = False
        self._error: BaseException | None = None
        self._changed = threading.Condition()

    def __len__(self) -> int:
        with self._changed:
            return len(self._items)

    @property
    def closed(self) -> bool:
        """Whether no more can come."""
        with self._changed:
            return self._closed

    @property
    def ended(self) -> bool:
        """Whether it is closed and nothing, not even an error, is left to take."""
        with self._changed:
            return self._closed and not self._items and self._error is None

    def has_room(self, item: Item) -> bool:
        """Whether the item would fit without another one falling out."""
        with self._changed:
            return self._fits(item)

    def put(self, item: Item) -> bool:
        """Add the newest; the oldest fall out where there is no room. False, and nothing, when closed."""
        with self._changed:
            while not self._fits(item):
                self._load -= self._weigh(self._items.popleft())
                self.dropped += 1
            return self._add(item)

    def put_patiently(self, item: Item, limit: float) -> bool:
        """Add the newest once there is room, within `limit` s; False, and nothing, else or when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._fits(item), limit)
            return self._fits(item) and self._add(item)

    def take(self, limit: float) -> list[Item]:
        """All that waits, oldest first, after waiting at most `limit` s for the first one.

        Empty when nothing came or the ring has ended; raises the error it was closed with, once empty.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._items), limit)
            if not self._items and self._error is not None:
                raise self._error
            items = list(self._items)
            self._items.clear()
            self._load = 0.0
            self._changed.notify_all()
            return items

    def close(self, error: BaseException | None = None) -> None:
        """No more will come; everybody who waits wakes. The first closing counts."""
        with self._changed:
            if not self._closed:
                self._closed, self._error = True, error
            self._changed.notify_all()

    def _fits(self, item: Item) -> bool:
        # an item heavier than the ring is let in alone: better late than never
        return not self._items or self._load + self._weigh(item) <= self._capacity

    def _add(self, item: Item) -> bool:
        if self._closed:
            return False
        self._items.append(item)
        self._load += self._weigh(item)
        self._changed.notify_all()
        return True
