import pytest

from tonmeister import errors
from tonmeister.errors import PlanError, TonmeisterError, ToolError, ToolFailed, error_from_dict

CLASSES = [
    member
    for name in errors.__all__
    if isinstance(member := getattr(errors, name), type) and issubclass(member, TonmeisterError)
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_an_error_crosses_a_process_border_unchanged(cls: type[TonmeisterError]):
    if issubclass(cls, PlanError):
        sent: TonmeisterError = cls(["one", "two"], hint="Do this.")
    elif issubclass(cls, ToolError):
        sent = cls("found", tool="trim", hint="Do this.")
    else:
        sent = cls("found", hint="Do this.")
    got = error_from_dict(sent.to_dict())
    assert type(got) is cls
    assert str(got) == str(sent)
    assert got.to_dict() == sent.to_dict()
    assert got.exit_code == sent.exit_code


def test_an_unknown_error_is_a_failed_tool():
    got = error_from_dict({"error": "Novel", "message": "what"})
    assert type(got) is ToolFailed
    assert str(got) == "what"


def test_every_error_is_drawn_in_the_tree():
    assert all(cls.__name__ in (errors.__doc__ or "") for cls in CLASSES)
