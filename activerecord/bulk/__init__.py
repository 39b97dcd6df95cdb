"""Many rows at once: taken in as they come, sent in the engine's best way, and told of in the order of the input."""

from activerecord.bulk.batches import check_rows
from activerecord.bulk.intake import Intake, refuse_generated, refuse_view
from activerecord.bulk.pairing import loaded
from activerecord.bulk.upserting import Upsert
from activerecord.bulk.ways import Ways
from activerecord.bulk.whole import WholeRows
from activerecord.bulk.writing import Writing

__all__ = [
    "Intake",
    "Upsert",
    "Ways",
    "WholeRows",
    "Writing",
    "check_rows",
    "loaded",
    "refuse_generated",
    "refuse_view",
]
