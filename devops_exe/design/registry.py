"""The one way to call a calculator: by its row of the table in ``operation_table``.

``calc``, the model's toolbox, the ledger's re-runs and the generated docs all go through
here; a module is imported when its operation is first called.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from devops_exe.design.operation_table import CALCULATORS, OPERATIONS, Operation
from devops_exe.design.refusal import refusal, shown
from devops_exe.ground.errors import CalculatorError

if TYPE_CHECKING:
    from devops_exe.design.operation import CalculatorInput, CalculatorOutput

__all__ = [
    "CALCULATORS",
    "OPERATIONS",
    "Answer",
    "Operation",
    "find",
    "load",
    "operations",
    "run",
    "schema",
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call answers: figures, how they were computed, and warnings."""

    operation: Operation
    outputs: Mapping[str, object]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The object that ``calc NAME`` prints."""
        return {
            "outputs": dict(self.outputs),
            "formula": self.operation.formula,
            "source": self.operation.source,
            "version": self.operation.version,
            "warnings": list(self.warnings),
        }


def operations(calculator: str) -> tuple[Operation, ...]:
    """The operations of a calculator, its default first.

    Raises:
        CalculatorError: no calculator has that name (``unknown_calc``).
    """
    found = tuple(entry for entry in OPERATIONS if entry.calculator == calculator)
    if not found:
        raise CalculatorError(
            f"no calculator is called {calculator!r}",
            where="calc",
            fix=f"use one of {', '.join(CALCULATORS)}",
            code="unknown_calc",
        )
    return found


def find(calculator: str, op: object = None) -> Operation:
    """The operation ``op`` of a calculator, or its default when ``op`` is None.

    Raises:
        CalculatorError: ``unknown_calc`` or ``unknown_op``.
    """
    known = operations(calculator)
    if op is None or not known[0].op:
        return known[0]
    for entry in known:
        if entry.op == op:
            return entry
    raise CalculatorError(
        f"{calculator} has no operation {shown(op)}",
        where="op",
        fix=f"use one of {', '.join(entry.op for entry in known)}",
        code="unknown_op",
    )


def load(
    operation: Operation,
) -> tuple[
    type[CalculatorInput], type[CalculatorOutput], Callable[[CalculatorInput], CalculatorOutput]
]:
    """Import an operation: its input model, output model and function."""
    module = importlib.import_module(f"devops_exe.design.{operation.module}")
    given, answered = operation.models
    return (
        getattr(module, given),
        getattr(module, answered),
        getattr(module, operation.function),
    )


def run(calculator: str, inputs: object) -> Answer:
    """Call a calculator with a JSON object, as ``calc NAME`` does.

    Args:
        calculator: one of :data:`CALCULATORS`.
        inputs: the object; ``op`` chooses the operation, ``null`` counts as absent (but for
            maxSurge and maxUnavailable of the rollout calculator, where it is 0).

    Raises:
        CalculatorError: with one of the documented codes.
    """
    from pydantic import ValidationError

    operations(calculator)
    if not isinstance(inputs, Mapping):
        raise CalculatorError(
            f"the input is {_json_type(inputs)}, not an object",
            where="input",
            fix='give one JSON object, for example {"op": "…"}',
        )
    operation = find(calculator, inputs.get("op"))
    model, _, function = load(operation)
    present: object = None
    try:
        present = _without_nulls(calculator, inputs)
        given = model.model_validate(present)
        answered = function(given)
    except ValidationError as problem:
        raise refusal(problem.errors(include_url=False), present) from None
    except RecursionError:
        raise CalculatorError(
            "the input is nested too deeply",
            where="input",
            fix="use fewer levels of objects and arrays",
        ) from None
    except (OverflowError, ZeroDivisionError, MemoryError):
        raise CalculatorError(
            "the numbers are beyond what double precision holds",
            where=operation.name,
            fix="use values of an ordinary size",
        ) from None
    outputs = answered.model_dump(exclude_unset=True)
    if not _finite(outputs):
        raise CalculatorError(
            "the result is beyond what double precision holds",
            where=operation.name,
            fix="use values of an ordinary size",
        )
    return Answer(operation, outputs, tuple(_unknown_fields(given)))


def schema(calculator: str) -> dict[str, object]:
    """The JSON Schema of a calculator's input and output, an ``anyOf`` of its operations.

    Raises:
        CalculatorError: no calculator has that name (``unknown_calc``).
    """
    given: list[dict[str, Any]] = []
    answered: list[dict[str, Any]] = []
    for operation in operations(calculator):
        model, answer, _ = load(operation)
        given.append(model.model_json_schema())
        answered.append(answer.model_json_schema(mode="serialization"))
    return {"input": _any_of(given), "output": _any_of(answered)}


def _any_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """One schema, or an ``anyOf`` with its definitions lifted to the top."""
    if len(schemas) == 1:
        return schemas[0]
    definitions: dict[str, Any] = {}
    for one in schemas:
        definitions.update(one.pop("$defs", {}))
    joined: dict[str, Any] = {"anyOf": schemas}
    if definitions:
        joined["$defs"] = definitions
    return joined


_NULL_IS_ZERO = frozenset({"max_surge", "max_unavailable"})


def _without_nulls(calculator: str, value: Any) -> Any:
    """``value`` without null fields, at any depth; rollout's two bounds become 0."""
    if isinstance(value, Mapping):
        kept = {}
        for key, item in value.items():
            if item is not None:
                kept[key] = _without_nulls(calculator, item)
            elif calculator == "rollout" and key in _NULL_IS_ZERO:
                kept[key] = 0
        return kept
    if isinstance(value, list | tuple):
        return [_without_nulls(calculator, item) for item in value]
    return value


def _unknown_fields(given: CalculatorInput) -> Iterator[str]:
    """A warning for each field that no model knows, with its place."""
    from pydantic import BaseModel

    def walk(value: object, place: str) -> Iterator[str]:
        if isinstance(value, BaseModel):
            for name in value.model_extra or {}:
                yield f"unknown field {place}{name}: it was not used"
            for name in type(value).model_fields:
                yield from walk(getattr(value, name), f"{place}{name}.")
        elif isinstance(value, list | tuple):
            stem = place.removesuffix(".")
            for number, item in enumerate(value):
                if not isinstance(item, str | int | float):
                    yield from walk(item, f"{stem}[{number}].")

    yield from walk(given, "")


def _finite(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Mapping):
        return all(_finite(item) for item in cast("Mapping[str, object]", value).values())
    if isinstance(value, list | tuple):
        return all(_finite(item) for item in value)
    return True


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    return {bool: "a boolean", str: "a string", list: "an array"}.get(type(value), "a number")
