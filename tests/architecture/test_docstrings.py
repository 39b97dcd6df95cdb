"""Every public module, class, function and method says what it is."""

import ast
from functools import cache

import pytest

from tests.architecture.source import (
    Definition,
    Function,
    Module,
    decorators,
    definitions,
    drivers,
    is_check,
    library,
    others,
)

# A type checker's form of a definition that has its words elsewhere.
WORDLESS = {"overload", "override", "setter", "deleter"}


@cache
def documented_methods() -> frozenset[tuple[str, str]]:
    """(class, method) of every method with a docstring: one that overrides it by name need not repeat it."""
    return frozenset(
        (class_name.split(".")[-1], method.name)
        for module in [*library(), *drivers()]
        for class_name, node in definitions(module)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, Function) and ast.get_docstring(method)
    )


def base_names(node: ast.ClassDef) -> set[str]:
    """The classes a class names as its bases, without their modules and parameters."""
    bases = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
    return {ast.unparse(base).split(".")[-1] for base in bases}


def wordless(module: Module) -> list[str]:
    """The public definitions of a module that say nothing."""
    known = documented_methods()
    classes = {name: node for name, node in definitions(module) if isinstance(node, ast.ClassDef)}
    missing: list[str] = []
    for name, node in definitions(module):
        owner, _, own_name = name.rpartition(".")
        if any(part.startswith("_") for part in name.split(".")) or decorators(node) & WORDLESS or is_check(node):
            continue
        inherited = owner in classes and any((base, own_name) in known for base in base_names(classes[owner]))
        if not _says(node) and not inherited:
            missing.append(f"{module.place}:{node.lineno} {name}")
    return missing


def _says(node: Definition) -> bool:
    return bool((ast.get_docstring(node) or "").strip())


@pytest.mark.parametrize("module", [*library(), *drivers()], ids=lambda module: module.place)
def test_public_names_say_what_they_are(module: Module) -> None:
    assert not wordless(module)


@pytest.mark.parametrize("module", [*library(), *drivers(), *others()], ids=lambda module: module.place)
def test_a_module_opens_with_a_sentence(module: Module) -> None:
    words = ast.get_docstring(module.tree)
    assert words, f"{module.place} opens with no docstring"
    assert words.split("\n")[0].rstrip().endswith((".", ":", "?", "!")), f"{module.place}: no whole sentence"
