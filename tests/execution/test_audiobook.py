"""From a document to an audiobook without weights: results in order, progress, names, files."""

from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from scripts.books import DOM_CASMURRO, write_epub, write_pdf
from tonmeister.config import Settings
from tonmeister.errors import DocumentError, PlanError
from tonmeister.events import Event, StepProgress
from tonmeister.plan import Plan, Step
from tonmeister.session import Session, Tonmeister
from tonmeister.testing import ScriptedPlanner

RECITE = Step(id="s1", tool="recite", args={"text": "@a1"})
WRITE = Step(
    id="s2",
    tool="write_audiobook",
    args={"audio": "@s1.speech", "chapters": "@s1.chapters"},
)


@pytest.fixture
def planner() -> ScriptedPlanner:
    return ScriptedPlanner([])


@pytest.fixture
def session(stage: Path, settings: Settings, planner: ScriptedPlanner) -> Iterator[Session]:
    with Tonmeister(settings, planners=[planner]) as owner:
        yield owner.session()


def test_a_book_that_is_handed_over_becomes_one_file_with_its_chapters(
    session: Session, planner: ScriptedPlanner, tmp_path: Path
):
    planner.answers.append(Plan(steps=(RECITE, WRITE)))
    events: list[Event] = []
    book = write_epub(tmp_path / "Dom Casmurro.epub")
    reply = session.ask("make an audiobook", [book], on_event=events.append)
    assert reply.outcome == "done", reply.text
    (path,) = reply.files
    assert path == tmp_path / "Dom Casmurro.audiobook.m4b"
    assert "6.0 s" in reply.text
    assert "synthetic speech" in reply.text
    assert "Tones were played: 3." in reply.text, "a note that is known only afterwards is told"
    with av.open(str(path)) as container:
        chapters = [(one["start"], one["metadata"]["title"]) for one in container.chapters()]
        assert container.metadata["comment"].startswith("Synthetic speech")
    assert chapters == list(zip((0, 2000, 4000), DOM_CASMURRO.chapters, strict=True))
    shares = [one.fraction for one in events if isinstance(one, StepProgress)]
    assert pytest.approx(1 / 3) in shares, "work without a recording to read reports, too"


def test_the_name_that_was_asked_for_is_the_files(
    session: Session, planner: ScriptedPlanner, tmp_path: Path
):
    planner.answers += [Plan(steps=(RECITE, WRITE)), Plan(steps=(RECITE, WRITE))]
    book = write_epub(tmp_path / "a.epub")
    reply = session.ask("make an audiobook", [book], output=tmp_path / "Dom.m4b")
    assert list(reply.files) == [tmp_path / "Dom.m4b"]
    with pytest.raises(PlanError, match=r"Dom\.mp3 was asked for, but the result is \.m4b"):
        session.ask("make an audiobook", [book], output=tmp_path / "Dom.mp3")


def test_a_narration_alone_is_a_recording_and_its_chapters_are_told(
    session: Session, planner: ScriptedPlanner, tmp_path: Path
):
    planner.answers.append(Plan(steps=(RECITE,)))
    reply = session.ask("read it", [write_epub(tmp_path / "Dom.epub")])
    assert [path.name for path in reply.files] == ["Dom.speech.flac"]
    assert "0:04" in reply.text
    assert "Capítulo três. A denúncia" in reply.text


def test_a_document_without_text_ends_the_request_before_a_plan(
    session: Session, planner: ScriptedPlanner, tmp_path: Path
):
    with pytest.raises(DocumentError, match=r"scan\.pdf: .*scanned pictures"):
        session.ask("make an audiobook", [write_pdf(tmp_path / "scan.pdf", [[], []])])
    assert planner.requests == []
