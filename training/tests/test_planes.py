import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from conftest import run, shop_sequences, write_sequences
from edgeshelf_training import esb1
from edgeshelf_training.candidates import COUNTED
from edgeshelf_training.config import PRESETS, TrainConfig, with_fields
from edgeshelf_training.errors import InputError
from edgeshelf_training.link_pages import PAGE_ROWS, SHARD_BYTES, links_container, read_links
from edgeshelf_training.neighbours import quantise_neighbours
from edgeshelf_training.quantise import PLANE_LEVELS, dequantise_rows, quantise_rows
from edgeshelf_training.release import read_release


def test_links_come_back_from_their_pages_and_one_page_tells_a_row_by_itself():
    rng = np.random.default_rng(3)
    items = 2 * PAGE_ROWS + 5
    dense = rng.random((items, items)) * (rng.random((items, items)) < 0.2)
    tables = {name: quantise_neighbours(sparse.csr_matrix(dense * (k + 1)), items, 7) for k, name in enumerate(COUNTED)}
    container = esb1.unpack(esb1.pack(links_container(tables, items, 3)), "links.bin")
    back = read_links(container, items)
    for name in COUNTED:
        for field in ("offsets", "targets", "weights", "scales"):
            assert np.array_equal(getattr(back[name], field), getattr(tables[name], field)), (name, field)
    # The second row of the second page, read as another reader of the format would.
    row, offsets = PAGE_ROWS + 1, container.sections["pageOffsets"]
    page = container.sections["pages"][offsets[1] : offsets[2]].tobytes()
    counts = np.frombuffer(page, "<u2", 3 * PAGE_ROWS)
    before, links = int(counts[:1].sum()), int(counts[1])
    at = 6 * 3 * PAGE_ROWS + 4 * before
    first = tables[COUNTED[0]]
    expected = first.targets[first.offsets[row] : first.offsets[row + 1]]
    assert np.frombuffer(page, "<u4", links, at).tolist() == expected.tolist()
    with pytest.raises(InputError, match=r"links.bin: of other items"):
        read_links(container, items + 1)


def test_no_page_of_links_lies_in_more_shards_than_it_needs():
    rng = np.random.default_rng(5)
    items = 120 * PAGE_ROWS
    dense = rng.random((items, items)) + 0.01
    # Rows of many links each, and in the middle two pages that no shard could hold.
    links = np.full(items, 30)
    links[60 * PAGE_ROWS : 62 * PAGE_ROWS] = items
    kept = np.where(np.argsort(np.argsort(-dense, axis=1), axis=1) < links[:, None], dense, 0)
    tables = {name: quantise_neighbours(sparse.csr_matrix(kept), items, items) for name in COUNTED}
    file = esb1.pack(links_container(tables, items, 3))
    head = json.loads(file[8 : 8 + int.from_bytes(file[4:8], "little")])
    start = head["sections"]["pages"]["offset"]
    assert start == SHARD_BYTES
    offsets = start + esb1.unpack(file, "links.bin").sections["pageOffsets"].astype(np.int64)
    lengths = offsets[1:] - offsets[:-1]
    assert (lengths > SHARD_BYTES).any() and (lengths < SHARD_BYTES // 4).any()
    shards = (offsets[1:] - 1) // SHARD_BYTES - offsets[:-1] // SHARD_BYTES + 1
    assert (shards == -(-lengths // SHARD_BYTES)).all()
    back = read_links(esb1.unpack(file, "links.bin"), items)
    assert all(np.array_equal(back[name].targets, tables[name].targets) for name in COUNTED)


def test_six_bits_err_less_by_the_fitted_scale_than_by_that_of_the_largest():
    rows = np.random.default_rng(1).normal(size=(200, 64)).astype(np.float32)
    quantised, scales = quantise_rows(rows, PLANE_LEVELS)
    assert np.abs(quantised).max() == PLANE_LEVELS
    largest = np.abs(rows).max(1) / PLANE_LEVELS
    error = np.square(dequantise_rows(quantised, scales) - rows).sum(1)
    assert (error <= np.square(quantised * largest[:, None] - rows).sum(1) + 1e-6).all()


def test_a_release_in_planes_holds_rows_of_six_bits_by_id_and_answers_as_it_says(tmp_path: Path):
    data = write_sequences(tmp_path / "data", *shop_sequences())
    run(data, tmp_path / "out", config=dataclasses.replace(PRESETS["tiny"], layout="planes", dim=64, towers=1))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["items"]["layout"] == "planes"
    assert {"links.bin"} == {
        name for name in manifest["files"] if name in {"links.bin", "transitions.bin", "similar.bin"}
    }
    release = read_release(tmp_path / "out")
    assert release.ids == sorted(release.ids, key=str.encode)
    assert np.abs(release.vectors).max() <= PLANE_LEVELS
    assert release.tables.counted["transitions"].nnz > 0


def test_planes_want_a_dimension_that_they_can_hold():
    with pytest.raises(InputError, match="multiple of 64"):
        with_fields(TrainConfig(), {"layout": "planes", "dim": 16, "towers": 1}, "--config x")
    with pytest.raises(InputError, match="layout must be planes or empty"):
        with_fields(TrainConfig(), {"layout": "columns"}, "--config x")
