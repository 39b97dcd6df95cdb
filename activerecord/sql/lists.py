"""How many places a list of values takes in a text, so that lists of similar length share it."""

__all__ = ["rounded"]


def rounded(count: int) -> int:
    """The next power of two; beyond 1,024 the next thousand; a list too long for one statement as it is.

    Never more than the 32,766 places that SQLite has, where the list fits these.
    """
    if count <= 1024:
        return 1 << (count - 1).bit_length() if count else 0
    thousands = -(-count // 1000) * 1000
    return thousands if thousands <= 32_000 else count
