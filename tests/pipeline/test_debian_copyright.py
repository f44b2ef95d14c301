"""Which licences are read out of copyright files."""

import sys

import pytest
from harness.program import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "scripts/supply-chain"))

from debian_copyright import licences  # noqa: E402

FORMAT = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"


@pytest.mark.parametrize(("field", "expected"), [
    ("Expat", ["MIT"]),
    ("GPL-2+", ["GPL-2.0-or-later"]),
    ("GPL-2", ["GPL-2.0-only"]),
    ("LGPL-2.1+", ["LGPL-2.1-or-later"]),
    ("LGPL-3.0-only", ["LGPL-3.0-only"]),
    ("BSD-3-clause or GPL-2+", ["BSD-3-Clause", "GPL-2.0-or-later"]),
    ("GPL-3+ with Bison exception", ["GPL-3+ with Bison exception"]),
    ("something of its own", ["something of its own"]),
])
def test_of_fields(field, expected):
    assert licences(f"{FORMAT}Files: *\nLicense: {field}\n A text.\n") == expected


def test_each_once_and_sorted():
    assert licences(f"{FORMAT}License: Zlib\n\nLicense: Expat\n\nLicense: Zlib\n") == ["MIT", "Zlib"]


@pytest.mark.parametrize(("text", "expected"), [
    ("On Debian systems, see /usr/share/common-licenses/GPL-3.", ["GPL-3.0-only"]),
    ("see /usr/share/common-licenses/Apache-2.0\n", ["Apache-2.0"]),
    ("Permission is hereby\ngranted, free of charge, to any person", ["MIT"]),
    ("All rights reserved.", []),
])
def test_of_prose(text, expected):
    assert licences(text) == expected
