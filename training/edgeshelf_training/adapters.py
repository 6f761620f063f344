"""Fine-tunes a text encoder on a shop's own pairs, by adapters: small matrices beside weights that stay as they are.

LoRA: Hu et al., ICLR 2022. AdaLoRA, which moves rank to the layers that need it: Zhang et al., ICLR 2023. Both by the
package peft.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import nn

from .corpus import Log
from .counts import transition_counts
from .errors import InputError
from .fit_adapters import LEARNING_RATES, ORTHOGONALITY, AdapterSettings, embed_texts, train_adapters
from .pretrained import Pretrained, first_line, need
from .text_encoder import PROBE, TextEncoder, find_text_model, load_module

FACTS = "adapter.json"  # beside the two files that peft reads
PEFT_FILES = ("adapter_config.json", "adapter_model.safetensors")


class AdaptedEncoder(TextEncoder):
    """A text encoder with adapters in its layers."""

    def __init__(self, base: Pretrained, module: Any, adapted: Any, losses: tuple[float, ...] = ()) -> None:
        """`adapted` is the PeftModel around the transformer inside `module`, a SentenceTransformer."""
        super().__init__(_identity(base, adapted), lambda: module)
        self.base = base
        self.adapted = adapted
        self.losses = losses  # of the training steps, in order

    def save(self, folder: Path) -> None:
        """Writes the adapters in peft's form, without the weights they stand beside."""
        config = self.adapted.peft_config["default"]
        config.base_model_name_or_path = self.base.name
        config.target_modules = sorted(config.target_modules)
        if config.peft_type == "ADALORA":
            config.rank_pattern = None  # pruned ranks are zeros already; cut off, the others would round otherwise
        self.adapted.save_pretrained(str(folder), save_embedding_layers=False)
        facts = {"model": self.base.name, "modelSha256": self.base.identity, "identity": self.identity}
        (folder / FACTS).write_text(json.dumps(facts) + "\n", "utf-8")


def pairs_of(log: Log, spans: np.ndarray, window: int, most: int, seed: int) -> np.ndarray:
    """Pairs of different items at most `window` events apart in one history, i64[P,2], smaller row first, sorted.

    Each pair stands once. Above `most`, that many are drawn, in proportion to how often and how closely the two stand
    together: weighted sampling without replacement, Efraimidis & Spirakis, IPL 2006.
    """
    directed = transition_counts(log, spans, np.ones(len(log.rows)), window, k_pair=1)
    found = sparse.triu(directed + directed.T, k=1).tocoo()
    pairs = np.stack([found.row, found.col], 1).astype(np.int64)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs, weight = pairs[order], found.data[order]
    if len(pairs) <= most:
        return pairs
    drawn = np.log(np.random.default_rng(seed).random(len(pairs))) / weight
    return pairs[np.sort(np.argsort(-drawn, kind="stable")[:most])]


def fine_tune(
    model: str, texts: list[str], pairs: np.ndarray, settings: AdapterSettings, device: str | torch.device,
    tell: Callable[[float], None] = lambda share: None,
) -> AdaptedEncoder:  # fmt: skip
    """The encoder after `settings.steps` steps on `pairs`, i64[P,2] places in `texts`. Repeats bit by bit on a CPU.

    Pairs with an empty text, or of two equal texts, teach nothing and are left out. `tell` hears the share done.
    """
    _check(settings)
    distinct, pairs = _distinct_texts(texts, pairs)
    if len(pairs) < 2:
        raise InputError(f"adapter {settings.method}: {len(pairs)} pairs of items with different texts are too few")
    base = find_text_model(model)
    module = load_module(base, device)
    with torch.random.fork_rng(), torch.enable_grad():
        torch.manual_seed(settings.seed)
        adapted = _inject(lambda peft: peft.get_peft_model(module.transformers_model, _config(module, settings, peft)))
        losses = train_adapters(module, adapted, distinct, pairs, settings, tell)
    adapted.requires_grad_(False)
    return AdaptedEncoder(base, module, adapted, losses)


