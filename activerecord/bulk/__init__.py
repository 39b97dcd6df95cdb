"""Many rows at once: taken in as they come, sent in the engine's best way, and told of in the order of the input."""

from activerecord.bulk.batches import check_rows
from activerecord.bulk.intake import Intake, refuse_generated, refuse_view
from activerecord.bulk.upserting import Upsert
from activerecord.bulk.writing import Writing

__all__ = ["Intake", "Upsert", "Writing", "check_rows", "refuse_generated", "refuse_view"]
