"""The HTTP face of checkout-api."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Request, Response, status
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from app import cache as caching
from app.metrics import Metrics
from app.settings import Settings
from app.store import Line, Order, Store

log = logging.getLogger(__name__)


class Item(BaseModel):
    sku: str = Field(min_length=1, max_length=100)
    quantity: int = Field(ge=1, le=1000)
    unit_cents: int = Field(ge=0, le=10_000_000)


class NewOrder(BaseModel):
    customer: str = Field(min_length=1, max_length=200)
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    items: list[Item] = Field(min_length=1, max_length=100)


class OrderView(BaseModel):
    id: str
    customer: str
    currency: str
    items: list[Item]
    total_cents: int
    created_at: datetime

    @classmethod
    def of(cls, order: Order) -> OrderView:
        return cls(
            id=order.id,
            customer=order.customer,
            currency=order.currency,
            items=[
                Item(sku=item.sku, quantity=item.quantity, unit_cents=item.unit_cents)
                for item in order.items
            ],
            total_cents=order.total_cents,
            created_at=order.created_at,
        )


def create_app(store: Store, cache: caching.Cache) -> FastAPI:
    """The application over a store and a cache; both are closed when it ends."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        cache.close()
        store.close()

    app = FastAPI(title="checkout-api", lifespan=lifespan)
    app.middleware("http")(metrics.observe)

    @app.exception_handler(SQLAlchemyError)
    async def database_failed(_: Request, error: SQLAlchemyError) -> Response:
        log.error("database failed: %s", error)
        return Response("the database does not answer", status_code=503)

    @app.post("/orders", status_code=status.HTTP_201_CREATED)
    def take_order(
        order: NewOrder,
        response: Response,
        idempotency_key: Annotated[str, Header(min_length=1, max_length=200)],
    ) -> OrderView:
        lines = [Line(item.sku, item.quantity, item.unit_cents) for item in order.items]
        taken, new = store.add(idempotency_key, order.customer, order.currency, lines)
        if not new:
            response.status_code = status.HTTP_200_OK
        return OrderView.of(taken)

    @app.get("/orders/{order_id}")
    def show_order(order_id: str) -> OrderView:
        key = f"order:{order_id}"
        cached = cache.get(key)
        metrics.cache.labels("hit" if cached else "miss").inc()
        if cached:
            return OrderView.model_validate_json(cached)
        order = store.get(order_id)
        if order is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, "no such order")
        view = OrderView.of(order)
        cache.put(key, view.model_dump_json())
        return view

    @app.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    def ready() -> dict[str, str]:
        store.ping()
        return {"status": "ready"}

    @app.get("/metrics")
    def show_metrics() -> Response:
        return metrics.exposition()

    return app


def build() -> FastAPI:
    settings = Settings.from_environment()
    return create_app(
        Store.connect(settings.database_url),
        caching.connect(settings.redis_url, settings.cache_seconds),
    )


def __getattr__(name: str) -> FastAPI:
    # Built when the server asks for it, so that importing this module needs no database.
    if name == "app":
        return build()
    raise AttributeError(name)
