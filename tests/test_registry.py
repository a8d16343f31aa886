import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from tonmeister.registry import GROUP, Catalog, discover
from tonmeister.testing import install_plugin

TOOL = '''
from tonmeister.streaming import Audio
from tonmeister.toolspec import Card, model, tool

@tool()
def {name}(audio: Audio) -> Audio:
    """Do nothing.

    Use it in tests.

    Args:
        audio: Any recording.
    """
    return audio
'''
ORPHAN = """
from dataclasses import replace
from tonmeister.toolspec import Card, model
from {module} import {name}

@model(replace({name}, name="nowhere"), card=Card("lost", "MIT", None, 1, 0.1))
class Lost: ...
"""


INTERNAL = TOOL.replace("@tool()", "@tool(internal=True)")


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write modules, offer them as plug-ins beside the built-in ones, and discover."""

    def make(**modules: str) -> Catalog:
        for name, text in modules.items():
            (tmp_path / f"{name}.py").write_text(text)
        install_plugin(tmp_path, "plug", {f"p-{name}": name for name in modules})
        monkeypatch.syspath_prepend(tmp_path)
        try:
            return discover()
        finally:
            for name in modules:
                sys.modules.pop(name, None)

    return make


def test_a_third_party_registers_by_an_entry_point(plugins):
    catalog = plugins(own_tool=TOOL.format(name="own_tool"))
    assert catalog.tools["own_tool"].source == "own_tool"
    assert catalog.problems == ()
    assert "transcribe" in catalog.tools


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import a_package_that_is_absent", "ModuleNotFoundError: No module named"),
        ("raise RuntimeError('boom')", "RuntimeError: boom"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("def f(:", "SyntaxError"),
        (TOOL.format(name="f").replace("    Args:", "    Argh:"), "ConfigError: Parameter 'audio'"),
    ],
)
def test_a_broken_plugin_is_reported_and_the_others_still_work(plugins, text: str, message: str):
    catalog = plugins(broken_one=text, sound_one=TOOL.format(name="sound_one"))
    (problem,) = catalog.problems
    assert (problem.plugin, problem.source) == ("p-broken_one", "broken_one")
    assert problem.message.startswith(message)
    assert {"sound_one", "transcribe"} <= set(catalog.tools)


def test_a_name_that_is_taken_is_refused_naming_both(plugins):
    catalog = plugins(twin=TOOL.format(name="trim"))
    (problem,) = catalog.problems
    assert problem.source == "twin"
    assert "'trim' is already defined by tonmeister.tools.editing" in problem.message
    assert catalog.tools["trim"].source == "tonmeister.tools.editing"


def test_a_model_of_no_tool_is_reported(plugins):
    text = TOOL.format(name="some_tool") + ORPHAN.format(module="some_plug", name="some_tool")
    text = text.replace("from some_plug import some_tool\n", "")
    catalog = plugins(some_plug=text)
    (problem,) = catalog.problems
    assert problem.message == "model 'lost' serves the unknown tool 'nowhere'"
    assert "lost" not in [model.card.name for model in catalog.models]


def test_a_module_that_is_missing_is_a_problem_not_a_crash():
    catalog = discover([EntryPoint("gone", "no_such_module", GROUP)])
    assert catalog.tools == {}
    assert catalog.problems[0].plugin == "gone"


def test_every_entry_point_of_the_distribution_works():
    own = [one for one in entry_points(group=GROUP) if one.value.startswith("tonmeister.")]
    catalog = discover(own)
    assert catalog.problems == ()
    assert [one.card.name for one in catalog.models_of("describe_audio")] == ["yamnet-describer"]


def test_an_internal_tool_can_run_and_is_offered_to_nobody(plugins):
    catalog = plugins(part=INTERNAL.format(name="part"), whole=TOOL.format(name="whole"))
    assert {"part", "whole"} <= set(catalog.tools)
    assert "whole" in catalog.offered.tools
    assert "part" not in catalog.offered.tools


def test_what_the_search_is_made_of_is_internal():
    catalog = discover()
    internal = set(catalog.tools) - set(catalog.offered.tools)
    assert internal == {"index_sound", "match_sounds"}
    assert {model.tool for model in catalog.models} >= internal  # and still has its models
