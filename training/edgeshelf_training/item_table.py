"""`items.bin` and `popular.json`: ids, int8 vectors and the columns that the edge filters on."""

from __future__ import annotations

import numpy as np

from .candidates import popularity_order
from .corpus import Item
from .esb1 import Container, text_column

MAX_ATTRIBUTES = 16
POPULAR_OVERALL, POPULAR_CATEGORY = 500, 100


def items_container(
    items: tuple[Item, ...], quantised: np.ndarray, scales: np.ndarray, popularity: np.ndarray, boost: np.ndarray,
    version: int, recent: np.ndarray | None = None,
) -> Container:  # fmt: skip
    """All columns in row order, `recent` (popularity of the last days) where there is one.

    Text values are sorted, so their numbers do not depend on the rows.
    """
    categories, category = _coded([item.category for item in items])
    _, group = _coded([item.group for item in items])
    names = sorted({name for item in items for name in item.attributes}, key=lambda n: (n != "brand", n))
    coded = [(name, *_coded([item.attributes.get(name) for item in items])) for name in names[:MAX_ATTRIBUTES]]
    offsets, data = text_column([item.id for item in items])
    columns = [codes for _, _, codes in coded]
    sections = {
        "vectors": quantised,
        "scales": scales,
        "idOffsets": offsets,
        "idBytes": data,
        "price": np.array([item.price for item in items], np.int32),
        "category": category,
        "inStock": np.array([item.in_stock for item in items], np.uint8),
        "group": group,
        "attributes": np.stack(columns) if columns else np.zeros((0, len(items)), np.int32),
        "popularity": popularity.astype(np.float32),
        "boost": boost.astype(np.float32),
    }
    if recent is not None:
        sections["recent"] = recent.astype(np.float32)
    attributes = [{"name": name, "values": values} for name, values, _ in coded]
    return Container(
        "items", sections, {"categories": categories, "attributes": attributes, "catalogueVersion": version}
    )


def _coded(values: list[str | None]) -> tuple[list[str], np.ndarray]:
    """Distinct values sorted, and the place of each item's value, i32[N], -1 for none."""
    distinct = sorted({value for value in values if value is not None})
    place = {value: k for k, value in enumerate(distinct)}
    return distinct, np.array([-1 if value is None else place[value] for value in values], np.int32)


def popular_lists(items: tuple[Item, ...], popularity: np.ndarray) -> dict:
    """Best ids overall and by category; items that nobody touched are left out of the categories' lists."""
    order = popularity_order(popularity).tolist()
    by_category: dict[str, list[str]] = {}
    for row in order:
        name = items[row].category
        if name is not None and popularity[row] > 0:
            listed = by_category.setdefault(name, [])
            if len(listed) < POPULAR_CATEGORY:
                listed.append(items[row].id)
    overall = [items[row].id for row in order[:POPULAR_OVERALL]]
    return {"overall": overall, "byCategory": {name: by_category[name] for name in sorted(by_category)}}
