from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer), sa.Column("total", sa.Integer))


def downgrade():
    op.drop_table("orders")
