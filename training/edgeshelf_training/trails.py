"""What visitors looked for, in order: each session as steps between categories and searches."""

from __future__ import annotations

from dataclasses import dataclass

from .corpus import Item
from .read_events import Event

CATEGORY, QUERY = "category", "query"
WITHHELD = "*"  # stands in a kept query for words that the catalogue does not use

Node = tuple[str, str]  # kind, text


@dataclass(frozen=True)
class Step:
    at: int  # unix seconds
    node: Node | None  # None: an item of no category
    item: str | None  # None: a search


@dataclass(frozen=True)
class Trail:
    """One session, oldest step first."""

    visitor: str
    steps: tuple[Step, ...]


def plain_query(text: str) -> str:
    """A query as it is compared: lower case, words one space apart.

    >>> plain_query("  Red  Shoes ")
    'red shoes'
    """
    return " ".join(text.lower().split())


def read_trails(events: list[Event], items: tuple[Item, ...]) -> tuple[Trail, ...]:
    """Sessions of cleaned events, searches among them. A query with words that were withheld is no step."""
    category_of = {item.id: item.category for item in items}
    sessions: dict[str, list[Event]] = {}
    for event in events:
        sessions.setdefault(event.session, []).append(event)
    trails = []
    for session in sessions.values():
        steps = []
        for event in sorted(session, key=lambda event: event.at):
            if event.item is not None:
                category = category_of.get(event.item)
                steps.append(Step(event.at, None if category is None else (CATEGORY, category), event.item))
            elif event.query is not None and WITHHELD not in event.query and plain_query(event.query):
                steps.append(Step(event.at, (QUERY, plain_query(event.query)), None))
        trails.append(Trail(session[0].visitor, tuple(steps)))
    return tuple(trails)
