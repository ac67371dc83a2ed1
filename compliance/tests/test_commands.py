"""The bill of materials and the table of field classes."""

import json
from datetime import UTC, datetime

from django.core.management import call_command

from compliance import classification
from compliance.sbom import bill_of_materials


def test_the_bill_of_materials_lists_django_with_what_it_needs():
    bill = bill_of_materials(now=datetime(2026, 11, 1, tzinfo=UTC))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    purls = {component["name"]: component["purl"] for component in bill["components"]}
    needs = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    assert purls["asgiref"] in needs[purls["django"]]
    assert set(needs) == set(purls.values())


def test_the_bill_is_the_same_for_the_same_packages(capsys):
    call_command("sbom")
    first = json.loads(capsys.readouterr().out)
    call_command("sbom")
    assert json.loads(capsys.readouterr().out)["serialNumber"] == first["serialNumber"]


def test_a_new_field_is_undecided_and_a_vanished_one_goes():
    table = {"compliance.CspReportCount": {"id": "none", "directive": "none", "gone": "phi"}, "old.Model": {"x": "phi"}}
    fresh = classification.refreshed(table)
    assert fresh["compliance.CspReportCount"] == {"id": "none", "on_date": "?", "directive": "none", "count": "?"}
    assert "old.Model" not in fresh


def test_every_kind_of_gap_is_named():
    table = classification.refreshed({})
    table["compliance.CspReportCount"] = {"id": "none", "directive": "public", "gone": "phi"}
    table = {"compliance.CspReportCount": table["compliance.CspReportCount"]}
    lines = [line for line in classification.problems(table) if line.startswith("compliance.CspReportCount")]
    assert lines == [
        "compliance.CspReportCount.count has no class",
        "compliance.CspReportCount.on_date has no class",
        "compliance.CspReportCount.gone does not exist",
        "compliance.CspReportCount.directive is 'public'",
    ]


def test_a_saved_table_reads_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(classification, "TABLE", tmp_path / "table.toml")
    table = {"compliance.CspReportCount": {"id": "none", "count": "?"}}
    classification.save(table)
    assert classification.load() == table
