from __future__ import annotations

import os
from pathlib import Path

import pytest

from devops_exe.assess.rules import rules
from devops_exe.assess.walk import Limits, Tree, shown, walk
from devops_exe.ground.errors import UserError


def plant(root: Path, files: dict[str, str | bytes]) -> Path:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def walked(root: Path, limits: Limits | None = None) -> Tree:
    return walk(root, limits or Limits(), is_secret=rules().is_secret)


def test_lists_files_sorted_whatever_the_order_on_disk(tmp_path: Path) -> None:
    plant(tmp_path, {"b/z.txt": "", "a.txt": "", "b/a.txt": "", "B.txt": ""})
    assert walked(tmp_path).files == ["B.txt", "a.txt", "b/a.txt", "b/z.txt"]


@pytest.mark.parametrize("folder", ["node_modules", "vendor", ".git", ".venv", "wwwroot/lib"])
def test_other_peoples_work_is_never_entered(tmp_path: Path, folder: str) -> None:
    plant(tmp_path, {f"web/{folder}/deep/package.json": "{}", "web/main.go": ""})
    assert walked(tmp_path).files == ["web/main.go"]


def test_what_git_ignores_is_left_out(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            ".gitignore": "build/\n*.log\n!keep.log\n/only-root.txt\ndocs/**/draft.md\n",
            "build/out.py": "",
            "app.log": "",
            "keep.log": "",
            "only-root.txt": "",
            "sub/only-root.txt": "",
            "docs/a/b/draft.md": "",
            "docs/draft.md": "",
            "sub/.gitignore": "!app.log\n*.tmp\n",
            "sub/app.log": "",
            "sub/x.tmp": "",
            "x.tmp": "",
        },
    )
    assert walked(tmp_path).files == [
        ".gitignore",
        "keep.log",
        "sub/.gitignore",
        "sub/app.log",
        "sub/only-root.txt",
        "x.tmp",
    ]


def test_a_link_out_of_the_root_is_noted_and_not_followed(tmp_path: Path) -> None:
    outside = plant(tmp_path / "outside", {"secret.txt": "no"})
    root = plant(tmp_path / "root", {"in/a.txt": "yes"})
    (root / "escape").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret.txt")
    (root / "inner").symlink_to(root / "in")
    (root / "loop").symlink_to(root / "loop")
    tree = walked(root)
    assert tree.files == ["in/a.txt"]
    assert "escape: a link out of the folder, not followed" in tree.notes
    assert "file: a link out of the folder, not followed" in tree.notes
    assert not any(note.startswith("inner") for note in tree.notes)


def test_a_fifo_and_a_socket_do_not_hang_the_walk(tmp_path: Path) -> None:
    plant(tmp_path, {"a.txt": "x"})
    os.mkfifo(tmp_path / "Dockerfile")
    tree = walked(tmp_path)
    assert tree.files == ["a.txt"]
    assert tree.notes == ["Dockerfile: neither file nor folder, passed over"]


def test_a_file_that_became_a_fifo_since_the_walk_is_not_waited_for(tmp_path: Path) -> None:
    plant(tmp_path, {"a.txt": "x"})
    tree = walked(tmp_path)
    (tmp_path / "a.txt").unlink()
    os.mkfifo(tmp_path / "a.txt")
    assert tree.text("a.txt") is None


def test_a_file_that_became_a_link_since_the_walk_is_not_opened(tmp_path: Path) -> None:
    root = plant(tmp_path / "root", {"a.txt": "x"})
    plant(tmp_path, {"outside.txt": "no"})
    tree = walked(root)
    (root / "a.txt").unlink()
    (root / "a.txt").symlink_to(tmp_path / "outside.txt")
    assert tree.text("a.txt") is None


def test_the_number_of_files_is_bounded_and_the_stop_is_reported(tmp_path: Path) -> None:
    plant(tmp_path, {f"f{i:03}.txt": "" for i in range(30)})
    tree = walked(tmp_path, Limits(files=10))
    assert len(tree.files) == 10
    assert tree.notes == ["stopped after 10 files; the rest was not seen"]


