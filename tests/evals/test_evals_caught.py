"""What the evals are for: a wrong calculator, a dropped section, a broken prompt are caught."""

from __future__ import annotations

import pytest
from eval_samples import CASES, RECORDINGS, answered, judged_as, lost, own

from devops_exe.agent import prompts
from devops_exe.blueprint import render
from devops_exe.design import registry
from devops_exe.evals.scorers_document import HEADINGS, PARTS

ALL = own()


def test_every_case_passes_offline():
    assert lost([one for one in ALL if one.file.offline]) == {}


@pytest.mark.slow
def test_every_case_with_a_script_passes():
    assert lost([one for one in ALL if "scripted" in one.engines()], "scripted") == {}


def test_there_are_enough_cases_of_every_kind():
    tags = {tag for one in ALL for tag in one.file.tags}
    assert len(ALL) >= 80
    assert {
        "command", "capability", "strategy", "platform", "contradiction", "missing", "absurd",
        "language", "hostile", "chat", "follow-up", "persona", "repository", "model", "prompt",
    } <= tags  # fmt: skip
    assert sum("capability" in one.file.tags for one in ALL) == 20


# ── a deliberately wrong calculator ──────────────────────────────────────────────────────────


def _figures_of(operation):
    """The cases that hold a figure of this operation."""
    return [
        one
        for one in ALL
        if any(getattr(want, "of", "") == operation.name for want in one.expect)
        and one.file.offline
    ]


