"""A currency an order: with a default, so that the release before this one can go on writing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "orders", sa.Column("currency", sa.String(3), nullable=False, server_default="EUR")
    )


def downgrade() -> None:
    op.drop_column("orders", "currency")
