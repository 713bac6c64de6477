"""The first schema, and the three plugins that are shipped."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _photos()
    _predictions()
    _batches()
    _plugins()


def _photos() -> None:
    op.create_table(
        "photos",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("captured_at", sa.DateTime(), nullable=True),
        sa.Column("latitude_deg", sa.Float(), nullable=True),
        sa.Column("longitude_deg", sa.Float(), nullable=True),
        sa.Column("camera", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("urgency_score", sa.Float(), nullable=False),
        sa.Column("urgency_step", sa.Integer(), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index("photos_by_added", "photos", ["added_at", "sha256"], unique=False)
    op.create_index("photos_by_captured", "photos", ["captured_at", "sha256"], unique=False)
    op.create_index("photos_by_name", "photos", ["name", "sha256"], unique=False)
    op.create_index("photos_by_urgency", "photos", ["urgency_score", "added_at", "sha256"], unique=False)
    op.create_table(
        "photo_tags",
        sa.Column("photo_sha256", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["photo_sha256"], ["photos.sha256"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_sha256", "tag"),
    )
    op.create_index("photo_tags_by_tag", "photo_tags", ["tag", "photo_sha256"], unique=False)
    op.create_table(
        "metadata_now",
        sa.Column("photo_sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["photo_sha256"], ["photos.sha256"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_sha256", "key"),
    )
    op.create_table(
        "metadata_log",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("photo_sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("old_value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("new_value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["photo_sha256"], ["photos.sha256"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("metadata_log_by_photo", "metadata_log", ["photo_sha256", "id"], unique=False)


def _predictions() -> None:
    op.create_table(
        "predictions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("photo_sha256", sa.String(length=64), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("parameters_hash", sa.String(length=16), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("elapsed_s", sa.Float(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["photo_sha256"], ["photos.sha256"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("photo_sha256", "model", "version", "parameters_hash", name="predictions_named_by_content"),
    )
    op.create_table(
        "findings",
        sa.Column("prediction_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("probabilities", sa.JSON(), nullable=False),
        sa.Column("prediction_set", sa.JSON(), nullable=False),
        sa.Column("x_min_px", sa.Float(), nullable=True),
        sa.Column("y_min_px", sa.Float(), nullable=True),
        sa.Column("x_max_px", sa.Float(), nullable=True),
        sa.Column("y_max_px", sa.Float(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("interval_low", sa.Float(), nullable=True),
        sa.Column("interval_high", sa.Float(), nullable=True),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["prediction_id"], ["predictions.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("prediction_id", "rank"),
    )
    op.create_index("findings_by_label", "findings", ["label", "prediction_id"], unique=False)
    op.create_table(
        "heat_maps",
        sa.Column("prediction_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("map_float16_zlib", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["prediction_id"], ["predictions.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("prediction_id", "label"),
    )


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("batches_by_created", "batches", ["created_at"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("photo_sha256", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("queued_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["photo_sha256"], ["photos.sha256"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ledger_by_batch", "ledger", ["batch_id", "state", "finished_at"], unique=False)
    op.create_index("ledger_by_photo", "ledger", ["photo_sha256"], unique=False)
    op.create_index("ledger_by_state", "ledger", ["state", "id"], unique=False)


def _plugins() -> None:
    plugins = op.create_table(
        "plugins",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("writes", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    columns = ("name", "event", "filter", "target", "writes", "enabled", "position")
    # Written out: a revision must not change when the code's own defaults do.
    op.bulk_insert(
        plugins,
        [
            dict(zip(columns, row, strict=True))
            for row in (
                (
                    "PoleCat",
                    "photo.added",
                    'tag = "helicopter inspection"',
                    "model:polecat",
                    ["polecat.label"],
                    True,
                    10,
                ),
                (
                    "TopCap Finder",
                    "metadata.changed",
                    'polecat.label = "TREE"',
                    "model:topcap",
                    ["topcap.worst"],
                    True,
                    20,
                ),
                (
                    "Shackle wear",
                    "photo.added",
                    'tag = "shackle close-up"',
                    "model:shackle",
                    ["shackle.worn_fraction"],
                    True,
                    30,
                ),
            )
        ],
    )


def downgrade() -> None:
    for table in ("ledger", "batches", "heat_maps", "findings", "predictions", "plugins"):
        op.drop_table(table)
    for table in ("metadata_log", "metadata_now", "photo_tags", "photos"):
        op.drop_table(table)
