"""The proof as a whole: whose fault, what is missing, what may be said of each file."""

from __future__ import annotations

import json
import stat

import pytest

from devops_exe.ground.errors import UserError
from devops_exe.implement.artefact import KINDS, Artefact
from devops_exe.implement.proof import available, prove, tools
from devops_exe.implement.proof import proving as proving_module
from devops_exe.implement.proof.result import Fault, Row, verdict_of
from devops_exe.implement.proof.rules import rules
from devops_exe.implement.proof.validator import Validator, validators
from devops_exe.implement.proof.validator import tools as tool_table

NOTE = Artefact("NOTE", "a note\n", "text")


def script(tmp_path, name, body):
    file = tmp_path / name
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def only(monkeypatch, **row):
    """The table with one row alone."""
    given = {"name": "checker", "tool": "shellcheck", "kinds": frozenset({"text"}), **row}
    monkeypatch.setattr(proving_module, "validators", lambda: (Validator(**given),))


def test_a_missing_tool_is_a_skip_with_the_line_that_installs_it():
    proof = prove([Artefact("a.sh", "#!/bin/sh\nset -eu\n", "shell", executable=True)], tools={})
    skipped = [row for row in proof.rows if row.validator == "shellcheck"]
    assert [row.state for row in skipped] == ["skipped"]
    assert "pip install 'devops-exe[proof]'" in skipped[0].why
    assert proof.failed == ()
    verdict = proof.verdict("a.sh")
    assert verdict.standing == "checked"
    assert verdict.text.startswith("checked by own rule ")
    assert "proved" not in verdict.text


def test_nobody_at_all_is_not_proven():
    row = Row("a", "x", "x", "", "x a", "skipped", 0.0, why="x is not there: get it")
    assert verdict_of((row,), ()).text == "NOT PROVEN: x is not there: get it"
    assert verdict_of((), ()).standing == "not proven"


def test_a_search_that_found_nothing_proves_nothing():
    row = Row("a", "gitleaks", "gitleaks", "8", "", "passed", 0.0, proves=False)
    assert verdict_of((row,), ()).standing == "not proven"


def test_what_is_not_pinned_is_said_whatever_tools_say():
    artefact = Artefact("Dockerfile", "FROM python:3.12-slim\n", "dockerfile", unproven=("why",))
    row = Row("Dockerfile", "hadolint", "hadolint", "2", "", "passed", 0.0)
    reasons = proving_module.unproven(artefact)
    assert reasons == ("why", "unpinned: python:3.12-slim")
    verdict = verdict_of((row,), reasons)
    assert verdict.standing == "not proven"
    assert verdict.text == (
        "NOT PROVEN: why; unpinned: python:3.12-slim (else proved by hadolint 2)"
    )
    failed = Row("Dockerfile", "x", "x", "1", "", "failed", 0.0, (Fault("bad", 3),))
    assert verdict_of((row, failed), reasons).text == "FAILED: x 1: line 3: bad"


def test_an_image_that_the_file_builds_itself_moves_by_nobody_else():
    services = "services:\n  a:\n    build: .\n    image: a:development\n  b:\n    image: b:1\n"
    assert proving_module.unproven(Artefact("compose.yaml", services, "compose")) == (
        "unpinned: b:1",
    )


def test_whose_fault_it_is_in_a_batch(tmp_path, monkeypatch):
    only(monkeypatch, command=("{tool}", "{files}"))
    tool = script(tmp_path, "checker", 'grep -n bad "$@" >&2 && exit 1 || exit 0')
    files = [Artefact(name, text, "text") for name, text in (("a", "ok\n"), ("b", "x\nbad\n"))]
    proof = prove([*files, Artefact("c", "fine\n", "text")], tools={"shellcheck": tool})
    assert [row.artefact for row in proof.failed] == ["b"]
    assert proof.verdict("a").standing == "proved"
    assert proof.verdict("b").standing == "failed"


def test_files_that_fail_only_together_all_fail(tmp_path, monkeypatch):
    only(monkeypatch, command=("{tool}", "{files}"))
    tool = script(tmp_path, "checker", 'test $# -lt 2 || { echo "too many"; exit 1; }')
    proof = prove([NOTE, Artefact("b", "b\n", "text")], tools={"shellcheck": tool})
    assert {row.artefact for row in proof.failed} == {"NOTE", "b"}


