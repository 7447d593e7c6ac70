"""The words name one service of a monorepo, by its name or its folder."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from devops_exe.agent.choosing import service_named
from devops_exe.agent.session import OfflineWriter, Session
from devops_exe.assess.repository import assess_repository

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "services/cart-api/Dockerfile": "FROM golang:1.23\nEXPOSE 7070\n",
    "services/cart-api/go.mod": "module cart\n",
    "services/web/Dockerfile": "FROM node:22\nEXPOSE 3000\n",
    "services/web/package.json": '{"name": "web", "dependencies": {"express": "4"}}',
}


@pytest.fixture
def monorepo(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return tmp_path


async def _say(session: Session, line: str) -> None:
    async for _ in session.answer(line):
        pass


@pytest.mark.parametrize(
    ("line", "port"),
    [
        ("/devops cart-api on EKS", 7070),
        ("/devops CartAPI on EKS, 300 rps", 7070),
        ("/devops pipeline services/cart-api", 7070),
        ("/devops pipeline ./services/web/", 3000),
        ("/devops pipeline services/web/src", 3000),
        ("/devops something-else on EKS", None),
    ],
)
def test_the_service_that_is_named_is_the_one_that_is_read(
    monorepo: Path, line: str, port: int | None
) -> None:
    session = Session(writer=OfflineWriter(), repository=monorepo)
    asyncio.run(_say(session, line))
    assert session.current is not None
    assert session.current.profile.number("port") == port


def test_a_folder_becomes_the_name_of_its_service(monorepo: Path) -> None:
    session = Session(writer=OfflineWriter(), repository=monorepo)
    asyncio.run(_say(session, "/devops pipeline services/cart-api"))
    assert session.current is not None
    assert session.current.profile.text("system") == "cart-api"


@pytest.mark.parametrize(
    ("named", "arguments"),
    [(None, ""), ("shop", "shop on EKS"), ("x", "services"), (None, "services/ on EKS")],
)
def test_words_that_name_no_single_service_take_the_whole(
    monorepo: Path, named: str | None, arguments: str
) -> None:
    assert service_named(assess_repository(monorepo), named, arguments) is None
