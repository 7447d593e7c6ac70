"""Orders in the database. The unique key makes taking an order twice harmless."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import DateTime, Engine, ForeignKey, String, create_engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(200), unique=True)
    customer: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3), server_default="EUR")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    items: Mapped[list[OrderItem]] = relationship(
        order_by="OrderItem.position", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def total_cents(self) -> int:
        return sum(item.quantity * item.unit_cents for item in self.items)


class OrderItem(Base):
    __tablename__ = "order_items"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(100))
    quantity: Mapped[int]
    unit_cents: Mapped[int]


@dataclass(frozen=True)
class Line:
    sku: str
    quantity: int
    unit_cents: int


class Store:
    """The orders; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def connect(cls, url: str) -> Store:
        # pool_pre_ping: after a failover the first query finds a live connection.
        return cls(create_engine(url, pool_size=5, max_overflow=5, pool_pre_ping=True))

    def add(
        self, key: str, customer: str, currency: str, lines: Sequence[Line]
    ) -> tuple[Order, bool]:
        """The order under ``key``, and whether it was taken just now."""
        known = self._by_key(key)
        if known is not None:
            return known, False
        order = Order(
            id=uuid.uuid4().hex,
            idempotency_key=key,
            customer=customer,
            currency=currency,
            created_at=datetime.now(UTC),
            items=[
                OrderItem(
                    position=position,
                    sku=line.sku,
                    quantity=line.quantity,
                    unit_cents=line.unit_cents,
                )
                for position, line in enumerate(lines)
            ],
        )
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                session.add(order)
        except IntegrityError:
            # Another replica took the same order between the look and the insert.
            known = self._by_key(key)
            if known is None:
                raise
            return known, False
        return order, True

    def get(self, order_id: str) -> Order | None:
        with Session(self._engine, expire_on_commit=False) as session:
            return session.get(Order, order_id)

    def ping(self) -> None:
        """Raises where the database does not answer."""
        with self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self._engine.dispose()

    def _by_key(self, key: str) -> Order | None:
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalar(select(Order).where(Order.idempotency_key == key))
