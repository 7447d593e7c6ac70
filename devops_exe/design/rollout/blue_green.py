"""A blue-green rollout: its time and its pods."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    NonNegative,
    refuse,
)
from devops_exe.design.published import default


class BlueGreenInput(CalculatorInput):
    """Replicas, the preview and how long each phase takes."""

    op: Literal["blue_green"] = "blue_green"
    replicas: Count = Field(description="desired pods of a colour")
    preview_replicas: Count | None = Field(
        None, description="pods of the new colour before the switch [replicas]"
    )
    pod_startup_seconds: NonNegative = Field(
        description="schedule, pull and start until Ready, in seconds"
    )
    min_ready_seconds: NonNegative = Field(
        default("kubernetes", "min_ready_seconds"),
        description="Ready for so long counts as available, in seconds",
    )
    analysis_seconds: NonNegative = Field(0, description="checks before the switch, in seconds")
    switch_seconds: NonNegative = Field(
        5, description="until the traffic has moved, in seconds [assumption]"
    )
    scale_down_delay_seconds: NonNegative = Field(
        default("argo_rollouts", "scale_down_delay_seconds"),
        description="how long the old colour is kept, in seconds",
    )


class BlueGreenOutput(CalculatorOutput):
    """Time and pods of the rollout."""

    cutover_seconds: float = Field(description="until the traffic has moved, in seconds")
    duration_seconds: float = Field(description="until the old colour is gone, in seconds")
    peak_pods: int = Field(description="most pods at a time")
    extra_pods: int = Field(description="most pods above the replicas")
    extra_pod_seconds: float = Field(description="pods above the replicas times seconds")
    scale_down_delay_seconds: float = Field(
        description="how long the old colour stays after the switch, in seconds"
    )


def blue_green(given: BlueGreenInput) -> BlueGreenOutput:
    """Time and pods of a blue-green rollout.

    ``cutover = startup + min ready + analysis + scale to full + switch``; a smaller preview
    needs the scaling to full, another startup and ready time. The old colour is kept for the
    scale-down delay.

    Source: argoproj/argo-rollouts rollout/bluegreen.go; utils/defaults/defaults.go.

    Raises:
        CalculatorError: ``invalid_input`` for a preview of more pods than the replicas.

    >>> blue_green(BlueGreenInput(replicas=4, pod_startup_seconds=30)).cutover_seconds
    35.0
    >>> small = BlueGreenInput(replicas=4, preview_replicas=1, pod_startup_seconds=30)
    >>> blue_green(small).duration_seconds
    95.0
    """
    replicas = given.replicas
    preview = replicas if given.preview_replicas is None else given.preview_replicas
    if preview > replicas:
        refuse(
            f"preview_replicas is {preview}",
            where="preview_replicas",
            fix=f"it should be at most replicas ({replicas})",
        )
    start = given.pod_startup_seconds + given.min_ready_seconds
    extra = start if preview < replicas else 0
    cutover = start + given.analysis_seconds + extra + given.switch_seconds
    return BlueGreenOutput(
        cutover_seconds=cutover,
        duration_seconds=cutover + given.scale_down_delay_seconds,
        peak_pods=2 * replicas,
        extra_pods=replicas,
        extra_pod_seconds=preview * (start + given.analysis_seconds)
        + replicas * (extra + given.switch_seconds)
        + replicas * given.scale_down_delay_seconds,
        scale_down_delay_seconds=given.scale_down_delay_seconds,
    )
