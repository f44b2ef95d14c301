"""Writes src/base/json_corpus.tsv: what CPython's json.loads(bytes) makes of each input.

Run with Debian 13's python3 (3.13): python3 json_corpus.py > src/base/json_corpus.tsv
Columns: input, then `ok` and the value printed again, or `syntax`, position and message,
or `encoding`, or `digits`. Bytes outside printable ASCII, tabs and backslashes are \\xNN.
"""

import itertools
import json
import math
import sys

TEXTS = r"""

{}
[]
[1]
[1,]
[1, ]
[,1]
[1 2]
[1
[1,
[
{
{"
{"a
{"a"
{"a":
{"a":1
{"a":1,
{"a":1,}
{"a":1 , }
{"a":1}}
{"a":1}x
{"a":1}  x
{a:1}
{'a':1}
{1:2}
{"a" 1}
{"a"::1}
{"a":}
{"a":,}
{,}
{ }
[ ]
null
nul
nulx
nullx
true
tru
false
falsy
True
None
NaN
-NaN
Na
[NaN,Infinity,-Infinity]
Infinit
Infinity
-Infinity
-Infinit
-
--1
+1
-a
-0
0
00
01
-01
1.
1.x
.5
1.5
1.50
1e5
1E5
1e+5
1e-5
1e
1e+
1ex
1.e5
1.5e
1.5e-
[1.5e,2]
-0.0
0.0
0e0
1e15
1e16
1e17
123456789012345678
0.0001
0.00001
0.1
1e400
-1e400
1e-400
5e-324
2.5e-310
1.7976931348623157e308
100000000000000000000.0
9007199254740993.0
123456.789e3
9223372036854775807
9223372036854775808
-9223372036854775808
-9223372036854775809
123456789012345678901234567890
-123456789012345678901234567890
0x10
1_000
"abc"
"abc
"
""
"a\"b"
"\\"
"\
"\q"
"a\qb"
"\b\f\n\r\t\/\\\""
"\u0041"
"\u00e9"
"\u004
"\u004"
"\u0041
"\u004g"
"\uD83D\uDE00"
"\ud83d\ude00
"\ud83d\ude0
"\ud83d"
"\ud83d\u0041"
"\ud83d\u00zz"
"\ud83dx"
"\ud83d\n"
"\ud83d\ud83d\ude00"
"\ude00"
"\ude00\ud83d"
"\u0000"
"\u001f\u007f\u0080\u2028"
"\U0041"
"\x41"
"é"
"日本語😀"
["é",]
{"é":1,}
{"日本":"x" "y"}
["😀" 1]
é
[é]
{"a":1,"a":2}
{"a":1,"b":2,"a":3}
{"a":{"x":1,"x":2},"a":[1,1]}
{"":0}
{"a":1;"b":2}
[1;2]
[[],{},[[]],{"a":[]}]
{"a":[1,2,{"b":null}],"c":true}
[[1,2],[3,4
[{"a":1},{"b":2},]
{"a":[1,]}
{"a":{"b":1,}}
"a" "b"
1 2
[] []
/* x */ 1
// x
[1,2] // x
{"username":"ann","email":"ann@example.org"}
{"username":"ann","email":"ann@example.org"
{"username": "ann", "email": }
{"username": ann}
{"username": "ann" "email": "x"}
{"username": "ann", email: "x"}
username=ann
<xml/>
""".split("\n")

