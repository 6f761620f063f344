import json
from pathlib import Path

import numpy as np

from edgeshelf_training.__main__ import main
from edgeshelf_training.throughput import made_up_log


def test_the_made_up_log_is_of_the_size_asked_for_and_favours_few_items():
    log = made_up_log(500, 7_000, 1)
    lengths = np.diff(log.offsets)
    assert lengths.min() >= 2 and abs(len(log.rows) / 7_000 - 1) < 0.1
    counts = np.bincount(log.rows, minlength=500)
    assert counts[:5].sum() > 10 * counts[-5:].sum()


def test_the_command_tells_what_was_trained_and_how_fast(tmp_path: Path):
    file = tmp_path / "speed.json"
    command = ["throughput", "--items", "300", "--events", "4000", "--steps", "4", "--config", "tiny"]
    assert main([*command, "--json", str(file)]) == 0
    found = json.loads(file.read_text())
    assert (found["items"], found["steps"]) == (300, 4)
    assert found["targetsPerSecond"] > found["sequencesPerSecond"] > 0  # sessions hold more than one target
    assert 0 < found["shareOfPeak"] < 1 and found["memoryMiB"] > 10
    assert main(["throughput", "--items", "1"]) == 2
