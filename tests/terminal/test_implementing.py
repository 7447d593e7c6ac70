"""``implement``: generated, proved, shown, asked for, written, taken back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from devops_exe.cli import main

if TYPE_CHECKING:
    from devops_exe.implement.proof.result import Proof

LINE = "/devops checkout-api on EKS, 1200 rps, one pod does 60 rps, p99 250 ms, 99.95 %, canary"


@pytest.fixture(autouse=True)
def _quick_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """Own rules alone: who proves what with which tool has tests of its own."""
    from devops_exe.implement.proof import proving

    def own_rules(artefacts: object, **named: object) -> Proof:
        named["tools"] = {}
        return proving.prove(artefacts, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("devops_exe.implement.proof.prove", own_rules, raising=False)


def face(capsys: pytest.CaptureFixture[str], line: str = LINE, *more: str) -> str:
    main(["--engine", "offline", "--json", *more, line])
    Path("face.json").write_text(capsys.readouterr().out)
    return "face.json"


def files(folder: str) -> set[str]:
    return {str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file()}


def test_the_whole_way_and_back(capsys: pytest.CaptureFixture[str]) -> None:
    path = face(capsys)
    main(["implement", path, "--out", "out", "--yes"])
    shown = capsys.readouterr().out
    written = files("out")
    assert {".github/workflows/deploy.yml", "PROOF.md", "proof.json"} <= written
    assert f"✓ {len(written)} files under ./out; /undo takes them back" in shown
    main(["implement", path, "--out", "out", "--yes"])
    assert "every file is there already" in capsys.readouterr().out
    assert main(["--engine", "offline", "/undo"]) == 0
    assert "taken back under" in capsys.readouterr().out
    assert not Path("out").exists()
    assert main(["--engine", "offline", "/undo"]) == 2


def test_another_folders_files_are_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = face(capsys)
    main(["implement", path, "--out", "out", "--yes"])
    Path("elsewhere").mkdir()
    out = Path("out").resolve()
    monkeypatch.chdir("elsewhere")
    assert main(["--engine", "offline", "/undo"]) == 4
    assert str(out) in capsys.readouterr().err
    assert (out / "PROOF.md").is_file()
    assert main(["--engine", "offline", "--yes", "/undo"]) == 0
    assert not out.exists()


def test_terminated_while_proving_leaves_no_folder(tmp_path: Path) -> None:
    import os
    import signal
    import subprocess
    import sys
    import time

    place = tmp_path / "tmp"
    place.mkdir()
    face_file = tmp_path / "face.json"
    command = [sys.executable, "-m", "devops_exe", "--engine", "offline"]
    env = {**os.environ, "TMPDIR": str(place)}
    with face_file.open("w") as out:
        subprocess.run([*command, "--json", LINE], stdout=out, env=env, check=False)
    run = subprocess.Popen(
        [*command, "implement", str(face_file), "--out", str(tmp_path / "out"), "--yes"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not list(place.iterdir()) and run.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    run.send_signal(signal.SIGTERM)
    assert run.wait(60) in {143, 0, 1}  # it may just have ended
    assert list(place.iterdir()) == []


def test_nobody_to_ask_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    path = face(capsys)
    assert main(["implement", path, "--out", "out"]) == 4
    shown = capsys.readouterr()
    assert "+ .github/workflows/deploy.yml" in shown.out
    assert "give --yes" in shown.err
    assert not Path("out").exists()


def test_the_object(capsys: pytest.CaptureFixture[str]) -> None:
    path = face(capsys)
    main(["implement", path, "--out", "out", "--yes", "--json"])
    raw = json.loads(capsys.readouterr().out)
    paths = {row["path"] for row in raw["artifacts"]}
    assert set(raw["written"]) == paths == files("out")
    assert all(row["verdict"] for row in raw["proof"]["files"])
    assert raw["findings"] == []
    rollout = next(r for r in raw["artifacts"] if r["path"].endswith("base/rollout.yaml"))
    assert rollout["text"] == Path("out/deploy/kubernetes/base/rollout.yaml").read_text()


def test_a_file_of_ones_own_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    path = face(capsys)
    Path("out/observability/alertmanager").mkdir(parents=True)
    mine = Path("out/observability/alertmanager/alertmanager.yml")
    mine.write_text("route:\n  receiver: me\nreceivers: [{name: me}]\n")
    main(["implement", path, "--out", "out", "--yes"])
    shown = capsys.readouterr().out
    assert mine.read_text().endswith("receivers: [{name: me}]\n")
    assert "alertmanager" in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("implement",), "FILE and --out DIR belong here"),
        (("implement", "face.json"), "FILE and --out DIR belong here"),
        (("implement", "none.json", "--out", "out"), "no such file"),
        (("implement", "text.txt", "--out", "out"), "not the JSON face"),
        (("implement", "face.json", "--out", "text.txt"), "it is no folder"),
    ],
)
def test_bad_input(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    face(capsys)
    Path("text.txt").write_text("DEVOPS BLUEPRINT\n")
    assert main([*words, "--yes"]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/devops shop on Cloud Run, 20 rps", "the nearest that is: Kubernetes"),
        ("/devops shop on EKS with Jenkins, 20 rps", "GitHub Actions and GitLab CI"),
        (f"/devops {'x' * 60} on EKS, 20 rps", "in at most 40"),
        ("/devops -- 名前 on EKS", "no DNS label"),
    ],
)
def test_what_cannot_be_built_names_the_nearest(
    line: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = face(capsys, line)
    assert main(["implement", path, "--out", "out", "--yes"]) == 2
    assert told in capsys.readouterr().err
    assert not Path("out").exists()


def test_read_only_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    path = face(capsys)
    assert main(["implement", path, "--out", "out", "--yes", "--read-only"]) == 2
    assert not Path("out").exists()


def test_a_link_in_the_target_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    path = face(capsys)
    Path("elsewhere").mkdir()
    Path("out").mkdir()
    Path("out/deploy").symlink_to(Path("elsewhere").resolve())
    assert main(["implement", path, "--out", "out", "--yes"]) == 2
    assert "it is a link" in capsys.readouterr().err
    assert list(Path("elsewhere").iterdir()) == []


def test_a_tree_is_validated(capsys: pytest.CaptureFixture[str]) -> None:
    path = face(capsys)
    main(["implement", path, "--out", "out", "--yes"])
    capsys.readouterr()
    assert main(["validate", "--artifacts", "out"]) == 0
    assert "out: consistent" in capsys.readouterr().out
    service = Path("out/deploy/kubernetes/base/service.yaml")
    service.write_text(service.read_text().replace("targetPort: http", "targetPort: web"))
    assert main(["validate", "--artifacts", "out"]) == 1
    assert "target_port_unknown" in capsys.readouterr().out
    assert main(["validate", "--artifacts", "out", "--json"]) == 1
    codes = {f["code"] for f in json.loads(capsys.readouterr().out)["findings"]}
    assert codes == {"target_port_unknown"}
    assert main(["validate", "--artifacts", "nowhere"]) == 2


def test_an_empty_folder_beside_the_repository_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("src").mkdir()
    Path("src/requirements.txt").write_text("flask==3\ngunicorn==23\n")
    Path("src/app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    path = face(capsys, LINE, "--repo", "src")
    main(["implement", path, "--out", "out", "--yes"])
    assert "holds no source of the repository" in capsys.readouterr().out
    main(["implement", path, "--out", "src", "--yes"])
    assert "holds no source of the repository" not in capsys.readouterr().out
    main(["implement", face(capsys), "--out", "third", "--yes"])
    assert "holds no source of the repository" not in capsys.readouterr().out


def test_an_edited_file_is_judged_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    path = face(capsys)
    main(["implement", path, "--out", "out", "--yes"])
    service = Path("out/deploy/kubernetes/base/service.yaml")
    service.write_text(service.read_text().replace("targetPort: http", "targetPort: 99"))
    scaler = Path("out/deploy/kubernetes/overlays/production/hpa.yaml")
    scaler.write_text(re.sub(r"maxReplicas: \d+", "maxReplicas: 7", scaler.read_text()))
    capsys.readouterr()
    assert main(["implement", path, "--out", "out", "--yes"]) == 1
    shown = capsys.readouterr().out
    assert "edited since it was generated; as it stands:" in shown
    assert "target_port_unknown" in shown
    assert "figure_disagrees" in shown
    assert "targetPort: 99" in service.read_text()