def test_bytes_of_a_file_and_in_all_are_bounded(tmp_path: Path) -> None:
    plant(tmp_path, {"a.txt": "x" * 100, "b.txt": "y" * 100, "c.txt": "z"})
    tree = walked(tmp_path, Limits(file_bytes=40, read_bytes=70))
    assert tree.text("a.txt") == "x" * 40
    assert tree.text("b.txt") == "y" * 40
    assert tree.text("c.txt") is None
    assert "stopped after 70 bytes read; the rest was not read" in tree.notes
    assert "a.txt: only the first 40 bytes were read" in tree.notes


def test_time_is_bounded(tmp_path: Path) -> None:
    plant(tmp_path, {"a/b.txt": "", "c.txt": ""})
    ticks = iter([0.0, 0.0, 9.0, 9.0, 9.0])
    tree = walk(tmp_path, Limits(seconds=5), is_secret=rules().is_secret, clock=lambda: next(ticks))
    assert tree.files == ["c.txt"]
    assert tree.notes == ["stopped after 5 s; the rest was not read"]


@pytest.mark.parametrize(
    "name",
    [".env", ".env.production", "tls/server.pem", "id_rsa", ".netrc", ".npmrc", "kubeconfig",
     "terraform.tfstate", "a/terraform.tfstate.backup", "ID_RSA", ".kube/config", "x.p12"],
)  # fmt: skip
def test_secrets_by_name_are_reported_and_cannot_be_read(tmp_path: Path, name: str) -> None:
    plant(tmp_path, {name: "TOKEN=hunter2"})
    tree = walked(tmp_path)
    assert tree.secrets == [name]
    assert tree.text(name) is None
    assert tree.bytes_read == 0


@pytest.mark.parametrize("name", [".env.example", ".env.sample", ".env.example.sail", ".env.dist"])
def test_examples_of_secrets_are_none(tmp_path: Path, name: str) -> None:
    tree = walked(plant(tmp_path, {name: "TOKEN="}))
    assert tree.secrets == []
    assert tree.text(name) == "TOKEN="


def test_text_of_any_encoding_and_line_ending(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "bom.txt": b"\xef\xbb\xbfone\r\ntwo\rthree",
            "broken.txt": b"caf\xe9 ok",
            "utf16.txt": "wide".encode("utf-16"),
        },
    )
    tree = walked(tmp_path)
    assert tree.text("bom.txt") == "one\ntwo\nthree"
    assert tree.text("broken.txt") == "caf\ufffd ok"
    assert tree.text("utf16.txt") == "wide"


def test_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    plant(tmp_path, {"a\nb\x1b[31m.txt": ""})
    os.link(tmp_path / "a\nb\x1b[31m.txt", os.fsencode(tmp_path) + b"/bad\xff.txt")
    names = [shown(path) for path in walked(tmp_path).files]
    assert names == ["a b.txt", "bad?.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_may_not_be_listed_is_noted(tmp_path: Path) -> None:
    plant(tmp_path, {"closed/a.txt": "", "open.txt": ""})
    (tmp_path / "closed").chmod(0)
    try:
        tree = walked(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o755)
    assert tree.files == ["open.txt"]
    assert tree.notes == ["closed: the folder could not be listed"]


def test_a_missing_folder_and_a_file_are_bad_input(tmp_path: Path) -> None:
    with pytest.raises(UserError) as missing:
        walked(tmp_path / "none")
    assert missing.value.status == 2
    assert "there is no such folder" in missing.value.line()
    plant(tmp_path, {"file": ""})
    with pytest.raises(UserError, match="no folder"):
        walked(tmp_path / "file")


def test_a_name_with_a_null_byte_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        walked(Path(f"{tmp_path}/a\0b"))


def test_a_chain_of_folders_without_end_is_left(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(70):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "x.txt").write_text("")
    tree = walked(tmp_path)
    assert tree.files == []
    assert any("deeper than 64 folders" in note for note in tree.notes)
