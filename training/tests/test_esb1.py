import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from edgeshelf_training import esb1
from edgeshelf_training.errors import InputError


def example() -> esb1.Container:
    sections = {
        "vectors": np.array([[1, -2, 3], [4, 5, -127]], np.int8),
        "scales": np.array([0.5, 0.25], np.float32),
        "empty": np.zeros((0, 2), np.int32),
        "targets": np.array([7], np.uint32),
    }
    return esb1.Container("items", sections, {"categories": ["lips", "口红"]})


def test_reads_back_what_was_written():
    back = esb1.unpack(esb1.pack(example()), "x.bin")
    assert (back.kind, back.meta) == ("items", {"categories": ["lips", "口红"]})
    for name, array in example().sections.items():
        assert back.sections[name].dtype == array.dtype
        assert back.sections[name].shape == array.shape
        assert back.sections[name].tolist() == array.tolist()


def test_every_section_starts_at_a_multiple_of_sixteen_and_the_header_says_the_length():
    data = esb1.pack(example())
    size = int.from_bytes(data[4:8], "little")
    header = esb1.json.loads(data[8 : 8 + size])
    assert (8 + size) % 16 == 0
    assert header["bytes"] == len(data)
    assert [entry["offset"] % 16 for entry in header["sections"].values()] == [0, 0, 0, 0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(esb1.pack(example())) - 1))
def test_refuses_any_truncation_by_the_files_name(length: int):
    with pytest.raises(InputError, match=r"^x\.bin: "):
        esb1.unpack(esb1.pack(example())[:length], "x.bin")


def test_refuses_a_section_that_does_not_fit_its_shape():
    data = esb1.pack(example()).replace(b'"shape":[2,3]', b'"shape":[2,4]')
    with pytest.raises(InputError, match="section 'vectors' does not fit"):
        esb1.unpack(data, "x.bin")


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=6))
def test_text_columns_keep_every_text(texts: list[str]):
    offsets, data = esb1.text_column(texts)
    assert esb1.texts_of(offsets, data) == texts
