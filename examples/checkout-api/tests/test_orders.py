from __future__ import annotations

from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from app.cache import NoCache, RedisCache
from app.main import create_app
from app.store import Store

ORDER = {"customer": "ada", "items": [{"sku": "tea", "quantity": 2, "unit_cents": 450}]}


def test_an_order_is_taken_and_shown(client: TestClient) -> None:
    taken = client.post("/orders", json=ORDER, headers={"Idempotency-Key": "1"})
    assert taken.status_code == 201
    assert taken.json()["total_cents"] == 900
    assert taken.json()["currency"] == "EUR"
    shown = client.get(f"/orders/{taken.json()['id']}")
    assert shown.json()["items"] == ORDER["items"]


def test_a_repeated_call_takes_the_order_once(client: TestClient) -> None:
    first = client.post("/orders", json=ORDER, headers={"Idempotency-Key": "1"})
    again = client.post("/orders", json=ORDER, headers={"Idempotency-Key": "1"})
    assert again.status_code == 200
    assert again.json()["id"] == first.json()["id"]


def test_a_second_read_comes_from_the_cache(client: TestClient, cache) -> None:
    order = client.post("/orders", json=ORDER, headers={"Idempotency-Key": "1"}).json()
    for _ in range(2):
        assert client.get(f"/orders/{order['id']}").json()["customer"] == "ada"
    text = client.get("/metrics").text
    assert 'order_cache_reads_total{result="hit"} 1.0' in text
    assert 'order_cache_reads_total{result="miss"} 1.0' in text
    assert list(cache.values) == [f"order:{order['id']}"]


def test_bad_orders_are_refused(client: TestClient) -> None:
    assert client.post("/orders", json=ORDER).status_code == 422
    empty = {"customer": "ada", "items": []}
    assert client.post("/orders", json=empty, headers={"Idempotency-Key": "1"}).status_code == 422
    assert client.get("/orders/none").status_code == 404


def test_health_and_metrics(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}
    client.get("/orders/none")
    text = client.get("/metrics").text
    assert 'http_requests_total{method="GET",route="/orders/{order_id}",status="404"} 1.0' in text
    assert 'http_request_duration_seconds_bucket{le="0.005"' in text


def test_without_a_database_it_lives_and_is_not_ready() -> None:
    store = Store(create_engine("sqlite:////nowhere/at/all.db"))
    with TestClient(create_app(store, NoCache())) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_a_lost_cache_is_no_error() -> None:
    cache = RedisCache("redis://127.0.0.1:1/0", 60)
    cache.put("a", "b")
    assert cache.get("a") is None
