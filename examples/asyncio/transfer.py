"""Move money between two accounts: either both sides of a transfer happen, or neither does."""

import tempfile
from pathlib import Path

from activerecord import ActiveRecord, Column, async_create_tables, column


class Account(ActiveRecord):
    """An account. Its balance is whole cents."""

    __table_name__ = "accounts"
    id: Column[int] = column(primary_key=True)
    owner: Column[str]
    balance: Column[int] = column(default=0)


class NotEnough(Exception):
    """The account that pays has less than is asked."""


async def transfer(payer: int, payee: int, amount: int) -> None:
    """Move an amount. An exception inside the block undoes all that the block has done."""
    async with Account.async_transaction():
        giving = await Account.async_find(payer)
        taking = await Account.async_find(payee)
        taking.balance += amount
        await taking.async_save()
        giving.balance -= amount
        if giving.balance < 0:
            raise NotEnough(f"{giving.owner} is {-giving.balance / 100:.2f} short")
        await giving.async_save()


async def show() -> None:
    """Print what everybody has."""
    accounts = await Account.query().order_by(Account.id).async_all()
    print("  ".join(f"{account.owner}: {account.balance / 100:.2f}" for account in accounts))


async def main() -> None:
    """Make two accounts, a transfer that works and one that does not."""
    with tempfile.TemporaryDirectory() as folder:
        ActiveRecord.configure({"default": {"driver": "sqlite", "database": Path(folder) / "bank.db"}})
        await async_create_tables(Account)
        ada = await Account.async_create(owner="Ada", balance=100_00)
        bob = await Account.async_create(owner="Bob", balance=20_00)
        await show()
        await transfer(ada.id, bob.id, 30_00)
        await show()
        try:
            await transfer(bob.id, ada.id, 500_00)
        except NotEnough as error:
            print("nothing moved:", error)
        await show()


if __name__ == "__main__":
    import asyncio

    asyncio.run(main())
