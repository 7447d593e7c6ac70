"""A compose file's ``build`` is a folder, or a mapping: ports are held against both."""

from __future__ import annotations

import pytest

from devops_exe.implement.consistency.check import check_files

DOCKERFILE = "FROM scratch\nEXPOSE 8080\n"


@pytest.mark.parametrize(
    ("build", "wrong"),
    [
        (".", True),
        ("{context: .}", True),
        ("{context: ., dockerfile: Dockerfile}", True),
        ("{dockerfile: Dockerfile}", True),
        ("{context: ., dockerfile: apps/orders/Dockerfile}", False),
        ("{context: elsewhere}", False),
    ],
)
def test_the_port_of_what_is_built_here(build: str, *, wrong: bool) -> None:
    compose = f"services:\n  web:\n    build: {build}\n    ports: ['127.0.0.1:9000:9000']\n"
    found = check_files({"Dockerfile": DOCKERFILE, "compose.yaml": compose})
    assert ("port_disagrees" in {one.code for one in found}) is wrong
