"""An active record for asyncio, trio and plain Python: one set of models, three ways to wait."""

from activerecord.connected import async_close as async_close
from activerecord.connected import close as close
from activerecord.connected import connected as connected
from activerecord.errors import *  # noqa: F403
from activerecord.model import ActiveRecord as ActiveRecord
from activerecord.model import Undeclared as Undeclared
from activerecord.model import async_create_tables as async_create_tables
from activerecord.model import async_drop_tables as async_drop_tables
from activerecord.model import create_tables as create_tables
from activerecord.model import drop_tables as drop_tables
from activerecord.parallel import gather as gather
from activerecord.query import Query as Query
from activerecord.relation import BelongsTo as BelongsTo
from activerecord.relation import HasMany as HasMany
from activerecord.relation import HasOne as HasOne
from activerecord.relation import Many as Many
from activerecord.relation import belongs_to as belongs_to
from activerecord.relation import has_many as has_many
from activerecord.relation import has_one as has_one
from activerecord.schema import Column as Column
from activerecord.schema import column as column
from activerecord.sql.expression import fn as fn
from activerecord.transaction import Outcome as Outcome
from activerecord.transaction import Transaction as Transaction
