from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from devops_exe.agent.restore import dossier_of, profile_of, restore, stored_form
from devops_exe.agent.session import OfflineWriter, Session
from devops_exe.agent.store import Store
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

LINES = (
    "/devops checkout-api on EKS, 1200 rps, one pod does 60 rps, 99.95 %, RTO 15 min, PostgreSQL",
    "/devops deploy canary feed on Cloud Run, 3M requests/day, p99 250 ms",
    "/devops scale billing on ECS, 100M req/month, 8 workers, $4k/month, PCI",
    "/devops rollback v1.4.2 from v1.5.0 shop on GKE, 500 GiB of data, hourly backups",
    "/devops pipeline shop on a VM, GitHub Actions",
)


def talk(session: Session, *lines: str) -> None:
    for line in lines:
        events = aiter(session.answer(line))
        while True:
            try:
                events.__anext__().__await__().send(None)
            except StopIteration:
                continue
            except StopAsyncIteration:
                break


def fresh() -> Session:
    return Session(OfflineWriter(), clock=lambda: "2026-11-24T19:26:26+00:00")


def through_json(session: Session) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(json.dumps(stored_form(session.results[-1], session)))
    return raw


@pytest.mark.parametrize("line", LINES)
def test_a_dossier_comes_back_as_it_was(line: str) -> None:
    session = fresh()
    talk(session, line)
    before = session.current
    assert before is not None
    found = dossier_of(through_json(session))
    assert found.warning == ""
    assert found.stated == session.stated
    after = found.dossier
    assert after.blueprint == before.blueprint
    assert after.ledger.as_json() == json.loads(json.dumps(before.ledger.as_json()))
    assert (after.kind, after.findings, after.questions) == (
        before.kind,
        before.findings,
        before.questions,
    )
    assert (after.commands, after.notes, dict(after.figures)) == (
        before.commands,
        before.notes,
        dict(before.figures),
    )
    assert after.assumptions == before.assumptions
    assert after.document() == before.document()


@pytest.mark.parametrize("line", LINES)
def test_a_follow_up_is_the_same_with_and_without_the_store_between(line: str) -> None:
    whole, parted = fresh(), fresh()
    talk(whole, line, "and with 3,000 rps?")
    talk(parted, line)
    found = dossier_of(through_json(parted))
    again = fresh()
    again.dossiers, again.stated, again.kind = [found.dossier], found.stated, found.dossier.kind
    talk(again, "and with 3,000 rps?")
    assert again.results[-1].text == whole.results[-1].text
    assert again.current is not None
    assert whole.current is not None
    assert again.current.blueprint == whole.current.blueprint


def test_a_ledger_that_no_longer_holds_is_computed_anew_and_said() -> None:
    session = fresh()
    talk(session, LINES[0])
    raw = through_json(session)
    raw["ledger"][0]["outputs"]["downtime_minutes"] = 1.0
    found = dossier_of(raw)
    assert "computed anew" in found.warning
    assert found.dossier.ledger.entries[0].number("downtime_minutes") == pytest.approx(21.6)


def test_calls_behind_the_plan_are_kept() -> None:
    session = fresh()
    talk(session, LINES[0])
    raw = through_json(session)
    extra = {**copy.deepcopy(raw["ledger"][0]), "id": f"L{len(raw['ledger']) + 1}"}
    raw["ledger"].append(extra)
    found = dossier_of(raw)
    assert found.warning == ""
    assert found.dossier.ledger.entries[-1].id == extra["id"]


@pytest.mark.parametrize("key", ["document", "ledger", "findings", "stated"])
@pytest.mark.parametrize("value", [None, 5, "x", [1], {"a": 1}])
def test_a_damaged_record_is_refused_or_read_but_never_a_traceback(key: str, value: object) -> None:
    session = fresh()
    talk(session, LINES[0])
    raw = through_json(session)
    raw[key] = value
    with suppress(UserError):
        dossier_of(raw)


def test_an_older_record_without_stated_facts_is_read_from_its_profile() -> None:
    session = fresh()
    talk(session, LINES[0])
    raw = through_json(session)
    del raw["stated"], raw["reading"], raw["kind"]
    found = dossier_of(raw)
    assert found.warning == ""
    assert found.dossier.kind == "devops"
    assert found.stated.value("peak_rps") == 1200


def test_unknown_fields_and_origins_are_left_out() -> None:
    fact = {"value": 5, "from": "user", "where": "x"}
    read = profile_of({"peak_rps": fact, "nothing": fact, "zones": {**fact, "from": "nobody"}})
    assert set(read.facts) == {"peak_rps"}


def test_a_session_is_filled_and_a_damaged_document_is_said(tmp_path: Path) -> None:
    session = fresh()
    talk(session, LINES[0])
    with Store.open(tmp_path / "data" / "sessions.db") as store:
        key = store.new_session("shop")
        store.add_turn(key, LINES[0], session.results[-1].text, document=through_json(session))
        store.add_turn(key, "broken", "x", document={"schema": "devops-exe/1"})
        again = fresh()
        warnings = restore(again, store, key)
        assert len(warnings) == 1
        assert "document 2" in warnings[0]
        assert (again.id, again.title, again.kind) == (key, "shop", "devops")
        assert again.current is not None
        assert again.results[0].text == session.results[0].text
        with pytest.raises(UserError):
            restore(fresh(), store, "beef")
