"""flagd: flags whose defaults and targets exist (the flag definition schema of OpenFeature)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.documents import Map, Seq, entries
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_TOP = frozenset({"$schema", "flags", "$evaluators", "metadata"})
_FLAG = frozenset({"state", "variants", "defaultVariant", "targeting", "metadata"})
_OPERATORS = frozenset(
    {
        "var", "missing", "missing_some", "if", "==", "===", "!=", "!==", ">", ">=", "<",
        "<=", "!", "!!", "and", "or", "+", "-", "*", "/", "%", "min", "max", "in", "cat",
        "substr", "merge", "map", "reduce", "filter", "all", "none", "some", "log",
        "fractional", "sem_ver", "starts_with", "ends_with", "$ref", "?:", "val",
    }
)  # fmt: skip


def flags(document: Document, tree: Tree) -> Iterator[Fault]:
    """States, variants of one type, a default among them, no unknown key."""
    top = document.first
    for key in top.keys() - _TOP:
        yield Fault(f"flagd knows no key {key!r}", top.at(key))
    if not entries(top, "flags"):
        yield Fault("no flag")
    for name, flag in entries(top, "flags").items():
        line = entries(top, "flags").at(name)
        if not isinstance(flag, Map):
            yield Fault(f"the flag {name} is no mapping", line)
            continue
        for key in flag.keys() - _FLAG:
            yield Fault(f"the flag {name} has the unknown key {key!r}", flag.at(key) or line)
        if flag.get("state") not in {"ENABLED", "DISABLED"}:
            yield Fault(f"the state of {name} is {flag.get('state')!r}", line)
        variants = entries(flag, "variants")
        if not variants:
            yield Fault(f"the flag {name} has no variants", line)
        kinds = {_type(value) for value in variants.values()}
        if len(kinds) > 1 or None in kinds:
            yield Fault(f"variants of {name} are of several types", line)
        default = flag.get("defaultVariant")
        if default is not None and default not in variants:
            yield Fault(f"the default of {name}, {default!r}, is no variant", line)


def targeting(document: Document, tree: Tree) -> Iterator[Fault]:
    """Rules of known operators that choose among the variants; shares that are positive."""
    top = document.first
    evaluators = entries(top, "$evaluators")
    for name, flag in entries(top, "flags").items():
        rule = entries(flag, "targeting")
        line = entries(top, "flags").at(name)
        variants = set(entries(flag, "variants"))
        for operator, arguments in _operations(rule):
            if operator not in _OPERATORS:
                yield Fault(f"{name}: no operator {operator!r}", line)
            if operator == "$ref" and arguments not in evaluators:
                yield Fault(f"{name}: no evaluator {arguments!r}", line)
            if operator == "fractional":
                yield from _fractions(name, arguments, variants, line)
            if operator == "if" and isinstance(arguments, Seq):
                for chosen in _chosen(arguments):
                    if isinstance(chosen, str) and chosen not in variants:
                        yield Fault(f"{name}: the rule chooses {chosen!r}, no variant", line)


def _fractions(name: str, arguments: Any, variants: set[str], line: int) -> Iterator[Fault]:
    shares = [item for item in arguments if isinstance(item, Seq)] if arguments else []
    if not shares:
        yield Fault(f"{name}: fractional divides nothing", line)
    total = 0
    for share in shares:
        if share[:1] and isinstance(share[0], str) and share[0] not in variants:
            yield Fault(f"{name}: a share for {share[0]!r}, no variant", line)
        weight = share[1] if len(share) > 1 else 1
        if (
            isinstance(weight, bool)
            or not isinstance(weight, int | Map)
            or (isinstance(weight, int) and weight < 0)
        ):
            yield Fault(f"{name}: a share of {weight!r}", line)
        total += weight if isinstance(weight, int) else 1
    if shares and total == 0:
        yield Fault(f"{name}: all shares are 0", line)
    if shares and total != 100 and all(len(s) > 1 and isinstance(s[1], int) for s in shares):
        yield Fault(f"{name}: the shares add up to {total}, not to 100", line)


def _operations(rule: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(rule, Map):
        for operator, arguments in rule.items():
            yield operator, arguments
            yield from _operations(arguments)
    elif isinstance(rule, Seq):
        for item in rule:
            yield from _operations(item)


def _chosen(arguments: Seq) -> Iterator[Any]:
    """What ``if`` answers: every second argument from the second, and the last."""
    for index, item in enumerate(arguments):
        if index % 2 == 1 or (index == len(arguments) - 1 and index > 1):
            yield item


def _type(value: Any) -> str | None:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, Map) else None


RULES = (
    Rule("flagd-flags", ("flagd",), flags, "a default among variants of one type"),
    Rule("flagd-targeting", ("flagd",), targeting, "known operators, shares of variants"),
)
