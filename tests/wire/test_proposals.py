"""A model proposes a value: listed, asked for in the chat, taken only after a yes."""

from __future__ import annotations

import json

import pytest
from loopback import whole
from wire_app import SYSTEM, Server, Stand
from wire_script import asks

from devops_exe.agent.proposals import read_proposals
from devops_exe.agent.restore import restore
from devops_exe.agent.session import OfflineWriter, Session
from devops_exe.agent.store import Store
from devops_exe.assess.profile import Fact, SystemProfile
from devops_exe.ground.errors import ExitStatus
from devops_exe.ground.locations import sessions_file
from devops_exe.terminal.question import Person

PROPOSAL = {"field": "zone_availability", "value": 0.9999, "why": "three years\x1b[2J of data"}


def submits(*proposals: object) -> list:
    arguments = {"fields": {}, "proposals": list(proposals)}
    return whole(asks(("submit_blueprint", json.dumps(arguments))))


class Asked:
    """A person who says these words, one a question."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.seen: list[str] = []

    def __call__(self, prompt: str) -> str:
        self.seen.append(prompt)
        return self.answers.pop(0)


def chat(stand: Stand, *answers: str) -> Asked:
    asked = Asked(*answers)
    stand.app.chatting = True
    stand.app.question = Person(asked)
    return asked


def test_one_shot_lists_it_and_takes_nothing(no_waiting):
    with Server(submits(PROPOSAL)) as server, Stand(server.url) as stand:
        assert stand.say(SYSTEM) == ExitStatus.OK
        profile = stand.app.session.stated
    assert "proposed by the model, not taken: zone_availability 0.9999" in " ".join(
        stand.out.split()
    )
    assert "zone_availability" not in profile


def test_a_yes_takes_it_as_the_models_and_plans_again(no_waiting):
    with Server(submits(PROPOSAL)) as server, Stand(server.url) as stand:
        asked = chat(stand, "y")
        assert stand.say(SYSTEM) == ExitStatus.OK
        assert len(asked.seen) == 1
        assert "The model proposes zone_availability 0.9999: three years of data" in stand.err
        session = stand.app.session
        fact = session.current.profile.get("zone_availability")
        assert (fact.value, fact.origin, fact.where) == (0.9999, "model", "three years of data")
        assert session.current.ledger.as_json() != session.dossiers[0].ledger.as_json()
        provenance = json.dumps(session.current.ledger.as_json())
        assert '"from": "model"' in provenance
        assert "zone_availability 0.9999, as the model proposed:\n  " in stand.out
        key, figures = session.id, session.current.ledger.as_json()
    # … and it is still the model's in another process.
    again = Session(OfflineWriter())
    with Store.open(sessions_file()) as store:
        assert restore(again, store, key) == ()
    assert again.stated.get("zone_availability").origin == "model"
    assert again.current.ledger.as_json() == figures


@pytest.mark.parametrize("word", ["n", "", "rather not", "no idea what that is"])
def test_anything_else_takes_nothing(no_waiting, word):
    with Server(submits(PROPOSAL)) as server, Stand(server.url) as stand:
        chat(stand, word)
        assert stand.say(SYSTEM) == ExitStatus.OK
        assert len(stand.app.session.dossiers) == 1
        assert "zone_availability" not in stand.app.session.stated
        assert "zone_availability stays as it is" in stand.err


def test_another_value_is_the_users_own(no_waiting):
    with Server(submits(PROPOSAL)) as server, Stand(server.url) as stand:
        chat(stand, "0.999")
        stand.say(SYSTEM)
        fact = stand.app.session.current.profile.get("zone_availability")
    assert (fact.value, fact.origin) == (0.999, "user")


def test_a_value_that_the_plan_refuses_changes_nothing(no_waiting):
    bad = {"field": "rto_minutes", "value": 5, "why": "x"}
    with Server(submits(bad, PROPOSAL)) as server, Stand(server.url) as stand:
        chat(stand, "y", "y")
        stand.app.session.accept, real = _refuses_once(stand.app.session.accept)
        stand.say(SYSTEM)
        assert "✗ no. rto_minutes. → say another" in stand.err
        assert "rto_minutes" not in stand.app.session.stated
        assert "zone_availability" in stand.app.session.stated
    del real


def _refuses_once(real):
    from devops_exe.ground.errors import UserError

    calls = []

    def accept(*arguments, **named):
        calls.append(arguments)
        if len(calls) == 1:
            raise UserError("no", where="rto_minutes", fix="say another")
        return real(*arguments, **named)

    return accept, real


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "slo_percent 99",
        {"field": "slo_percent"},
        [None, 5, "x", []],
        [{"field": "moon_phase", "value": 1, "why": "x"}],
        [{"field": "slo_percent", "value": 200, "why": "x"}],
        [{"field": "slo_percent", "value": None}],
        [{"field": "slo_percent", "value": {"a": 1}}],
        [{"field": ["slo"], "value": 1}],
        [{"field": "system", "value": "mine", "why": "x"}],
        [{"field": "version", "value": "v2", "why": "x"}],
        [{"field": "slo_percent", "value": "none", "why": "x"}],
        [{"field": "slo_percent", "value": 99.9, "why": "as it is"}],
    ],
)
def test_what_is_no_proposal_is_none_and_hinders_nothing(raw):
    profile = SystemProfile(facts={"slo_percent": Fact(99.9, "user", "")})
    proposed, notes = read_proposals(raw, profile)
    assert proposed == ()
    assert all(len(note) < 300 for note in notes)


def test_at_most_five_are_read():
    many = [{"field": "peak_rps", "value": n, "why": "x"} for n in range(1, 99)]
    assert [one.value for one in read_proposals(many, SystemProfile())[0]] == ["5"]
