"""Every function of the project is annotated, its tests included."""

import pytest

from tests.architecture.source import Function, Module, drivers, functions, library, others

# What a method calls its own object needs no type.
OWN = {"self", "cls"}


def unannotated(node: Function) -> list[str]:
    """The parameters of a function without a type, and `return` if that has none."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args]
    named = named[1:] if named and named[0].arg in OWN else named
    rest = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    missing = [one.arg for one in [*named, *arguments.kwonlyargs, *rest] if one.annotation is None]
    return missing + (["return"] if node.returns is None else [])


@pytest.mark.parametrize("module", [*library(), *drivers(), *others()], ids=lambda module: module.place)
def test_every_function_is_annotated(module: Module) -> None:
    wanting = {f"{module.place}:{node.lineno} {node.name}": unannotated(node) for node in functions(module)}
    assert {place: names for place, names in wanting.items() if names} == {}
