"""Train the judge that ships further, and write the average of both. It takes an hour on one core.

    .venv/bin/pip install -e '.[train]'
    python -m tests.train.further_judge [--pairs 44000] [--folder build/further]

For more texts of a kind it need not be trained anew: the whole numbers that ship are read back as weights, trained on
pairs that are drawn as `train_judge` draws them, at a lower rate, and the result is averaged with where it began
(Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"): it keeps what it knew and learns most of what is new.
Fit the rest to it with `train_by_meaning`.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import numpy_helper
from rich.progress import track
from torch import nn

from index.meaning.runtime import FOLDER
from tests.support.paths import ROOT
from tests.train import train_judge
from tests.train.train_judge import BATCH, CHUNK, SLOW, WARMING, CrossEncoder, encode, measure_loss

SEED = 7
FAST = 3e-5
RATES = (1, 2, 10)
"""How fast the model, its first head and its second learn, in multiples; the second does not ship and begins anew."""
SHARE = 0.6
"""What the further trained weights count in the average."""


def read_shipped(model: CrossEncoder) -> None:
    """Set the weights of the model to those that ship; words keep the vectors of the base, which are never trained."""
    graph = onnx.load(str(FOLDER / "judge.onnx")).graph
    values = {each.name: numpy_helper.to_array(each) for each in graph.initializer}

    def scale(name: str) -> Any:
        whole, zero = (values[f"{name}_{part}"].astype("float32") for part in ("quantized", "zero_point"))
        return (whole - zero) * values[f"{name}_scale"]

    found = {
        name.removeprefix("model."): value
        for name, value in values.items()
        if name.startswith("model.") and value.dtype == "float32" and not name.endswith("_scale")
    }
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            _, inside, place = node.name.partition("/bert/")
            part = "bert." + place.rpartition("/")[0].replace("/", ".") if inside else "out"
            found[f"{part}.weight"] = scale(node.input[1].removesuffix("_quantized")).T
    for kind in ("token_type", "position"):
        name = f"bert.embeddings.{kind}_embeddings.weight"
        found[name] = scale(f"model.{name}")
    state = model.state_dict()
    lacking = [name for name in state if name not in found and not name.startswith(("span", "bert.pooler"))]
    if lacking != ["bert.embeddings.word_embeddings.weight"]:
        raise SystemExit(f"judge.onnx lacks {', '.join(lacking)}; train it anew with train_judge")
    model.load_state_dict(state | {name: torch.tensor(value) for name, value in found.items()})


def train(total: int, folder: Path) -> CrossEncoder:
    """Return the average of the model that ships and the same trained on so many pairs more.

    It goes on from the folder's checkpoint, if there is one.
    """
    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # sums in another order are other sums
    model = CrossEncoder()
    read_shipped(model)
    shipped = {name: value.clone() for name, value in model.state_dict().items()}
    slow = [each for name, each in model.named_parameters() if each.requires_grad and name.startswith("bert")]
    groups = [{"params": each} for each in (slow, [*model.out.parameters()], [*model.span.parameters()])]
    optimizer = torch.optim.AdamW(groups, lr=FAST, weight_decay=0.01)
    seen, epoch, checkpoint = 0, 0, folder / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        seen, epoch = saved["seen"], saved["epoch"]
    cases, qamr = train_judge.read_drawn(), train_judge.read_qamr()
    while seen < total:
        chance = random.Random(SEED * 1000 + epoch)
        pairs = train_judge.draw_epoch(cases, qamr, chance)
        epoch += 1
        for start in track(range(0, len(pairs), CHUNK), description=f"epoch {epoch}, {seen:,} of {total:,} pairs"):
            rows = sorted(
                ((pair, encode(pair)) for pair in pairs[start : start + CHUNK]), key=lambda row: len(row[1][0])
            )
            batches = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
            chance.shuffle(batches)
            for batch in batches:
                step(model, optimizer, batch, (seen, total))
                seen += len(batch)
            if seen >= total:
                break
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "seen": seen, "epoch": epoch}
        torch.save(state, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)
    further = model.state_dict()
    model.load_state_dict({name: SHARE * further[name] + (1 - SHARE) * value for name, value in shipped.items()})
    return model


def step(model: CrossEncoder, optimizer: Any, batch: list[Any], at: tuple[int, int]) -> None:
    """Train on a batch; `at` tells how many pairs of how many were seen."""
    seen, total = at
    rate = min(1.0, (seen / BATCH + 1) / WARMING) * (FAST + (SLOW - FAST) * min(1.0, seen / total))
    for group, times in zip(optimizer.param_groups, RATES, strict=True):
        group["lr"] = rate * times
    loss = measure_loss(model, [pair for pair, _ in batch], [row for _, row in batch], "cpu")
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


if __name__ == "__main__":
    train_judge.run(__doc__ or "", train, 44_000, ROOT / "build" / "further", SEED)
