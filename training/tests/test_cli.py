import gzip
import json
from pathlib import Path

import pytest

from conftest import shop_event, shop_sequences, write_gzip, write_sequences
from edgeshelf_training.__main__ import main
from edgeshelf_training.config import TrainConfig, with_fields
from edgeshelf_training.errors import InputError


def refusal(arguments: list[str], capsys: pytest.CaptureFixture) -> str:
    """Runs the command, which must exit with 2 and one sentence on stderr."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = [line for line in captured.err.splitlines() if line.startswith("edgeshelf_training: ")]
    assert len(lines) == 1
    return lines[0]


def train(data: Path, out: Path, *more: str) -> list[str]:
    return ["train", "--data", str(data), "--out", str(out), "--config", "tiny", *more]


def test_a_run_writes_a_release_its_progress_and_a_table(tmp_path: Path, capsys: pytest.CaptureFixture):
    data = write_sequences(tmp_path / "data", *shop_sequences(60))
    assert main(train(data, tmp_path / "out", "--progress", str(tmp_path / "progress.ndjson"))) == 0
    captured = capsys.readouterr()
    assert "fused" in captured.out and "NDCG@10" in captured.out
    told = [json.loads(line) for line in (tmp_path / "progress.ndjson").read_text().splitlines()]
    shares = [line["progress"] for line in told]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1
    assert {"read", "train", "fuse", "evaluate", "write"} <= {line["stage"] for line in told}
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_no_folder(tmp_path: Path, capsys):
    assert str(tmp_path / "nowhere") in refusal(train(tmp_path / "nowhere", tmp_path), capsys)


def test_an_empty_folder(tmp_path: Path, capsys):
    assert "sequences.txt.gz" in refusal(train(tmp_path, tmp_path / "out"), capsys)


def test_a_truncated_gzip(tmp_path: Path, capsys):
    data = write_sequences(tmp_path / "data", *shop_sequences())
    path = data / "sequences.txt.gz"
    path.write_bytes(path.read_bytes()[:-200])
    told = refusal(train(data, tmp_path / "out"), capsys)
    assert "sequences.txt.gz: truncated gzip" in told


def test_a_file_that_is_no_gzip(tmp_path: Path, capsys):
    (tmp_path / "sequences.txt.gz").write_text("u1 a b c")
    assert "sequences.txt.gz: not a readable gzip" in refusal(train(tmp_path, tmp_path / "out"), capsys)


def test_an_empty_file(tmp_path: Path, capsys):
    write_gzip(tmp_path / "sequences.txt.gz", [])
    assert "no sequences" in refusal(train(tmp_path, tmp_path / "out"), capsys)


def test_an_unknown_column_of_items(tmp_path: Path, capsys):
    data = write_sequences(tmp_path / "data", *shop_sequences(60))
    write_gzip(data / "items.tsv.gz", ["item_id\tname\tattribute_ids", "a\tb\t1"])
    assert "line 1: unknown column 'name'" in refusal(train(data, tmp_path / "out"), capsys)


def test_a_user_twice(tmp_path: Path, capsys):
    write_gzip(tmp_path / "sequences.txt.gz", ["u1 a b c", "u2 a b", "u1 c"])
    assert "line 3: user 'u1'" in refusal(train(tmp_path, tmp_path / "out"), capsys)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"at": "yesterday"}, "at must be a number, got 'yesterday'"),
        ({"at": None}, "at is missing"),
        ({"session": ""}, "session must be a non-empty string"),
        ({"item": 7}, "item must be text or null, got 7"),
    ],
)
def test_a_bad_value_in_a_log_is_named_with_its_line(tmp_path: Path, capsys, changed: dict, said: str):
    lines = [shop_event(1, 0, "a", 1000), shop_event(1, 1, "b", 1001) | changed]
    write_gzip(tmp_path / "events.ndjson.gz", [json.dumps(line) for line in lines])
    told = refusal(train(tmp_path, tmp_path / "out"), capsys)
    assert "events.ndjson.gz: line 2: " in told and said in told


def test_a_line_that_is_no_json(tmp_path: Path, capsys):
    write_gzip(tmp_path / "events.ndjson.gz", ["{}{"])
    assert "line 1: not JSON" in refusal(train(tmp_path, tmp_path / "out"), capsys)


def test_a_csv_without_a_column(tmp_path: Path, capsys):
    write_gzip(tmp_path / "events.csv.gz", ["timestamp,visitorid,event,itemid,sessionid", "1,1,view,1,1"])
    assert "missing column 'categoryid'" in refusal(train(tmp_path, tmp_path / "out"), capsys)


def test_a_csv_with_a_bad_time(tmp_path: Path, capsys):
    header = "timestamp,visitorid,event,itemid,sessionid,categoryid"
    write_gzip(tmp_path / "events.csv.gz", [header, "5,1,view,1,1,1", "noon,1,view,1,1,1"])
    assert "line 3: timestamp 'noon'" in refusal(train(tmp_path, tmp_path / "out"), capsys)


def test_only_unusable_events(tmp_path: Path, capsys):
    write_gzip(tmp_path / "events.ndjson.gz", [json.dumps(shop_event(1, 0, "a", 1000, type="impression"))])
    assert "no usable events" in refusal(train(tmp_path, tmp_path / "out"), capsys)


def test_a_baseline_that_is_no_release(tmp_path: Path, capsys):
    data = write_sequences(tmp_path / "data", *shop_sequences(60))
    told = refusal(train(data, tmp_path / "out", "--baseline", str(tmp_path)), capsys)
    assert "manifest.json: no such file" in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "expected an object"),
        ('{"epoch": 3}', "unknown setting 'epoch'"),
        ('{"epochs": "three"}', "epochs must be int, got 'three'"),
        ('{"epochs": -1}', "epochs must be a number from 0 on, got -1"),
        ('{"dim": 10, "heads": 3}', "dim 10 does not divide into 3 heads"),
        ("{", "not JSON"),
    ],
)
def test_a_bad_config(tmp_path: Path, capsys, text: str, said: str):
    file = tmp_path / "config.json"
    file.write_text(text)
    arguments = ["train", "--data", str(tmp_path), "--out", str(tmp_path), "--config", str(file)]
    assert said in refusal(arguments, capsys)


def test_an_unknown_preset(tmp_path: Path, capsys):
    arguments = ["train", "--data", str(tmp_path), "--out", str(tmp_path), "--config", "enormous"]
    assert "enormous: neither a preset" in refusal(arguments, capsys)


def test_too_little_data(tmp_path: Path, capsys):
    with gzip.open(tmp_path / "sequences.txt.gz", "wt") as out:
        out.write("u1 a\n")
    assert "too few" in refusal(train(tmp_path, tmp_path / "out"), capsys)


@pytest.mark.parametrize(
    "fields",
    [
        {"item_vectors": "half"},
        {"item_vectors": "content", "reads": "ids"},
        {"item_vectors": "fixed", "reads": "ids", "towers": 1},
        {"item_vectors": "fixed"},  # of two towers
        {"k_item": 3},  # beside vectors that are learned
    ],
)
def test_item_vectors_are_learned_or_made_of_content_that_is_read(fields: dict):
    with pytest.raises(InputError, match="item_vectors"):
        with_fields(TrainConfig(), fields, where="--config")


def test_noise_of_items_is_for_a_threshold_above_one():
    noise = {"item_noise": 2.0, "item_vectors": "content"}
    with pytest.raises(InputError, match="item_noise"):
        with_fields(TrainConfig(), noise, where="--config")
    assert with_fields(TrainConfig(), {**noise, "k_item": 5}, where="--config").item_noise == 2.0
