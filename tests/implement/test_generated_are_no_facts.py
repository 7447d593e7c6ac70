"""What was generated is no fact for the next document; what somebody edited since is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from devops_exe.assess.generated import MARK, RECORD
from devops_exe.assess.repository import assess_repository
from devops_exe.blueprint.compose import compose
from devops_exe.implement.changes import plan_changes
from devops_exe.implement.implementation import implement
from devops_exe.implement.proof.proving import prove
from devops_exe.implement.records import with_records
from devops_exe.implement.writing import write

EXAMPLE = Path(__file__).parents[2] / "examples" / "checkout-api"


def generated(folder: Path) -> Path:
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".ruff_cache"))
    from devops_exe.assess.requirements import read_words

    said = read_words("checkout-api on EKS, 1200 rps, 99.95 %, canary")
    dossier = compose("devops", said.merged(assess_repository(folder).profile), "2026-01-01")
    made = implement(dossier, folder)
    records = with_records(made.artefacts, prove(made.artefacts, tools={}))
    write(plan_changes(records, folder), folder)
    return folder


def facts(folder: Path) -> list[tuple[str, object, str]]:
    return [(name, fact.value, fact.where) for name, fact in assess_repository(folder).facts]


def test_the_next_reading_is_as_before(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DEVOPS_EXE_STATE_DIR", str(tmp_path / "state"))
    folder = generated(tmp_path / "a")
    assert (folder / "deploy/kubernetes/base/rollout.yaml").is_file()
    assert facts(folder) == facts(EXAMPLE)
    assert any("are no facts" in note for note in assess_repository(folder).notes)


def test_an_edited_file_is_somebodys_own_and_counts(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DEVOPS_EXE_STATE_DIR", str(tmp_path / "state"))
    folder = generated(tmp_path / "a")
    scaler = folder / "deploy/kubernetes/overlays/production/hpa.yaml"
    scaler.write_text(scaler.read_text().replace("maxReplicas: ", "maxReplicas: 1"))
    assert any("hpa.yaml" in where for _, _, where in facts(folder))


def test_a_forged_record_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nEXPOSE 4242\n")
    rows = [{"path": "Dockerfile", "sha256": "0" * 64}, {"path": 3}, "x", {"path": "../y"}]
    (tmp_path / RECORD).write_text(json.dumps({"about": MARK, "files": rows}, indent=2))
    assert any(value == 4242 for _, value, _ in facts(tmp_path))
    (tmp_path / RECORD).write_text('{"about": "' + MARK + '", "files": [')
    assert any(value == 4242 for _, value, _ in facts(tmp_path))