BYTES = [
    b"",
    b" ",
    b" \t\r\n1 \t\r\n",
    b"\x0b1",
    b"\x0c1",
    b"1\x0c",
    b"\xc2\xa01",
    b'"a\tb"',
    b'"a\nb"',
    b'"a\x00b"',
    b'"a\x1fb"',
    b'"a\x7fb"',
    b'"\xc3\xa9\x01"',
    b"[1,\n2,\n]",
    b"{\n}",
    b"[\n1\n,\n]",
    b"[\r\n",
    b"\x00",
    b"1\x00",
    b"\x001",
    b"12\x00",
    b'{"a":1}\x00',
    b"\xef\xbb\xbf{}",
    b"\xef\xbb\xbf",
    b"\xef\xbb\xbf[\xc3\xa9",
    b"\xef\xbb\xbf\xef\xbb\xbf{}",
    b" \xef\xbb\xbf{}",
    b"\xef\xbb",
    b"\xff",
    b'"\xff"',
    b'"\xc3"',
    b'"\xc3(',
    b'"\xc0\xaf"',
    b'"\xc1\xbf"',
    b'"\xe0\x80\xaf"',
    b'"\xe0\x9f\xbf"',
    b'"\xe0\xa0\x80"',
    b'"\xed\xa0\x80"',
    b'"\xed\xbf\xbf"',
    b'"\xed\xa0\xbd\xed\xb8\x80"',
    b'"\xed\x9f\xbf"',
    b'"\xef\xbf\xbf"',
    b'"\xf0\x8f\xbf\xbf"',
    b'"\xf0\x90\x80\x80"',
    b'"\xf4\x8f\xbf\xbf"',
    b'"\xf4\x90\x80\x80"',
    b'"\xf5\x80\x80\x80"',
    b'"\xf0\x9f\x98"',
    b'"\xf0\x9f\x98\x80"',
    b'"\x80"',
    b"{bad \xff",
    b'{"a":1,\xc3\xa9',
    b"9" * 4300,
    b"9" * 4301,
    b"-" + b"9" * 4300,
    b"-" + b"9" * 4301,
    b"[" + b"9" * 4301 + b",]",
    b"9" * 4301 + b".5",
    b"[" * 400 + b"]" * 400,
    b"[" * 400,
    b'{"a":' * 300 + b"1" + b"}" * 300,
]

for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
    bom = "\ufeff".encode(encoding)
    for text in ("{}", '{"a":"é😀"}', "1", "", '["é" 1]', "日"):
        BYTES.append(text.encode(encoding))
        BYTES.append(bom + text.encode(encoding))
    BYTES.append(bom + bom + "1".encode(encoding))
    BYTES.append('["x"]'.encode(encoding)[:-1])
    BYTES.append('["'.encode(encoding) + "\ud800".encode(encoding, "surrogatepass") + '"]'.encode(encoding))
    BYTES.append('["'.encode(encoding) + "\udc00\ud800".encode(encoding, "surrogatepass") + '"]'.encode(encoding))
    BYTES.append('["'.encode(encoding) + "\ud83d\ude00".encode(encoding, "surrogatepass") + '"]'.encode(encoding))
    BYTES.append('["'.encode(encoding) + "\ud800\u0041".encode(encoding, "surrogatepass") + '"]'.encode(encoding))
BYTES.append(b"\xff\xfe\x00\x00\x00\x00\x11\x00")
BYTES.append(b"\x00\x00\xfe\xff\x00\x11\x00\x00")

many = ",".join(f'"k{i % 20}":{i}' for i in range(50))
BYTES.append(b"{" + many.encode() + b"}")
many = ",".join(f'"k{i}":{i}' for i in range(40))
BYTES.append(b"{" + many.encode() + b"}")

ALPHABET = ['"', "\\", "u", "0", "a", "1", "-", ".", "e", "{", "}", "[", "]", ":", ",", " ", "é", "n"]
SHORT = [
    "".join(t) for n in (1, 2) for t in itertools.product(ALPHABET, repeat=n)
] + ["[" + "".join(t) for t in itertools.product('"1,]{}: ', repeat=3)] + [
    '{"a":' + "".join(t) for t in itertools.product('"1,}]:-.', repeat=3)
] + ['["\\ud83d' + "".join(t) for t in itertools.product(["\\", "u", "d", "e", "0", '"', "\\ude00"], repeat=3)]


def escape(data: bytes) -> str:
    return "".join(
        chr(b) if 0x20 <= b < 0x7F and b != 0x5C else f"\\x{b:02x}" for b in data
    )


def clean(value):
    """NaN, infinities and lone surrogates as Slipway prints them."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in value)
    if isinstance(value, list):
        return [clean(v) for v in value]
    if isinstance(value, dict):
        return {clean(k): clean(v) for k, v in value.items()}
    return value


def outcome(data: bytes) -> list[str]:
    try:
        value = json.loads(data)
    except json.JSONDecodeError as error:
        return ["syntax", str(error.pos), error.msg.replace("\\", "\\x5c")]
    except UnicodeDecodeError:
        return ["encoding"]
    except ValueError:
        return ["digits"]
    text = json.dumps(clean(value), ensure_ascii=False, separators=(",", ":"))
    return ["ok", escape(text.encode())]


assert sys.version_info[:2] == (3, 13), "record with the version the reference runs on"
seen = set()
for data in [t.encode() for t in TEXTS] + BYTES + [t.encode() for t in SHORT]:
    if data not in seen:
        seen.add(data)
        print("\t".join([escape(data), *outcome(data)]))
