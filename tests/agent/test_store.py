from __future__ import annotations

import json
import sqlite3
import stat

import pytest

from devops_exe.agent.store import Store
from devops_exe.agent.store_schema import APPLICATION_ID, MIGRATIONS
from devops_exe.ground.errors import EngineError, UserError

RESULT = {"text": "┌─ DOC ─┐", "ledger": [{"id": "L1"}], "document": {"a": 1}}
TALK = {
    "messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}],
    "references": {},
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "sessions.db"


@pytest.fixture
def store(path):
    with Store.open(path) as opened:
        yield opened


def test_a_turn_comes_back_whole(store, path):
    key = store.new_session("checkout-api")
    assert store.add_turn(key, "/devops checkout", "┌─ DOC ─┐", RESULT, TALK, "offline") == 1
    assert store.add_turn(key, "why?", "Because.") == 2
    store.close()
    with Store.open(path) as again:
        whole = again.session(key)
        assert [(t["line"], t["text"]) for t in whole["turns"]] == [
            ("/devops checkout", "┌─ DOC ─┐"),
            ("why?", "Because."),
        ]
        assert whole["documents"] == [{"text": "┌─ DOC ─┐", "ledger": [{"id": "L1"}]}]
        assert set(whole) == {"id", "turns", "documents"}
        assert again.results(key) == [RESULT]
        assert again.conversation(key) == TALK
        assert again.skipped == []


def test_the_list_has_the_last_used_first_and_no_empty_session(store, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    one, two, _ = (store.new_session(title) for title in ("one", "two", "never used"))
    store.add_turn(one, "a", "b")
    store.add_turn(two, "a", "b")
    store.add_turn(one, "c", "d")
    assert store.sessions() == [
        {"id": one, "title": "one", "turns": 2, "updated": "2023-11-14T22:13:20+00:00"},
        {"id": two, "title": "two", "turns": 1, "updated": "2023-11-14T22:13:20+00:00"},
    ]
    assert store.latest() == one


def test_nothing_stored_yet(store):
    assert (store.sessions(), store.latest()) == ([], None)


def test_ids_are_short_and_differ(store):
    keys = {store.new_session("x") for _ in range(60)}
    assert len(keys) == 60
    assert all(int(key, 16) >= 0 and len(key) == 4 for key in keys)


def test_ids_grow_when_the_short_ones_are_taken(store, monkeypatch):
    monkeypatch.setattr("devops_exe.agent.store._random_key", lambda n: "ab" * (n // 2))
    assert [store.new_session("x") for _ in range(3)] == ["abab", "ababab", "abababab"]


def test_a_session_is_found_by_beginning_and_by_title(store, monkeypatch):
    keys = iter(["3f2a", "3f99", "b001"])
    monkeypatch.setattr("devops_exe.agent.store._random_key", lambda n: next(keys))
    for title in ("Checkout API", "checkout worker", "Ledger"):
        store.add_turn(store.new_session(title), "a", "b")
    assert store.find("3f2a") == "3f2a"
    assert store.find("B0") == "b001"
    assert store.find("checkout api") == "3f2a"
    assert store.find("worker") == "3f99"
    for words in ("3f", "checkout"):
        with pytest.raises(UserError, match=r"2 sessions are meant: .*3f99"):
            store.find(words)
    for words in ("zz", "", "  "):
        with pytest.raises(UserError, match="no such session"):
            store.find(words)


def test_a_fork_goes_its_own_way(store):
    key = store.new_session("one")
    store.add_turn(key, "a", "b", RESULT, TALK)
    twin = store.fork(key)
    store.add_turn(twin, "c", "d")
    assert [len(store.session(each)["turns"]) for each in (key, twin)] == [1, 2]
    assert store.results(twin) == [RESULT]
    assert store.conversation(twin) == TALK
    assert store.sessions()[0]["title"] == "one (fork)"


def test_rename_and_delete(store):
    key = store.new_session("one")
    store.add_turn(key, "a", "b", RESULT)
    store.rename(key, " two\x1b[31m\nlines ")
    assert store.sessions()[0]["title"] == "two lines"
    store.delete(key)
    assert store.sessions() == []
    assert store.results(key) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s.add_turn("none", "a", "b"),
        lambda s: s.session("none"),
        lambda s: s.conversation("none"),
        lambda s: s.fork("none"),
        lambda s: s.rename("none", "x"),
        lambda s: s.delete("none"),
    ],
)
def test_a_session_that_is_not_there(store, act):
    with pytest.raises(UserError) as caught:
        act(store)
    assert caught.value.code == "unknown_session"


def test_a_turn_without_messages_keeps_the_conversation(store):
    key = store.new_session("x")
    store.add_turn(key, "a", "b", None, TALK)
    store.add_turn(key, "c", "d")
    assert store.conversation(key) == TALK


def test_file_and_folder_are_private(store, path):
    store.add_turn(store.new_session("x"), "a", "b")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for each in path.parent.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600, each


def test_the_file_is_set_up_for_durability(store):
    pragma = lambda name: store._db.execute(f"PRAGMA {name}").fetchone()[0]  # noqa: E731
    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("busy_timeout") == 10_000
    assert pragma("user_version") == len(MIGRATIONS)
    assert pragma("application_id") == APPLICATION_ID


# ── failures ─────────────────────────────────────────────────────────────────────────────────
def one_line(error: EngineError | UserError) -> None:
    assert "\n" not in error.line()
    assert "sqlite" not in error.line().lower()


def test_a_full_disk_keeps_what_was_there(store):
    key = store.new_session("x")
    store.add_turn(key, "a", "b")
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(EngineError) as caught:
        store.add_turn(key, "a", "b" * 100_000)
    assert caught.value.code == "disk_full"
    one_line(caught.value)
    store._db.execute("PRAGMA max_page_count = 100000")
    assert store.add_turn(key, "c", "d") == 2


def test_a_file_that_is_no_database(path):
    path.parent.mkdir()
    path.write_bytes(b"hello, I am a letter\n" * 400)
    with pytest.raises(EngineError) as caught:
        Store.open(path)
    assert caught.value.code == "store_damaged"
    assert str(path) in caught.value.line()
    one_line(caught.value)


def test_another_programs_database(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE songs (title)")
    db.close()
    with pytest.raises(EngineError) as caught:
        Store.open(path)
    assert caught.value.code == "store_foreign"


def test_a_newer_schema(store, path):
    store._db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(EngineError) as caught:
        Store.open(path)
    assert caught.value.code == "store_newer"


def test_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "data").write_text("x")
    with pytest.raises(UserError) as caught:
        Store.open(tmp_path / "data" / "sessions.db")
    assert caught.value.code == "folder_not_writable"


def test_a_folder_in_place_of_the_file(path):
    path.mkdir(parents=True)
    with pytest.raises(EngineError) as caught:
        Store.open(path)
    assert caught.value.code == "store_not_writable"
    one_line(caught.value)


def test_a_read_only_file(store):
    key = store.new_session("x")
    store.add_turn(key, "a", "b")
    store._db.execute("PRAGMA query_only = ON")
    with pytest.raises(EngineError) as caught:
        store.add_turn(key, "c", "d")
    assert caught.value.code == "store_not_writable"
    assert len(store.session(key)["turns"]) == 1


def test_another_process_that_holds_the_lock(store, path):
    key = store.new_session("x")
    store._db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(EngineError) as caught:
            store.add_turn(key, "a", "b")
        assert caught.value.code == "store_busy"
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert store.add_turn(key, "a", "b") == 1


def test_a_damaged_record_is_skipped_and_said(store):
    key, other = store.new_session("x"), store.new_session("y")
    for each in (key, other):
        store.add_turn(each, "a", "b", RESULT, TALK)
        store.add_turn(each, "c", "d", RESULT)
    store._db.execute(
        "UPDATE documents SET body = '{\"half' WHERE session = ? AND number = 1", (key,)
    )
    store._db.execute("UPDATE sessions SET conversation = '[nope' WHERE id = ?", (key,))
    assert len(store.session(key)["documents"]) == 1
    assert store.conversation(key) is None
    assert store.skipped == [
        f"document of turn 1 of session {key}",
        f"conversation of session {key}",
    ]
    assert len(store.session(other)["documents"]) == 2


def test_text_that_is_no_utf8_is_skipped(store):
    key = store.new_session("x")
    store.add_turn(key, "a", "b")
    store.add_turn(key, "c", "d")
    store._db.execute("UPDATE turns SET text = CAST(x'ff' AS TEXT) WHERE number = 1")
    turns = store.session(key)["turns"]
    assert [turn["line"] for turn in turns] == ["c"]
    assert len(store.skipped) == 1


def test_a_damaged_page_hides_only_its_own(path):
    with Store.open(path) as store:
        keys = [store.new_session(f"s{n}") for n in range(8)]
        for key in keys:
            store.add_turn(key, "line", f"{key} " * 3000, RESULT, TALK)
    data = bytearray(path.read_bytes())
    place = data.index(f"{keys[3]} {keys[3]} ".encode())
    data[place - 2000 : place + 2000] = b"\xa5" * 4000
    path.write_bytes(bytes(data))
    try:
        with Store.open(path) as store:
            listed = {line["id"] for line in store.sessions()}
            readable = 0
            for key in keys:
                if key in listed:
                    readable += len(store.session(key)["turns"])
    except EngineError as error:
        # The damage may lie where nothing can be read around it: one line, no traceback.
        one_line(error)
        return
    assert readable >= 1


def test_values_that_json_does_not_know_are_refused_before_the_file_is_touched(store):
    key = store.new_session("x")
    with pytest.raises(ValueError, match="JSON"):
        store.add_turn(key, "a", "b", {"x": float("nan")})
    assert store.sessions() == []


def test_opening_a_closed_store_twice_is_quiet(store):
    store.close()
    store.close()
    with pytest.raises(EngineError):
        store.sessions()


def test_every_migration_starts_from_the_one_before(path):
    """Each prefix of the steps is a file that an older version left behind."""
    for version in range(len(MIGRATIONS)):
        file = path.with_name(f"v{version}.db")
        file.parent.mkdir(exist_ok=True)
        db = sqlite3.connect(file)
        for step in MIGRATIONS[:version]:
            for statement in step:
                db.execute(statement)
        if version:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {version}")
        db.commit()
        db.close()
        with Store.open(file) as store:
            assert store.add_turn(store.new_session("x"), "a", "b") == 1


def test_the_result_object_survives_as_json(store):
    key = store.new_session("x")
    odd = {"text": "‹secret:github-token:1› ─│ \u2028", "ledger": [], "n": 1e-9, "none": None}
    store.add_turn(key, "a", "b", odd)
    assert json.dumps(store.results(key)[0]) == json.dumps(odd)
