"""The cases as a pydantic-evals dataset, and a run as its report: where that package serves.

Of the extra ``devops-exe[evals]``; imported late, a second and a half of it. The runner does
not stand on it: docs/decisions/0012-evals-runner.md says why, with measurements.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.evals.case import Case
    from devops_exe.evals.playing import Play
    from devops_exe.evals.report import Row


def load(name: str) -> Any:
    """A module of pydantic-evals.

    Raises:
        EngineError: the extra is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise EngineError(
            "pydantic-evals is not installed",
            where="--format table",
            fix="pip install 'devops-exe[evals]', or use --format markdown",
            code="extra_missing",
        ) from None


def dataset(cases: Sequence[Case], how: Play) -> tuple[Any, Any]:
    """A ``pydantic_evals.Dataset`` of cases, and the task that plays one of them.

    ``dataset.evaluate_sync(task)`` runs it. Each scorer's verdict is an assertion of its own;
    a case is its own input, so a task needs nothing else.
    """
    evals = load("pydantic_evals")
    evaluators = load("pydantic_evals.evaluators")
    from devops_exe.evals.playing import play
    from devops_exe.evals.scorers import judge

    def evaluate(_: Any, context: Any) -> dict[str, Any]:
        checks = judge(context.inputs.expect, context.output, how.engine)
        return {
            f"{one.scorer}[{one.index}]": evaluators.EvaluationReason(
                one.passed, one.reason or None
            )
            for one in checks
        }

    scored = type("Expected", (evaluators.Evaluator,), {"evaluate": evaluate})

    async def task(case: Case) -> Any:
        return await play(case, how)

    rows = [evals.Case(name=case.id, inputs=case) for case in cases]
    return evals.Dataset(name="devops-exe", cases=rows, evaluators=[scored()]), task


def table(rows: Sequence[Row]) -> str:
    """A run as pydantic-evals draws it."""
    reporting = load("pydantic_evals.reporting")
    evaluators = load("pydantic_evals.evaluators")
    report = reporting.EvaluationReport(
        name="devops-exe eval", cases=[_case(reporting, evaluators, row) for row in rows]
    )
    return str(report.render(include_reasons=True, include_durations=True))


def _case(reporting: Any, evaluators: Any, row: Row) -> Any:
    spec = load("pydantic_evals.evaluators.spec").EvaluatorSpec(name="devops-exe", arguments=None)
    held = evaluators.EvaluationResult(
        name="expectations",
        value=row.passed == row.of,
        reason="; ".join(row.reasons) or None,
        source=spec,
    )
    seconds = sum(one.seconds for one in row.outcomes)
    return reporting.ReportCase(
        name=row.key, inputs=row.case, metadata=None, expected_output=None, output=row.engine,
        metrics={"round_trips": sum(one.round_trips for one in row.outcomes)},
        attributes={}, scores={"pass rate": evaluators.EvaluationResult(
            name="pass rate", value=row.passed / row.of, reason=None, source=spec)},
        labels={}, assertions={"expectations": held},
        task_duration=sum(one.engine_seconds for one in row.outcomes), total_duration=seconds,
    )  # fmt: skip