def test_output_is_read_for_file_and_line(tmp_path, monkeypatch):
    import re

    pattern = re.compile(r"^(?P<file>\S+?):(?P<line>\d+): (?P<text>.*)$", re.M)
    only(monkeypatch, command=("{tool}", "{files}"), message=pattern)
    tool = script(tmp_path, "checker", 'echo "./NOTE:7: odd"; echo "other:1: no"; exit 1')
    proof = prove([NOTE], tools={"shellcheck": tool})
    assert proof.failed[0].faults == (Fault("odd", 7),)


def test_a_word_in_the_output_can_fail_what_the_status_passes(tmp_path, monkeypatch):
    import re

    only(
        monkeypatch, command=("{tool}", "{file}"), scope="each", fails_on=re.compile("^WARN", re.M)
    )
    tool = script(tmp_path, "checker", "echo WARN no schema")
    proof = prove([NOTE], tools={"shellcheck": tool})
    assert [f.message for f in proof.failed[0].faults] == ["WARN no schema"]


def test_a_tool_that_crashes_or_hangs_passes_nobody(tmp_path, monkeypatch):
    only(monkeypatch, command=("{tool}", "{files}"), seconds=1.0)
    tool = script(tmp_path, "checker", "kill -SEGV $$")
    assert prove([NOTE], tools={"shellcheck": tool}).verdict("NOTE").standing == "failed"
    tool = script(tmp_path, "checker", "sleep 60")
    proof = prove([NOTE], tools={"shellcheck": tool})
    assert proof.failed[0].faults == (Fault("took too long"),)


def test_what_a_validator_writes_is_seen_by_nobody(tmp_path, monkeypatch):
    rows = tuple(
        Validator(
            name=str(number),
            tool="shellcheck",
            kinds=frozenset({"text"}),
            command=("{tool}", "{file}"),
            scope="each",
        )
        for number in range(3)
    )
    monkeypatch.setattr(proving_module, "validators", lambda: rows)
    tool = script(tmp_path, "checker", 'test "$(cat "$1")" = "a note" && echo x > "$1"')
    proof = prove([NOTE], tools={"shellcheck": tool})
    assert proof.failed == ()
    assert len([row for row in proof.rows if row.tool == "shellcheck"]) == 3


def test_the_repository_s_files_stand_beside_the_tree(tmp_path, monkeypatch):
    only(monkeypatch, command=("{tool}", "{name}"), scope="folder")
    tool = script(tmp_path, "checker", 'test -f theirs && test -f "$1"')
    files = [Artefact("deploy/mine", "a\n", "text")]
    assert prove(files, tools={"shellcheck": tool}).failed
    assert not prove(files, tools={"shellcheck": tool}, context={"deploy/theirs": "b\n"}).failed


def test_a_search_of_the_tree_looks_at_our_files_alone(tmp_path, monkeypatch):
    only(monkeypatch, command=("{tool}", "."), scope="tree", proves=False)
    tool = script(tmp_path, "checker", "! grep -rn secret .")
    theirs = {"theirs": "a secret of the user's own\n"}
    assert prove([NOTE], tools={"shellcheck": tool}, context=theirs).failed == ()


def test_rows_are_told_as_they_come_and_stand_in_order(tmp_path):
    told: list[Row] = []
    files = [Artefact(f"{n}.sh", "#!/bin/sh\nset -eu\n", "shell", True) for n in range(4)]
    proof = prove(files, tools={}, on_done=told.append)
    assert sorted(told, key=repr) == sorted(proof.rows, key=repr)
    assert [row.artefact for row in proof.rows] == sorted(row.artefact for row in proof.rows)


def test_reports_are_the_same_but_for_times_and_versions():
    files = [NOTE, Artefact("docs/a.md", "# A\n\n[b](b.md)\n", "markdown")]
    first, second = (prove(files, tools={}) for _ in range(2))

    def timeless(text: str) -> object:
        value = json.loads(text)
        value["seconds"] = 0
        for row in value["rows"]:
            row["seconds"] = 0
        return value

    assert timeless(first.as_json()) == timeless(second.as_json())
    value = json.loads(first.as_json())
    assert value["schema"] == "devops-exe/proof/1"
    assert {f["path"]: f["standing"] for f in value["files"]} == {
        "NOTE": "checked",
        "docs/a.md": "failed",
    }
    page = first.markdown()
    assert page.startswith("# Proof\n")
    assert "| `docs/a.md` | FAILED: " in page
    assert "the link leads to b.md, which is not there" in page


