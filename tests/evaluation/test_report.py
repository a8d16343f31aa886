"""Reports: written, read again, compared, and shown on a page that needs nothing else."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tonmeister.errors import ConfigError, StoreError
from tonmeister.evaluation.planning.answers import judge
from tonmeister.evaluation.planning.cases import Case, plan_of
from tonmeister.evaluation.planning.suite import results_of
from tonmeister.evaluation.report.changes import changes
from tonmeister.evaluation.report.document import document, load_document, save_report
from tonmeister.evaluation.report.page import page, summary
from tonmeister.evaluation.report.plots import seconds_plot, share_bars
from tonmeister.planner.answers import Decline
from tonmeister.registry import Catalog

TRANSCRIBE = plan_of("transcribe(audio=@a1)")


def report(cases: list[Case], catalog: Catalog, *, right: str) -> dict[str, Any]:
    """Return a report in which the case in one language is right, and others are refused."""
    judged = [
        judge(
            case,
            TRANSCRIBE if case.language == right else Decline("<b>No.</b>"),
            catalog.tools,
            planner="recognizer" if case.language == right else "none",
            seconds=0.5,
        )
        for case in cases
        if case.family == "single/transcribe"
    ]
    return document({"planning": results_of(judged, 3)}, {"asked for": "recognizer"})


def test_a_report_is_written_and_read_again(cases: list[Case], catalog: Catalog, tmp_path: Path):
    made = report(cases, catalog, right="en")
    html, values = save_report(tmp_path / "new" / "folder", made, page(made))
    assert load_document(values) == made
    assert {"date", "planner", "machine", "suites"} <= set(made)
    assert made["machine"]["packages"]["tonmeister"] != "not installed"
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="could not be written"):
        save_report(tmp_path / "file", made, "")


def test_the_page_stands_alone_and_shows_words_as_words(cases: list[Case], catalog: Catalog):
    text = page(report(cases, catalog, right="en"))
    for foreign in ("<script", "http:", "https:", "src=", "@import", "url("):
        assert foreign not in text
    assert "<b>No.</b>" not in text
    assert "&lt;b&gt;No.&lt;/b&gt;" in text
    assert text.count("<svg") == 3  # by category and language, reliability, seconds
    assert "66.7 %" in text


def test_plots_are_well_formed_and_as_long_as_their_shares():
    drawn = ET.fromstring(share_bars({"a < b": {"en": 0.25, "pt": None}, "c": {"en": 1.0}}, 0.9))
    bars = [float(one.get("width", 0)) for one in drawn.iter("rect") if one.get("height") == "11.0"]
    assert bars == [pytest.approx(bars[1] / 4), bars[1]]
    assert [one.get("class") for one in drawn.iter("line")].count("goal") == 1
    assert "a < b" in [one.text for one in drawn.iter("text")]
    times = ET.fromstring(seconds_plot({"fast": [0.01, 0.01, 0.02], "slow": [5.0]}))
    counted = [one.text or "" for one in times.iter("title")]
    assert sum("fast: 2 requests" in one for one in counted) == 1
    assert sum("slow: 1 requests" in one for one in counted) == 1
    assert seconds_plot({}) == ""


def test_an_earlier_report_shows_what_was_gained_and_lost(cases: list[Case], catalog: Catalog):
    old, new = (report(cases, catalog, right=one) for one in ("en", "pt"))
    new["suites"]["planning"]["results"][0]["key"] += " anew"
    different = changes(old, new)
    suite = different["suites"]["planning"]
    assert [suite["shared"], suite["added"], suite["gone"]] == [2, 1, 1]
    assert suite["shared_right"] == [1, 1]
    assert [one["key"].split(" | ")[1] for one in suite["lost"]] == ["en"]
    (gained,) = suite["gained"]
    assert (gained["before"], gained["after"]) == ("<b>No.</b>", "transcribe(audio=@a1)")
    assert suite["scores"]["right"] == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    text = page(new, different)
    assert "Right before, wrong now: 1" in text
    assert "Wrong before, right now: 1" in text
    assert "33.3 %  (before: 66.7 %)" in summary(new, different)


def test_what_is_no_report_is_refused(tmp_path: Path):
    path = tmp_path / "report.json"
    with pytest.raises(ConfigError, match="cannot be read"):
        load_document(path)
    path.write_text("<html>", encoding="utf-8")
    with pytest.raises(ConfigError, match="is no JSON"):
        load_document(path)
    path.write_text(json.dumps({"format": 0, "suites": {}}), encoding="utf-8")
    with pytest.raises(ConfigError, match="that this version reads"):
        load_document(path)
