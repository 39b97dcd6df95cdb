"""Names that follow from other names: a table's from its model's, a relation's from its key's.

English plurals by rule, with the usual exceptions. Where a name comes out wrong, the model or relation is told its name.
"""

import keyword
import re
import unicodedata
from collections.abc import Callable

__all__ = ["class_name", "identifier", "plural", "reference_name", "singular", "snake_case", "table_name"]

_UNCOUNTABLE = frozenset(
    "audio chassis coal data deer equipment evidence feedback fish furniture gold hardware homework information jeans "
    "knowledge logging luggage media metadata money music news offspring oil police progress rain research rice series "
    "sheep software species staff traffic weather wheat wildlife".split()
)

# What people write as a table's name rather than what Latin asks for: indexes, schemas, statuses.
_IRREGULAR = {
    "appendix": "appendices",
    "axis": "axes",
    "calf": "calves",
    "child": "children",
    "criterion": "criteria",
    "curriculum": "curricula",
    "foot": "feet",
    "goose": "geese",
    "half": "halves",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "loaf": "loaves",
    "man": "men",
    "matrix": "matrices",
    "mouse": "mice",
    "ox": "oxen",
    "person": "people",
    "phenomenon": "phenomena",
    "quiz": "quizzes",
    "shelf": "shelves",
    "thief": "thieves",
    "tooth": "teeth",
    "vertex": "vertices",
    "wife": "wives",
    "wolf": "wolves",
    "woman": "women",
    **{word: word + "es" for word in "alias atlas bias canvas echo gas hero iris lens potato tomato veto".split()},
    **{word + "is": word + "es" for word in "analys bas cris diagnos emphas hypothes oas synthes thes".split()},
    # Their plurals' endings would be taken for others: -ies for -y, -ches for -ch, -oes for -o, -us for a singular's.
    **{word: word + "s" for word in "brownie calorie cookie hoodie movie pie selfie smoothie tie zombie".split()},
    **{word: word + "s" for word in "avalanche cache canoe epoch foe guru headache menu niche shoe toe".split()},
}

_SINGULAR = {plural_form: word for word, plural_form in _IRREGULAR.items()} | {"bases": "base", "indices": "index"}

# Singulars in -us; of the others in -uses (houses, causes, warehouses) the singular ends in -use.
_PLURAL_US = frozenset(
    word + "es" for word in "bonus bus cactus campus census consensus corpus focus nexus radius status virus".split()
)

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LAST_WORD = re.compile(r"([A-Z]?[^\W\d_A-Z]+|[A-Z]+)([\W\d_]*)\Z")


def table_name(class_name: str) -> str:
    """The table of a model that does not name it: `UserProfile` gives `user_profiles`."""
    return plural(snake_case(class_name))


def class_name(table: str) -> str:
    """The name of a model for a table: `order_details` gives `OrderDetail`."""
    words = snake_case(singular(table)).split("_")
    return identifier("".join(word[:1].upper() + word[1:] for word in words))


def snake_case(name: str) -> str:
    """The name in small letters, its words joined by `_`: `InvoiceLine` gives `invoice_line`, `HTTPStatus` `http_status`."""
    return re.sub(r"[\W_]+", "_", _BOUNDARY.sub("_", name).lower()).strip("_")


def reference_name(column: str) -> str:
    """The name of the relation that a foreign key makes: `ArtistId` gives `artist`, `ReportsTo` `reports_to`.

    Always an identifier and never a keyword: `class_id` gives `class_`.
    """
    name = snake_case(column)
    return identifier(name.removesuffix("_id") or name)


def identifier(name: str) -> str:
    """The name as one that Python takes, changed as little as may be; never a keyword."""
    # Python reads identifiers in this normal form, so under another one an attribute could not be written down.
    normal = unicodedata.normalize("NFKC", name)
    kept = "".join(letter if ("_" + letter).isidentifier() else "_" for letter in normal)
    if not kept.isidentifier():
        return "_" + kept
    return kept + "_" if keyword.iskeyword(kept) else kept


def plural(name: str) -> str:
    """The name with its last word in the plural: `order_detail` gives `order_details`, `person` `people`."""
    return _with_last_word(name, _plural_word)


def singular(name: str) -> str:
    """The name with its last word in the singular: `order_details` gives `order_detail`, `people` `person`."""
    return _with_last_word(name, _singular_word)


def _with_last_word(name: str, change: Callable[[str], str]) -> str:
    match = _LAST_WORD.search(name)
    if match is None:
        return name
    word, rest = match.groups()
    changed = change(word.lower())
    if word.isupper() and len(word) > 1:
        changed = changed.upper()
    return name[: match.start()] + (word[0] + changed[1:] if word[0].isupper() else changed) + rest


def _plural_word(word: str) -> str:
    if word in _UNCOUNTABLE or word in _SINGULAR:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith(("ss", "us", "is", "x", "z", "ch", "sh")):
        return word + "es"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    # Another word in -s is a plural already: settings.
    return word if word.endswith("s") else word + "s"


def _singular_word(word: str) -> str:
    if word in _UNCOUNTABLE or word in _IRREGULAR:
        return word
    if word in _SINGULAR:
        return _SINGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zzes", "ches", "shes", "oes")) or word in _PLURAL_US:
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