def test_nothing_to_prove():
    proof = prove([])
    assert (proof.rows, dict(proof.verdicts), proof.failed) == ((), {}, ())


def test_a_file_cannot_be_a_folder():
    files = [NOTE, Artefact("NOTE/more/deep", "x\n", "text")]
    with pytest.raises(UserError, match="NOTE is a file and the folder of NOTE/more/deep"):
        prove(files, tools={})


def test_no_room_for_a_copy(monkeypatch, tmp_path):
    monkeypatch.setattr(proving_module.tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(UserError) as caught:
        prove([NOTE], tools={})
    assert caught.value.code == "no_room"


def test_a_patch_is_no_object_and_yet_read():
    kustomization = "resources: [d.yaml]\npatches:\n  - path: p.yaml\n"
    files = [
        Artefact("kustomization.yaml", kustomization, "kustomization"),
        Artefact(
            "d.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n", "kubernetes"
        ),
        Artefact("p.yaml", "kind: Deployment\n", "kubernetes"),
    ]
    proof = prove(files, tools={})
    assert proof.failed == ()
    assert {row.validator for row in proof.rows if row.artefact == "p.yaml" and row.own} == {
        "plain-text", "no-secret", "readable", "structure",
    }  # fmt: skip
    assert prove([*files[:2], Artefact("p.yaml", "kind: [\n", "kubernetes")], tools={}).failed


def test_no_pipe_of_a_cell_breaks_the_page():
    proof = prove([Artefact("a|b", "x", "text")], tools={})
    line = next(text for text in proof.markdown().split("\n") if "a|b" in text or "a\\|b" in text)
    assert line.replace("\\|", "").count("|") == 3


def test_every_kind_is_somebody_s():
    for kind in KINDS:
        own = [rule for rule in rules() if kind in rule.kinds]
        theirs = [row for row in validators() if kind in row.kinds]
        assert own or theirs or kind == "text", kind


def test_names_of_the_tables_agree():
    named = {row.tool for row in validators()} | {row.pipe_tool for row in validators()} - {""}
    named |= {row.instead_of for row in validators()} - {""}
    assert named == set(tool_table())
    assert len({row.name for row in validators()}) == len(validators())
    assert len({rule.name for rule in rules()}) == len(rules())
    for row in validators():
        assert bool(row.command) != bool(row.call), row.name
        assert row.rejects, row.name
        assert row.kinds <= {*KINDS, "*"}, row.name
    for tool in tool_table().values():
        assert tool.install, tool.name


def test_available_says_what_installs_the_rest(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DEVOPS_EXE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(tools.sys, "executable", str(tmp_path / "python"))
    found = {tool.tool: tool for tool in available()}
    assert not found["actionlint"].there
    assert "scripts/install_tools.sh" in found["actionlint"].install
    assert found["actionlint"].rejects


def test_a_version_is_the_one_noted_or_the_one_said(tmp_path, monkeypatch):
    monkeypatch.setenv("DEVOPS_EXE_CACHE_DIR", str(tmp_path / "cache"))
    tool = script(tmp_path, "amtool", 'echo "amtool, version 0.99.1 (branch: x)"')
    assert tools.find(["amtool"], {"amtool": tool})["amtool"].version == "0.99.1"
    assert (tmp_path / "cache" / "tools" / "versions.json").exists()
    (tmp_path / ".amtool.version").write_text("v1.2.3\n")
    assert tools.find(["amtool"], {"amtool": tool})["amtool"].version == "1.2.3"
    broken = script(tmp_path, "promtool", "exec /nowhere/at/all")
    assert tools.find(["promtool"], {"promtool": broken})["promtool"].version == "unknown version"


@pytest.mark.parametrize("text", ["", "a: [", "{", "- - -", "\x00", "a: &a [*a]\n", "!!python/x 1"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_breaks_a_rule(kind, text):
    for path in ("x.yaml", "x.json"):
        proof = prove([Artefact(path, text, kind)], tools={})
        assert proof.verdict(path).standing in {"failed", "checked", "not proven"}