def _wrong(value):
    """A value that is off by a tenth, or by one, or is another."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 1.1 + 0.01
    if isinstance(value, list):
        return [_wrong(item) for item in value]
    if isinstance(value, dict):
        return {key: _wrong(item) for key, item in value.items()}
    return value


@pytest.mark.parametrize("operation", registry.OPERATIONS, ids=lambda one: one.name)
def test_a_wrong_calculator_is_caught(operation, monkeypatch):
    real = registry.run

    def run(calculator, inputs):
        answer = real(calculator, inputs)
        if answer.operation is not operation:
            return answer
        return registry.Answer(operation, _wrong(dict(answer.outputs)), answer.warnings)

    monkeypatch.setattr(registry, "run", run)
    watching = _figures_of(operation)
    assert watching, f"no case holds a figure of {operation.name}"
    assert len(lost(watching[:3])) == len(watching[:3])


@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [
        ("devops_exe.design.rto.recovery", "recovery", {"rto_minutes": 1.02}),
        ("devops_exe.design.scaling.capacity", "capacity", {"replicas_needed": 1}),
        ("devops_exe.design.slo.budget", "budget", {"downtime_minutes": 1.001}),
        ("devops_exe.design.cost", "cost", {"monthly_cost": 1.001}),
    ],
)
def test_a_slight_error_in_the_function_itself_is_caught(module, name, wrong, monkeypatch):
    import importlib

    home = importlib.import_module(module)
    real = getattr(home, name)

    def slightly(given):
        answered = real(given)
        change = {}
        for output, by in wrong.items():
            value = getattr(answered, output)
            change[output] = value + 1 if isinstance(value, int) else value * by
        return answered.model_copy(update=change)

    monkeypatch.setattr(home, name, slightly)
    assert lost(
        own("command-devops", "command-scale", "rto-met", "capability-cloud-resource-management")
    )


# ── a dropped section ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", HEADINGS)
def test_a_dropped_section_is_caught(name, monkeypatch):
    heading = HEADINGS[name]
    real = render.render

    def without(blueprint, width=80):
        blocks = real(blueprint, width).split("\n\n")
        start = next((n for n, block in enumerate(blocks) if block.startswith(heading)), None)
        if start is None:
            return "\n\n".join(blocks)
        end = start + 1
        headings = tuple(HEADINGS.values())
        while end < len(blocks) and not blocks[end].startswith((*headings, "DevOps Status")):
            end += 1
        return "\n\n".join(blocks[:start] + blocks[end:])

    monkeypatch.setattr(render, "render", without)
    commands = [one for one in ALL if one.id.startswith("command-short")] + own("command-devops")
    caught = lost(commands)
    assert "command-devops" in caught
    for kind, parts in PARTS.items():
        if kind != "devops" and name in parts:
            assert f"command-short-{kind}" in caught


@pytest.mark.parametrize(
    "line",
    ["RTO:", "5. Verify", "| Production |", "Traffic Split:", "Alerts:", "DevOps Status", "Time:"],
)
def test_a_dropped_line_is_caught(line):
    (one,) = own("command-devops")
    answer = answered(one)
    assert judged_as(one, answer).passed
    text = answer.turns[0].text
    kept = "\n".join(row for row in text.splitlines() if not row.strip("│ ").startswith(line))
    assert kept != text
    answer.turns[0].result["text"] = kept
    assert not judged_as(one, answer).passed


# ── a broken prompt ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def prompt_files(tmp_path, monkeypatch):
    source = next(place for place in prompts._PLACES if place.is_dir())
    for path in source.glob("*.md"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(prompts, "_PLACES", (tmp_path,))
    prompts.prompt.cache_clear()
    yield tmp_path
    prompts.prompt.cache_clear()


WITH_PROMPTS = [one for one in ALL if "recorded" in one.engines()]


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """The exchanges of the product as it is now: the stored ones are for the command."""
    folder = tmp_path_factory.mktemp("recordings")
    for one in WITH_PROMPTS:
        assert answered(one, "recorded", recordings=folder, record=True).problem == ""
    return folder


def test_the_prompts_as_they_are_fit_the_recordings(prompt_files, recordings):
    assert lost(WITH_PROMPTS, "recorded", recordings) == {}


@pytest.mark.parametrize(
    "name", ["persona", "rules", "devops", "pipeline", "deploy", "rollback", "scale", "chat"]
)
def test_one_changed_letter_of_a_prompt_is_seen_by_the_recordings(prompt_files, recordings, name):
    path = prompt_files / f"{name}.md"
    path.write_text(path.read_text(encoding="utf-8").replace(".", ",", 1), encoding="utf-8")
    prompts.prompt.cache_clear()
    caught = lost(WITH_PROMPTS, "recorded", recordings)
    part = "system text" if name in {"persona", "rules"} else "prompt of message"
    assert caught
    assert all(part in why[0] for why in caught.values())


@pytest.mark.parametrize("name", ["devops", "pipeline", "deploy", "rollback", "scale"])
@pytest.mark.parametrize("damage", ["emptied", "no words", "no submission"])
def test_a_broken_prompt_fails_the_scripted_cases(prompt_files, name, damage):
    path = prompt_files / f"{name}.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        {
            "emptied": "",
            "no words": text.replace("$ARGUMENTS", ""),
            "no submission": text.replace("call `submit_blueprint`", "answer"),
        }[damage],
        encoding="utf-8",
    )
    prompts.prompt.cache_clear()
    assert lost(own(f"model-reads-prompt-{name}"), "scripted")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rules", "You never type a figure"),
        ("persona", "Ship with confidence"),
        ("persona", "- Canary releases"),
        ("persona", "- Disaster recovery"),
    ],
)
def test_a_lost_rule_or_capability_fails_the_scripted_cases(prompt_files, name, words):
    path = prompt_files / f"{name}.md"
    path.write_text(path.read_text(encoding="utf-8").replace(words, ""), encoding="utf-8")
    prompts.prompt.cache_clear()
    watching = own(
        "model-reads-prompt-pipeline",
        "capability-canary-releases",
        "capability-disaster-recovery",
    )
    assert lost(watching, "scripted")


def test_the_folders_are_where_the_command_looks():
    from devops_exe.evals.loading import evals_folder

    assert evals_folder() == CASES.parent == RECORDINGS.parent
