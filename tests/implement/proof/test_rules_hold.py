"""Own rules meet files in which anything may stand anywhere: they accuse, they never break."""

from __future__ import annotations

import copy
import json
import random
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from devops_exe.implement.artefact import Artefact
from devops_exe.implement.proof import tools
from devops_exe.implement.proof.calls import CALLS
from devops_exe.implement.proof.documents import Document, Tree
from devops_exe.implement.proof.rules import rules_for
from devops_exe.implement.proof.rules.writing import STRUCTURED
from devops_exe.implement.proof.validator import tools as tool_table
from devops_exe.implement.proof.validator import validators

PLANTED = [
    runpy.run_path(str(file))
    for file in sorted((Path(__file__).parent / "planted").glob("planted_*.py"))
]
JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 7.5, "", "x", "1e3", [], {}, [None], [[]], [{}], {"a": 1}, {"name": []},
    ["a", 1], {"a": {"b": [1]}}, 10**30, "\u202e", "${{ x }}", "{{args.x}}",
)  # fmt: skip
ROUNDS = 100


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a structure."""
    found = [path] if path else []
    steps: Any = node.items() if isinstance(node, dict) else ()
    for step, item in enumerate(node) if isinstance(node, list) else steps:
        found += places(item, (*path, step))
    return found


def changed(documents: list[Any], chance: random.Random) -> list[Any]:
    """The documents with junk in a place or two."""
    made = json.loads(json.dumps(documents, default=str))
    for _ in range(chance.randint(1, 2)):
        path = chance.choice(places(made) or [(0,)])
        node = made
        try:
            for step in path[:-1]:
                node = node[step]
            if chance.random() < 0.2:
                del node[path[-1]]
            else:
                node[path[-1]] = copy.deepcopy(chance.choice(JUNK))
        except (KeyError, IndexError, TypeError):
            continue  # the first change took the second's place away
    return made


def junk(sample: dict[str, Any], rounds: int):
    """Documents of a sample with junk in them, the same in every run, each in its tree."""
    chance = random.Random(sample["KIND"])
    path = sample["PATH"]
    good = list(yaml.safe_load_all(sample["GOOD"]))
    beside = {p: Document(Artefact(p, t, k)) for p, (k, t) in sample.get("BESIDE", {}).items()}
    for _ in range(rounds):
        documents = changed(good, chance)
        if path.endswith(".json"):
            text = json.dumps(documents[0] if documents else {}, indent=1) + "\n"
        else:
            text = yaml.safe_dump_all(documents, sort_keys=False)
        document = Document(Artefact(path, text, sample["KIND"]))
        yield document, Tree({**beside, path: document})


@pytest.mark.parametrize(
    "sample", [s for s in PLANTED if s["KIND"] in STRUCTURED], ids=lambda sample: sample["KIND"]
)
def test_anything_anywhere(sample):
    accused = 0
    for document, tree in junk(sample, ROUNDS):
        faults = [f for rule in rules_for(sample["KIND"]) for f in rule.check(document, tree)]
        assert all(fault.message and fault.line >= 0 for fault in faults)
        accused += bool(faults)
    # most junk is noticed, or the rules look at nothing
    assert accused > ROUNDS // 10 or sample["KIND"] in {"json", "yaml"}


@pytest.mark.parametrize("row", [row for row in validators() if row.call], ids=lambda row: row.name)
def test_libraries_hold_too(row, missing):
    if not tools.find([row.tool]):
        missing(f"{row.tool} is not there: {tool_table()[row.tool].install}")
    for sample in PLANTED:
        if sample["KIND"] in row.kinds and sample["KIND"] in STRUCTURED:
            for document, tree in junk(sample, 40):
                CALLS[row.call](document, tree)
