"""The models mean the same on Spark: compiled they translate without loss, and they hold no engine's own words."""

from __future__ import annotations

import re
from pathlib import Path

import sqlglot
from sqlglot.errors import ErrorLevel

PROJECT = Path(__file__).parents[2] / "dbt_project"
ENGINE_WORDS = re.compile(
    r"::|\b(qualify|unnest|explode|list_\w+|list\(|strftime|epoch\w*\(|date_diff|datediff|generate_series|timezone\(|read_\w+\()",
    re.IGNORECASE,
)


def compiled(built: Path) -> list[Path]:
    models = built.parent / "target" / "compiled" / "muster" / "models"
    return [file for file in models.rglob("*.sql") if not any(part.suffix == ".yml" for part in file.parents)]


def test_every_compiled_model_translates_to_spark_without_loss(built: Path) -> None:
    files = compiled(built)
    assert len(files) > 50
    for file in files:
        sql = file.read_text(encoding="utf-8")
        [translated] = sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
        assert sqlglot.parse_one(translated, read="spark") is not None, file.name


def test_engine_words_stand_in_macros_only(built: Path) -> None:
    for name in {file.stem for file in compiled(built)}:
        [template] = (PROJECT / "models").rglob(f"{name}.sql")
        code = re.sub(r"\{\{.*?\}\}|--[^\n]*", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert ENGINE_WORDS.search(code) is None, f"{name}: {ENGINE_WORDS.search(code)}"


def test_no_model_is_longer_than_a_page(built: Path) -> None:
    for name in {file.stem for file in compiled(built)}:
        [template] = (PROJECT / "models").rglob(f"{name}.sql")
        assert len(template.read_text(encoding="utf-8").splitlines()) <= 120, name
