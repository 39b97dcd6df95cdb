"""All of this package that imports trio, for those who know that it is there."""

from activerecord.runtime.guest import guest
from activerecord.runtime.trio_in_place import TrioInPlace

__all__ = ["guest", "in_place"]

in_place = TrioInPlace()
