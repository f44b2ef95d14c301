"""What the release program was built with, as its ELF file tells."""

import os
import subprocess

import pytest


def readelf(*options):
    program = os.environ["SLIPWAYD"]
    return subprocess.run(
        ["readelf", "--wide", *options, program], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def imports():
    lines = readelf("--dyn-syms").splitlines()
    return {line.split()[7].split("@")[0] for line in lines if " UND " in line and len(line.split()) > 7}


def test_is_position_independent():
    assert "DYN (Position-Independent Executable" in readelf("--file-header")


def test_resolves_all_symbols_before_it_starts():
    dynamic = readelf("--dynamic")
    assert "BIND_NOW" in dynamic or "Flags: NOW" in dynamic


def test_has_read_only_relocations():
    assert "GNU_RELRO" in readelf("--program-headers")


def test_has_no_executable_stack_and_no_writable_code():
    headers = [line.split() for line in readelf("--program-headers").splitlines()]
    flags = {line[0]: "".join(line[6:-1]) for line in headers if line and line[0] == "GNU_STACK"}
    assert flags == {"GNU_STACK": "RW"}
    loads = ["".join(line[6:-1]) for line in headers if line and line[0] == "LOAD"]
    assert loads and not [load for load in loads if "W" in load and "E" in load]


def test_has_stack_protectors(imports):
    assert "__stack_chk_fail" in imports


def test_has_checked_library_functions(imports):
    assert [name for name in imports if name.startswith("__") and name.endswith("_chk")]


def test_checks_the_bounds_of_standard_containers(imports):
    assert "_ZSt21__glibcxx_assert_failPKciS0_S0_" in imports


def test_has_no_search_path_of_its_own():
    dynamic = readelf("--dynamic")
    assert "RPATH" not in dynamic and "RUNPATH" not in dynamic
