"""The dialects that the house speaks, each in a room of its own, which a program that has no use for it does not import."""

from collections.abc import Mapping

__all__ = ["DRIVERS"]

DRIVERS: Mapping[str, str] = {
    "sqlite": "sqlite3",
    "sqlite3": "sqlite3",
    "postgresql": "asyncpg",
    "postgres": "asyncpg",
    "pgsql": "asyncpg",
    "mysql": "asyncmy",
    "mariadb": "asyncmy",
}
"""The usual driver of each engine, by every word that a configuration may have for the engine."""
