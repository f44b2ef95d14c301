"""The licences that a package's copyright file names. Debian's own short names become SPDX identifiers
where that is certain; any other name stays as it is written."""

import re

# Debian's short name, in lower case and without "+" -> SPDX.
FAMILIES = {"gpl": "GPL", "lgpl": "LGPL", "agpl": "AGPL", "gfdl": "GFDL"}
NAMES = {
    "expat": "MIT", "mit": "MIT", "isc": "ISC", "zlib": "Zlib", "curl": "curl", "x11": "X11", "0bsd": "0BSD",
    "bsd-2-clause": "BSD-2-Clause", "bsd-3-clause": "BSD-3-Clause", "bsd-4-clause-uc": "BSD-4-Clause-UC",
    "apache-2.0": "Apache-2.0", "apache-2": "Apache-2.0", "bsl-1.0": "BSL-1.0", "bsl-1": "BSL-1.0",
    "mpl-2.0": "MPL-2.0", "mpl-1.1": "MPL-1.1", "cc0-1.0": "CC0-1.0", "cc-by-3.0": "CC-BY-3.0",
    "beerware": "Beerware", "fsful": "FSFUL", "fsfullr": "FSFULLR", "fsfap": "FSFAP", "sleepycat": "Sleepycat",
    "postgresql": "PostgreSQL", "tcl": "TCL", "unicode-dfs-2016": "Unicode-DFS-2016", "ms-pl": "MS-PL",
    "openldap-2.8": "OLDAP-2.8", "oldap-2.8": "OLDAP-2.8", "sunpro": "SunPro", "rsa-md": "RSA-MD",
}
# Texts that Debian has in one place, and files in free form point at.
COMMON = re.compile(r"common-licenses/"
                    r"((?:L|A)?GPL-[\d.]+|GFDL[\d.-]*|Apache-2\.0|Artistic|BSD|MPL-[\d.]+|CC0-1\.0)")
# What files in free form say.
PHRASES = {
    "GCC RUNTIME LIBRARY EXCEPTION": "GCC-exception-3.1",
    "Massachusetts Institute of Technology": "MIT (as in its copyright file)",
    "covered by the GNU GPL": "GPL",
    "public domain": "public-domain",
    "Redistribution and use in source and binary forms": "BSD (as in its copyright file)",
    "Permission is hereby granted, free of charge": "MIT",
}


def spdx(name):
    """The SPDX identifier of one Debian short name, or None."""
    plain = name.strip().lower()
    if plain in NAMES:
        return NAMES[plain]
    form = re.fullmatch(r"(a?gpl|lgpl)-(\d)(?:\.(\d))?(\+|-only|-or-later)?", plain)
    if not form:
        return None
    family, major, minor, later = form.groups()
    suffix = "or-later" if later in ("+", "-or-later") else "only"
    return f"{FAMILIES[family]}-{major}.{minor or '0'}-{suffix}"


def of_fields(text):
    """Of the machine-readable form: the first line of each License field, taken apart."""
    for field in re.findall(r"^License:[ \t]*(\S.*)$", text, re.MULTILINE):
        for part in re.split(r"\s+(?:or|and|OR|AND)\s+|,|\|", field):
            name = " ".join(part.split())
            if name and len(name) <= 80:
                yield spdx(name) or name


def of_prose(text):
    for name in re.findall(COMMON, text):
        plain = name.rstrip(".-")
        yield spdx(plain) or plain
    flat = " ".join(text.split())
    for phrase, name in PHRASES.items():
        if phrase.lower() in flat.lower():
            yield name


def licences(text):
    """Sorted, each once; empty where the file says nothing that is known here."""
    found = set(of_fields(text)) if re.search(r"^Format:.*copyright-format", text, re.MULTILINE) else set()
    return sorted(found or set(of_fields(text)) | set(of_prose(text)))
