"""Transactions are scopes: what happens inside one is kept as a whole or not at all."""

from activerecord.transaction.again import RETRIES, run_again
from activerecord.transaction.callbacks import Callback
from activerecord.transaction.scope import Transaction, current_transaction, inside_transaction
from activerecord.transaction.state import Outcome
from activerecord.transaction.unit import Transactional

__all__ = [
    "RETRIES",
    "Callback",
    "Outcome",
    "Transaction",
    "Transactional",
    "current_transaction",
    "inside_transaction",
    "run_again",
]
