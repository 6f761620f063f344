"""Writes the locks: every package of requirements.txt with all that it needs, by version and SHA-256, from whatever
index pip and uv are configured for. Versions that are locked already stay.

    python -m pip install uv && python lock.py [--upgrade]

requirements.lock holds what every machine installs, but for torch. requirements-cuda.lock has the builds of torch that
the index has, and CUDA and Triton, which its build for Linux needs beside. requirements-cpu.lock has the CPU build for
this Python and platform, where pip finds one: pip takes a build from one file or the other, and never a third.
requirements-flower.lock is what federated training needs in an environment of its own, but for torch.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
LOCK, CUDA_LOCK, CPU_LOCK = (HERE / f"requirements{kind}.lock" for kind in ("", "-cuda", "-cpu"))
FLOWER_LOCK = HERE / "requirements-flower.lock"
CUDA = ("torch==", "nvidia-", "cuda-", "triton==")


def compiled(asked: Path, kept: str) -> list[str]:
    """Entries of the lock, each with its lines of hashes. `kept` is a lock whose versions stay where they can."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "lock"
        out.write_text(kept, "utf-8")
        options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header", "-q"]
        subprocess.run([sys.executable, "-m", "uv", "pip", "compile", str(asked), *options, "-o", str(out)], check=True)
        return re.split(r"\n(?=\S)", out.read_text("utf-8").strip())


def cpu_hash(version: str) -> str | None:
    """SHA-256 of the CPU build of torch that pip finds for this Python and platform."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = [f"torch=={version}+cpu", "--no-deps", "--quiet", "--dest", folder]
        if subprocess.run([sys.executable, "-m", "pip", "download", *wanted], stderr=subprocess.DEVNULL).returncode:
            return None
        (wheel,) = Path(folder).iterdir()
        return hashlib.sha256(wheel.read_bytes()).hexdigest()


def main() -> int:
    def held(*files: Path) -> str:
        upgrades = "--upgrade" in sys.argv[1:]
        return "" if upgrades else "".join(file.read_text("utf-8") for file in files if file.exists())

    entries = compiled(HERE / "requirements.txt", held(LOCK, CUDA_LOCK))
    cuda = [entry for entry in entries if entry.startswith(CUDA)]
    common = [entry for entry in entries if not entry.startswith(CUDA)]
    LOCK.write_text("\n".join(common) + "\n", "utf-8")
    CUDA_LOCK.write_text("\n".join(cuda) + "\n", "utf-8")
    # Flower wants older versions than the trainer has: an environment of its own, but for torch.
    flower = compiled(HERE / "requirements-flower.txt", held(FLOWER_LOCK, CUDA_LOCK))
    FLOWER_LOCK.write_text("\n".join(entry for entry in flower if not entry.startswith(CUDA)) + "\n", "utf-8")
    version = next(match["version"] for entry in cuda if (match := re.match(r"torch==(?P<version>\S+)", entry)))
    own = cpu_hash(version)
    if own is None:
        print(f"lock.py: pip finds no CPU build of torch here; {CPU_LOCK.name} stays as it was", file=sys.stderr)
    else:
        CPU_LOCK.write_text(f"torch=={version}+cpu \\\n    --hash=sha256:{own}\n", "utf-8")
    print(f"{len(common)} packages, and {len(cuda)} for CUDA")
    return 0


if __name__ == "__main__":
    sys.exit(main())
