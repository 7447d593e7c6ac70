"""Cases as files: what is read, and what is refused in one line."""

from __future__ import annotations

import pytest
from eval_samples import SMALL, case

from devops_exe.evals.loading import cases_of, read_cases
from devops_exe.ground.errors import UserError


def refused(text=SMALL, **changes):
    with pytest.raises(UserError) as caught:
        case(text, **changes)
    line = caught.value.line()
    assert "\n" not in line
    assert line.startswith("devops-exe: small.yaml: ")
    return line


def test_a_case_says_who_answers_it():
    assert case().engines() == ("offline",)
    both = case(SMALL + "script: obedient\nrecording: one\noffline: false\n")
    assert both.engines() == ("scripted", "recorded")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("about:", "abuot:", "did you mean about?"),
        ("scorer: sections, of", "scorer: sectoins, of", "did you mean sections?"),
        ("of: scale", "off: scale", "the key False is no word"),
        ("of: scale", "ofs: scale", "did you mean of?"),
        ("of: scale", "of: shrink", "expect[0] (sections) of"),
        ("expect:\n  - {scorer: sections, of: scale}\n", "", "it expects nothing"),
        ("expect:\n  - {scorer: sections, of: scale}", "expect: []", "it expects nothing"),
        ("{scorer: sections, of: scale}", "{scorer: words}", "words expects nothing"),
        ("{scorer: sections, of: scale}", "{scorer: findings, has: []}", "expects nothing"),
        ("{scorer: sections, of: scale}", "{of: scale}", "names no scorer"),
        ("{scorer: sections, of: scale}", "{scorer: figure, of: cost, output: x}", "give equals"),
        ("{scorer: sections, of: scale}", "{scorer: healthy, is: perhaps}", "healthy"),
        ("{scorer: sections, of: scale}", "{scorer: healthy, is: true, turn: 3}", "there are 1"),
        ("of: scale", "of: scale, engines: [nobody]", "no expect[0] engine 'nobody'"),
        ("of: scale", "of: scale, engines: [claude]", "expects nothing of offline"),
        ("source: by hand", "", "source"),
        ('source: by hand', 'source: ""', "source"),
        ("id: small", "id: Small Case", "id"),
        ("lines:", "script: angelic\nlines:", "no script 'angelic'"),
        ("lines:", "repository: ../..\nlines:", "no folder"),
        ("lines:", "repository: nowhere\nlines:", "no folder nowhere"),
        ("lines:", "offline: false\nlines:", "no engine answers it"),
        ("lines:", "calc: [{calculator: cost, input: {}}]\nlines:", "lines, or calc"),
        ("/scale api on EKS", "/why RTO", "/why is none of the five"),
        ("id: small", "id: [", "it is no YAML in line"),
    ],
)  # fmt: skip
def test_a_wrong_case_is_one_line(old, new, told):
    assert told in refused(SMALL.replace(old, new))


@pytest.mark.parametrize("text", ["", "[]", "just words", "id: small\n"])
def test_what_is_no_case_at_all(text):
    refused(text)


def test_a_folder_is_read_and_a_repository_in_it_is_not(tmp_path):
    (tmp_path / "small.yaml").write_text(SMALL.replace("lines:", "repository: tree\nlines:"))
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    (tmp_path / "tree" / "compose.yaml").write_text("services: {}\n")
    (tmp_path / "tree" / "deep" / "chart.yaml").write_text("name: x\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "other.yml").write_text(SMALL.replace("id: small", "id: other"))
    assert [one.id for one in read_cases(tmp_path)] == ["other", "small"]
    assert [one.id for one in cases_of([str(tmp_path), str(tmp_path / "small.yaml")])] == [
        "other",
        "small",
    ]


def test_the_digest_follows_case_and_tree(tmp_path):
    (tmp_path / "tree").mkdir()
    file = tmp_path / "tree" / "Dockerfile"
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("lines:", "repository: tree\nlines:"))
    digests = set()
    for text in ("FROM a\n", "FROM b\n"):
        file.write_text(text)
        digests |= {read_cases(path)[0].digest, read_cases(path)[0].digest}
    assert len(digests) == 2


def test_two_cases_of_one_id_and_a_folder_without(tmp_path):
    with pytest.raises(UserError, match="no case in this folder"):
        read_cases(tmp_path)
    (tmp_path / "a.yaml").write_text(SMALL)
    (tmp_path / "b.yaml").write_text(SMALL)
    with pytest.raises(UserError, match=r"the id 'small' is that of .*a.yaml too"):
        read_cases(tmp_path)


def test_names_and_tags_choose_and_a_wrong_one_is_offered_its_neighbour(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert [one.id for one in cases_of(["command-devops"])] == ["command-devops"]
    assert len(cases_of(["capability"])) == 20
    with pytest.raises(UserError) as caught:
        cases_of(["comand-devops"])
    assert "did you mean command-devops?" in caught.value.line()