def load_adapter(model: str, folder: Path, device: str | torch.device) -> AdaptedEncoder:
    """The encoder whose adapters `AdaptedEncoder.save` wrote. They fit only the weights they were trained beside."""
    for name in (FACTS, *PEFT_FILES):
        if not (folder / name).is_file():
            raise InputError(f"adapter {folder}: holds no {name}")
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        name, beside, identity = facts["model"], facts["modelSha256"], facts["identity"]
    except (ValueError, KeyError, TypeError):
        raise InputError(f"adapter {folder}: {FACTS} does not say which model it was trained beside") from None
    base = find_text_model(model)
    if beside != base.identity:
        raise InputError(f"adapter {folder}: was trained beside {name}, whose weights are not those of {model}")
    module = load_module(base, device)
    try:
        adapted = _inject(lambda peft: peft.PeftModel.from_pretrained(module.transformers_model, str(folder)))
    except Exception as error:  # damaged files surface as errors of json, safetensors, peft or torch
        raise InputError(f"adapter {folder}: does not load ({first_line(error)})") from error
    loaded = AdaptedEncoder(base, module.eval(), adapted)
    if loaded.identity != identity:
        raise InputError(f"adapter {folder}: {PEFT_FILES[1]} is not the one that was saved with {FACTS}")
    return loaded


def _check(settings: AdapterSettings) -> None:
    if settings.method not in LEARNING_RATES:
        raise InputError(f"adapter {settings.method!r}: must be one of {', '.join(LEARNING_RATES)}")
    least = {"rank": 1, "steps": 4 if settings.method == "adalora" else 1, "batch": 2}
    for name, value in least.items():
        found = getattr(settings, name)
        if found < value:
            raise InputError(f"adapter {settings.method}: {name} must be at least {value}, got {found}")


def _distinct_texts(texts: list[str], pairs: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The distinct texts that say something, and the pairs as i64[P',2] indices into them, smaller first, once each."""
    index: dict[str, int] = {}
    of = np.array([index.setdefault(text, len(index)) if text.strip() else -1 for text in texts], np.int64)
    named = np.sort(of[pairs.reshape(-1, 2)], axis=1)
    named = named[(named[:, 0] >= 0) & (named[:, 0] != named[:, 1])]
    return list(index), np.unique(named, axis=0)


def _inject(build: Callable[[Any], Any]) -> Any:
    """Calls `build` with the package peft, without its warnings of names that transformers is going to change."""
    peft = need("peft", "adapter")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return build(peft)


def _config(module: Any, settings: AdapterSettings, peft: Any) -> Any:
    """peft's configuration: adapters in every linear layer that the vector depends on."""
    shared = {
        "task_type": peft.TaskType.FEATURE_EXTRACTION, "target_modules": _linear_layers(module),
        "lora_alpha": 2 * settings.rank, "lora_dropout": 0.05,
    }  # fmt: skip
    if settings.method == "lora":
        return peft.LoraConfig(r=settings.rank, **shared)
    # half of the rank more at first, pruned between the first tenth of the steps and the last three
    return peft.AdaLoraConfig(
        init_r=settings.rank + (settings.rank + 1) // 2, target_r=settings.rank, total_step=settings.steps,
        tinit=settings.steps // 10, tfinal=max(1, 3 * settings.steps // 10), deltaT=max(1, settings.steps // 100),
        orth_reg_weight=ORTHOGONALITY, **shared,
    )  # fmt: skip


def _linear_layers(module: Any) -> list[str]:
    """Names of the transformer's linear layers that have a gradient: a pooler that nothing reads has none."""
    network: nn.Module = module.transformers_model
    layers = {name: layer for name, layer in network.named_modules() if isinstance(layer, nn.Linear)}
    weights = [layer.weight for layer in layers.values()]
    gradients = torch.autograd.grad(embed_texts(module, [PROBE]).sum(), weights, allow_unused=True) if weights else ()
    names = [name for name, gradient in zip(layers, gradients, strict=True) if gradient is not None]
    if not names:
        raise InputError("adapter: the text model has no linear layers to adapt")
    return names


def _identity(base: Pretrained, adapted: Any) -> str:
    """sha256 of the base's identity and of the adapters: rows cached with other adapters are not taken for these."""
    digest = hashlib.sha256(base.identity.encode())
    for name, weights in sorted(adapted.named_parameters()):
        if "lora_" in name:
            digest.update(name.encode() + weights.detach().cpu().numpy().tobytes())
    return digest.hexdigest()
