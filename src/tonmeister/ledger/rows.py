"""Rows of the ledger as what they stand for."""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy.engine import CursorResult, Row

from tonmeister.artifacts import Artifact, Kind, Recipe

__all__ = ["artifact_from_row", "artifact_to_row", "new_id"]


def artifact_from_row(row: Row[Any]) -> Artifact:
    """Build an artifact from a row that has the columns of the table of artifacts.

    Args:
        row: Result of a query.
    """
    recipe = None
    if row.recipe is not None:
        recipe = Recipe(**row.recipe)
        recipe = replace(recipe, parents=tuple(recipe.parents), notes=tuple(recipe.notes))
    return Artifact(
        id=row.id,
        kind=Kind(row.kind),
        sha256=row.sha256,
        media_type=row.media_type,
        size=row.size,
        name=row.name,
        facts=row.facts,
        recipe=recipe,
        created=row.created,
    )


def artifact_to_row(artifact: Artifact) -> dict[str, Any]:
    """Return the columns of an artifact by name.

    Args:
        artifact: What to enter.
    """
    return {
        "id": artifact.id,
        "kind": str(artifact.kind),
        "sha256": artifact.sha256,
        "media_type": artifact.media_type,
        "size": artifact.size,
        "name": artifact.name,
        "facts": dict(artifact.facts),
        "recipe": asdict(artifact.recipe) if artifact.recipe else None,
        "created": artifact.created,
    }


def new_id(inserted: CursorResult[Any]) -> int:
    """Return the id the ledger gave to the row of a single insert.

    Args:
        inserted: Result of the insert.
    """
    key = inserted.inserted_primary_key
    assert key is not None  # noqa: S101  (a single insert always has one)
    return int(key[0])
