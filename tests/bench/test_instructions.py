"""No hot path costs more instructions than bench/instructions.json records, with its tolerance."""

import json
from pathlib import Path

import instructions
import pytest
from harness.program import binary

RECORDED = json.loads(instructions.RECORD.read_text())


@pytest.fixture(scope="module")
def measured():
    if instructions.system() != RECORDED["system"]:
        pytest.skip(f"the record is of {RECORDED['system']}, this is {instructions.system()}")
    return instructions.measure(Path(binary()))


@pytest.mark.parametrize("name", instructions.PATHS)
def test_costs_no_more_than_recorded(measured, name):
    assert name not in instructions.compare(measured, RECORDED), \
        instructions.compare(measured, RECORDED)[name]


def test_what_is_dearer_or_unknown_is_found():
    recorded = {"tolerance": 0.1, "instructions": {"GET /": 1000, "404": 1000}}
    wrong = instructions.compare({"GET /": 1100, "404": 1101, "422": 1}, recorded)
    assert set(wrong) == {"404", "422"}
