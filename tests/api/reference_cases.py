"""The requests of test_reference.py: good ones and every kind of bad one.

In a body, `@NAME@` becomes a name that is new in each case; in a target, `{victim}` the id of a
user made for the case. `ada` and `bob` are there from the start.
"""

import json
import string
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass
class Case:
    name: str
    method: str
    target: str
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    rules: tuple = ("strict", "reference")  # where it is sent


JSON = {"Content-Type": "application/json"}
GOOD_USERNAME = '"username":"@NAME@"'
GOOD_EMAIL = '"email":"@NAME@@example.com"'


def encoded(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def post(name, body, headers=None, method="POST", target="/users"):
    return Case(name, method, target, encoded(body), JSON if headers is None else headers)


def short(text):
    return text if len(text) <= 40 else f"{text[:30]}...{len(text)}"


# Values of any kind for a field, as JSON text.
VALUES = [
    "null", "true", "false", "0", "1", "-1", "2", "1.0", "0.0", "-0.0", "0.5", "1e0", "1e2", "1E+2",
    "1e-7", "123456789012345678901234567890", "0.1", "1e22", "1e16", "123456.789", "5e-324",
    "1.7976931348623157e308", "[]", "[1]", "{}", '{"a":1}', '{"a":[{"b":null}]}', '""', '" "', '"a"',
    '"ab"', '"abc"', '"\\u00e9\\u00e9\\u00e9"', '"ééé"', '"\\ud83d\\ude00"', '"😀😀😀"', '"a b c"',
    '" abc"', '"abc "', '"abc\\n"', '"a\\tb"', '"a/b"', '"a\\/b"', '"a\\"b\\\\c"', '"\\u0001\\u001f"',
    '"\\u007f\\u0080"', '"\\u2028\\u2029"', '"<script>&"', '"null"', '"true"', '"123"',
    '"A.b-C_9"', '"a@b"', '"{0}"'.replace("{0}", "x" * 50), '"{0}"'.replace("{0}", "x" * 51),
    '"{0}"'.replace("{0}", "é" * 51), '"{0}"'.replace("{0}", "x" * 10000),
]

BOOLEANS = [
    "true", "false", "null", "0", "1", "2", "-1", "1.0", "0.0", "-0.0", "0.5", "1.5", "1e0", "10e-1",
    "100000000000000000000", "1e300", '"true"', '"True"', '"TRUE"', '"tRUE"', '"truE"', '"t"', '"T"',
    '"yes"', '"YES"', '"Yes"', '"y"', '"Y"', '"on"', '"ON"', '"On"', '"1"', '"false"', '"False"',
    '"FALSE"', '"f"', '"F"', '"no"', '"NO"', '"n"', '"N"', '"off"', '"OFF"', '"0"', '"2"', '"-1"',
    '"1.0"', '"00"', '"01"', '""', '" "', '" true"', '"true "', '"tr"', '"null"', '"None"', "[]",
    "[true]", "{}", '{"a":true}', '"ｔrue"', '"é"',
]

EMAILS = [
    "@NAME@@example.com", "@NAME@@EXAMPLE.COM", "@NAME@@Example.Com", "@NAME@+tag@example.com",
    "@NAME@.x@example.co.uk", "@NAME@@sub.sub.example.com", "@NAME@@1.com", "@NAME@@123.45.com",
    "@NAME@@xn--bcher-kva.example.com", "@NAME@@bücher.com", "@NAME@@BÜCHER.com", "@NAME@@straße.de",
    "é@NAME@@example.com", "用户@NAME@@例子.广告", "@NAME@@例え.jp", "@NAME@@مثال.com",
    "@NAME@e\u0301@example.com", "@NAME@@e\u0301xample.com", "@NAME@@ex\u00adample.com",
    "!#$%&'*+-/=?^_`{|}~@NAME@@example.com", "\\\"@NAME@\\\"@example.com", "\\\"a b\\\"@example.com",
    "a b@example.com", "Ada <@NAME@@example.com>", "<@NAME@@example.com>", "ada@example.com>", "ada",
    "", "@", "a@", "@b.com", "a@b", "a@b.", "a@.b", "a@.b.com", "a@b..com", "a@b.com.", "a@-b.com",
    "a@b-.com", "a@b_c.com", "a@b.c", "a@b.com-", "a@b.-com", "a@b,com", "a@b com", "a@b.co m",
    "a@@b.com", "a@b@c.com", ".a@b.com", "a.@b.com", "a..b@b.com", "a,b@b.com", "a;b@b.com",
    "a:b@b.com", "a(b@b.com", "a)b@b.com", "a[b@b.com", "a\\\\b@b.com", "a\\tb@b.com", " @NAME@@b.com",
    "@NAME@@b.com ", "@NAME@@b.com\\n", "\\n@NAME@@b.com", "a\\u0000b@b.com", "a@b\\u0000.com", "a\\u0001@b.com",
    "a@b\\u007f.com", "a\\u007f@b.com", "a@localhost", "a@example", "a@example.local", "a@x.localhost",
    "a@example.test", "a@example.invalid", "a@example.onion", "a@test", "a@local", "a@x.arpa",
    "a@[127.0.0.1]", "a@[IPv6:::1]", "a@127.0.0.1", "a@1.2.3", "a@example.123", "a@example.c0m",
    "a@ex*ample.com", "a@ex!ample.com", "a@xn--.com", "a@xn--a.com", "a@xn--zzzzzzzz.com",
    "a@ab--cd.com", "a@a--b.com", "a@💩.com", "💩@NAME@@example.com", "@NAME@@ﬁ.com", "@NAME@@ⅷ.com",
    "@NAME@@example。com", "@NAME@@example．com", "a\u200b@example.com", "a@exam\u200bple.com",
    "a\u00a0b@example.com", "a\u2028b@example.com", "a@\u0301xample.com", "\u0301a@example.com",
    "a@exa\u202emple.com", "a\ufeff@example.com", "@NAME@@ｅxample.com", "ａ@NAME@@example.com",
    "mailto:a@b.com", "a@b.com,c@d.com", "a%b@NAME@@example.com", "a@%65xample.com",
    "x" * 64 + "@example.com", "x" * 65 + "@example.com", "é" * 32 + "@example.com",
    "é" * 33 + "@example.com", "a@" + "x" * 63 + ".com", "a@" + "x" * 64 + ".com",
    "a@" + ".".join(["x" * 60] * 4) + ".com", "a@" + ".".join(["x" * 60] * 4) + ".com" + "m" * 20,
    "x" * 60 + "@" + ".".join(["y" * 60] * 3) + ".example", "a@" + "x." * 130 + "com",
    "a@" + "ü" * 30 + ".com", "a@" + "ü" * 60 + ".com", "x" * 300, "x" * 300 + "@b.com",
    "a@" + "b" * 3000 + ".com", "@NAME@@" + ".".join(["x" * 59] * 4)[:230] + ".com",
]

SYNTAX = [
    "", " ", "\n", "\ufeff", "{", "}", "[", "]", "{]", "[}", '"', '"abc', "'a'", "{'a':1}", "{a:1}",
    '{"a"}', '{"a":}', '{"a":1,}', '{"a" 1}', '{"a":1 "b":2}', '{,"a":1}', '{"a":1,,"b":2}', "{:1}",
    '{"a"::1}', '{1:2}', '{null:1}', "[1,]", "[,1]", "[1 2]", "[1,,2]", "nul", "nulll", "NULL", "True",
    "tru", "truee", "undefined", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "1_000", "--1", "-01",
    "1.2.3", "- 1", '{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":+1}', '{"a":-}', '{"a":1e}', '{"a":0x1}',
    '{"a":tru}', '{"a":nul}', '{"a":"', '{"a":"b', '{"a":"b"', '{"a":"b"}}', '{"a":"b"} x',
    '{"a":"b"}{"c":1}', '{"a":"b"}\x00', '\x00{"a":1}', '{"a":"\n"}', '{"a":"\t"}', '{"a":"\x01"}',
    '{"a":"\x1f"}', '{"a":"\x7f"}', '{"a\n":1}', '{"a":"\\x"}', '{"a":"\\'
    '"}', '{"a":"\\u"}', '{"a":"\\u12"}', '{"a":"\\u12G4"}', '{"a":"\\u 123"}', '{"a":"\\u+123"}',
    '{"a":"\\U0001"}', '{"a":"\\uD83D\\u"}', '{"a":"\\uD83D\\x"}', "// x\n{}", "/* x */{}", "{}//", "#",
    '{"a":1}#', "\v{}", "\f{}", "\xa0{}", "{\xa0}", '{"a":1\u2028}', '{\n  "a": 1,\n  "b": tru\n}',
    '{\r\n  "a": 1,\r\n  "b" 2\r\n}', '{"é":"é" "x"}', '{"😀":1 x}', '\ufeff{"a":1', '\ufeff\ufeff{}',
    "[" * 50, "[" * 50 + "]" * 49, '{"a":' * 30, "[" + "1," * 500, "Infinit", "-Infinit", "NaNN", "nan",
    "inf", "-", "--Infinity", '{"a":Infinit}', "<xml/>", "username=ada&email=a@b.com", "=", "a", "1 1",
    "\"a\"b", "null null", '"a" "b"', "[1]]", "{} {}", "{},",
]

# Whole bodies that are good JSON but not what is wanted, and good ones of unusual form.
WHOLE = [
    "null", "true", "1", "1.5", "-0", "1e5", '""', '"text"', "[]", "[1,2]", '[{"username":"x"}]', "{}",
    ' \t\r\n{} \t\r\n', '{"username":"@NAME@"}', '{"email":"@NAME@@example.com"}', '{"is_active":true}',
    '{"Username":"@NAME@","EMAIL":"x"}', '{"":1}', '{"username":null,"email":null,"is_active":null}',
    '{"is_active":3,"email":4,"username":5}', '{"email":1}', '{"username":[],"is_active":{}}',
    "{" + GOOD_USERNAME + "," + GOOD_EMAIL + "}",
    "{" + GOOD_EMAIL + "," + GOOD_USERNAME + ',"is_active":false}',
    "{" + GOOD_USERNAME + "," + GOOD_EMAIL + ',"id":77,"created_at":"x","role":{"a":[1,null]}}',
    "{" + GOOD_USERNAME + "," + GOOD_EMAIL + ',"other":1e400}',
    "{" + GOOD_USERNAME + "," + GOOD_EMAIL + ',"other":NaN,"more":[-Infinity]}',
    "{" + GOOD_USERNAME + "," + GOOD_EMAIL + ',"other":"\\ud800"}',
    "{" + GOOD_USERNAME + "," + GOOD_EMAIL + ',"\\udfff":1}',
    '{"username":"first","username":"@NAME@",' + GOOD_EMAIL + "}",
    '{"username":"@NAME@","username":1,' + GOOD_EMAIL + "}",
    '{"\\u0075sername":"@NAME@",' + GOOD_EMAIL + "}",
    '\ufeff{"username":"@NAME@",' + GOOD_EMAIL + "}",
    '{"username":"ada","email":"@NAME@@example.com"}', '{"username":"@NAME@","email":"ada@example.com"}',
    '{"username":"ada","email":"bob@example.com"}', '{"username":"@NAME@","email":"ada@EXAMPLE.com"}',
    '{"a":1,"a":2,"username":1}', '{"b":1,"a":{"y":1,"x":2},"b":3}', '{"x":1.10,"y":100000000000000000000}',
    '{"x":12345678901234567890123,"y":-0,"z":-0.0,"f":1e23,"g":1.5e-9,"h":1e15,"i":1e17}',
    '{"x":0.00001,"y":0.0001,"z":1e-5,"w":123456789.123456789,"v":9007199254740993}',
    "{\"x\":" + "[" * 100 + "]" * 100 + "}", "[" * 100 + "]" * 100,
]

ENCODINGS = {
    "utf-16": "{" + GOOD_USERNAME + "," + GOOD_EMAIL + "}",
    "utf-16-le": "{" + GOOD_USERNAME + "," + GOOD_EMAIL + "}",
    "utf-16-be": "{" + GOOD_USERNAME + "," + GOOD_EMAIL + "}",
    "utf-32": "{" + GOOD_USERNAME + "," + GOOD_EMAIL + "}",
    "utf-8-sig": "{" + GOOD_USERNAME + "," + GOOD_EMAIL + "}",
}

BYTES = [
    b"\xff", b"{\"username\":\"\xff\"}", b"{\"username\":\"\xc3\"}", b"\x80",
    b"\xef\xbb", b"{}\xff", b"\xc0\x80", b"{\"a\":\"\xf8\x88\x80\x80\x80\"}", b"\xfe\xff", b"\xff\xfe",
    b"\xff\xfe\x00\x00", b"\x00", b"\x00\x00", b"\x00{", b"{\x00", b"\x00\x00\x00{",
]

CONTENT_TYPES = [
    None, "application/json", "APPLICATION/JSON", "application/json; charset=utf-8", "application/json;",
    "application/json ; charset=latin-1", "application/json;charset=utf-16", "application/vnd.api+json",
    "application/problem+json; x=y", "application/+json", "application/json+xml", "application/jsonx",
    "text/json", "text/plain", "text/plain; charset=utf-8", "application/x-www-form-urlencoded",
    "application/octet-stream", "application/xml", "json", "application", "application/", "/json", "/",
    "*/*", "application/*", "application/json, text/plain", "multipart/form-data",
    "image/png", "audio/x+json", "application/json/x", "application /json", "application/ json",
    "\"application/json\"", "application/json\t; a=b", "; application/json",
]

IDS = [
    "{victim}", "0", "-1", "999999", "00", "{victim}.0", "1.0", "1.5", "1.", ".0", "1e0", "+{victim}",
    "%2B{victim}", "-0", "+0", "--1", "%20{victim}", "{victim}%20", "%09{victim}", "{victim}%0A", "1_000",
    "1__0", "_1", "1_", "0x1", "0b1", "1L", "abc", "null", "true", "None", "NaN", "inf", "-inf", "%00",
    "1%00", "%31x", "%zz", "%", "1%", "1%2", "%FF", "%C3%A9", "é", "１", "%EF%BC%91", "%D9%A1", "a%2Fb",
    "1%2F2", "1/2", "..", ".", "%2E", "%2e%2e", "-", "+", "1-1", "1,000", "{victim};a=b", "{victim}:",
    "@", "~", "0{victim}", "000000000000000000000{victim}", "-00", "1.0000", "1.00000000000000001",
    "9223372036854775807", "2147483648", "9" * 4299 + ".", "1" * 4301, "1" * 5000, "-" + "1" * 5000,
    "0" * 5000, "x" * 3000, "1.%2B0", "1%2e0", "%E2%88%921", "1e5", "1E5", "0.0", "-1.0", "-1.5",
    "100.000", "%C2%A01", "1%C2%A0", "%0B1", "%0C1", "%1F1", "%C2%851", "%E2%80%8B1", "1%E3%80%80",
]

INTEGERS = [
    "", "0", "1", "2", "-1", "-0", "5", "999", "1000", "1001", "1.0", "1.5", "1.", "%2B1", "+1", "%201",
    "1%20", "1_0", "1_000", "abc", "null", "true", "0x10", "1e2", "é", "%EF%BC%91", "%00", "1%00", "%zz",
    "%", "%FF", "1%2", "1,2", "1.0000", "-1.0", "01", "1" * 4301, "1" * 5000, "2147483648", "-5",
    "9" * 18, "1%0A", "%C2%A05", "--1", "_1",
]

QUERIES = [
    "", "?", "?skip", "?skip=", "?=1", "?skip=1&skip=2", "?skip=x&skip=2", "?skip=1&skip=x", "?SKIP=x",
    "?skip=x&limit=y", "?limit=y&skip=x", "?limit=y&is_active=z&skip=x&after=w", "?skip=1;limit=2",
    "?skip=-1&limit=0", "?other=1", "?a[b]=c", "?%73kip=x", "?sk%69p=-1", "?skip%3D1", "?skip=1#x",
    "?&&skip=1&&", "?skip==1", "?skip=1=2", "??skip=1", "?skip=1?", "?skip=%31", "?after=0&limit=1",
    "?username=ada", "?username=ADA&username=bob", "?email=ada@example.com", "?email=ada%40example.com",
    "?email=not+an+email", "?username=", "?q=ad", "?q=", "?q=%25", "?q=_da", "?q=%5C", "?q=zzz",
    "?username=ada&email=bob@example.com", "?username=ada&is_active=true", "?username=%FF",
    "?username=%00", "?username=a%zz", "?username=a+b", "?q=a%2Bb", "?username=" + "x" * 3000,
    "?is_active=true&limit=1", "?is_active=false&limit=1", "?limit=1", "?limit=1&skip=1",
    "?username=ada&skip=0&limit=1000&after=-5", "?limit=2&q=ada@", "?é=1", "?username=é",
]

METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO", "get", "GET"]
PATHS = [
    "/", "/users", "/users/", "/users/{victim}", "/users/{victim}/", "/nothing", "/nothing/", "/users//",
    "//users", "//", "/Users", "/users/1/2", "/users/1/2/", "/users%2F1", "/%75sers?limit=1", "/users/%20",
    "/users/?limit=1", "/users/?a=b&c=%20d", "/users/{victim}/?x", "/users/abc/", "/users/./",
    "/users;a", "/users,", "/users.json", "/users/{victim}?x=y", "/%", "/%zz", "/%00", "/%FF", "/é",
    "/users/%2F", "/users/1%2F", "/users%20", "/users/%3F", "/users/?",
]


def bodies():
    for text in VALUES:
        yield post(f"username={short(text)}", '{"username":' + text + "," + GOOD_EMAIL + "}")
    for text in VALUES:
        yield post(f"email={short(text)}", "{" + GOOD_USERNAME + ',"email":' + text + "}")
    for text in BOOLEANS:
        yield post(f"is_active={short(text)}",
                   "{" + GOOD_USERNAME + "," + GOOD_EMAIL + ',"is_active":' + text + "}")
    for text in EMAILS:
        yield post(f"address {short(text)}", "{" + GOOD_USERNAME + ',"email":"' + text + '"}')
    for text in SYNTAX:
        yield post(f"syntax {short(text)!r}", text)
    for text in WHOLE:
        yield post(f"body {short(text)!r}", text)
    for data in BYTES:
        yield post(f"bytes {data!r}", data)
    for name, text in ENCODINGS.items():
        # The name is replaced in UTF-8 only: these are made unique by hand.
        text = text.replace("@NAME@", f"enc-{name}")
        yield post(f"encoding {name}", text.encode(name))


def changes():
    for method in ("PATCH", "PUT"):
        def change(name, body, target="/users/{victim}", method=method):
            return post(f"{method} {name}", body, method=method, target=target)

        for text in VALUES:
            yield change(f"username={short(text)}", '{"username":' + text + "}")
        for text in ("null", "1", '"x"', '"@NAME@@example.com"', '"a@b"', "true", "[]"):
            yield change(f"email={text}", '{"email":' + text + "}")
        for text in BOOLEANS:
            yield change(f"is_active={text}", '{"is_active":' + text + "}")
        for text in WHOLE:
            yield change(f"body {short(text)!r}", text)
        for text in SYNTAX[:20]:
            yield change(f"syntax {short(text)!r}", text)
        for target in ("abc", "0", "-1", "1.5", "999999"):
            yield change(f"id {target}, good body", '{"is_active":false}', f"/users/{target}")
            yield change(f"id {target}, bad body", '{"is_active":7,"email":1}', f"/users/{target}")
            yield change(f"id {target}, no JSON", "{", f"/users/{target}")
            yield change(f"id {target}, no body", "", f"/users/{target}")
        yield change("its own name", '{"username":"@NAME@-victim","email":"@NAME@-victim@example.com"}')


def content_types():
    good = "{" + GOOD_USERNAME + "," + GOOD_EMAIL + "}"
    for value in CONTENT_TYPES:
        headers = {} if value is None else {"Content-Type": value}
        for name, body in (("good", good), ("empty", ""), ("text", "é text"), ("bad", "{]"), ("[]", "[]")):
            yield post(f"content type {value}, {name} body", body, headers)


def reads():
    for text in IDS:
        for method in ("GET", "DELETE"):
            yield Case(f"{method} id {short(text)}", method, "/users/" + text)
    for parameter in ("skip", "limit", "after"):
        for text in INTEGERS:
            yield Case(f"{parameter}={short(text)}", "GET", f"/users?{parameter}={text}&username=ada")
    for text in BOOLEANS:
        if text.startswith('"'):
            text = text.strip('"').replace(" ", "+")
        yield Case(f"is_active query {short(text)}", "GET", f"/users?username=ada&is_active={text}")
    for text in QUERIES:
        yield Case(f"query {short(text)}", "GET", "/users" + text)


def routes():
    for path in PATHS:
        for method in METHODS if PATHS.index(path) < 7 else ("GET", "POST", "DELETE"):
            # What `/` answers is each service's own.
            if (method, path) != ("GET", "/"):
                yield Case(f"{method} {path}", method, path)
        yield post(f"POST a body to {path}", "{}", target=path)
    yield Case("GET with a body", "GET", "/users/{victim}", b'{"a":1}', JSON)
    yield Case("DELETE with a body", "DELETE", "/users/{victim}", b"{", JSON)


def odd():
    """What the reference can't take (test_reference.py: DIFFERENCES)."""
    number = str(10**30)
    for method, body in (("GET", b""), ("DELETE", b""), ("PATCH", b'{"is_active":true}')):
        for value in (number, "-" + number, "9223372036854775808", "1" * 4300):
            yield Case(f"{method} huge id {short(value)}", method, "/users/" + value, body, JSON)
    for parameter in ("skip", "after"):
        for value in (number, "9223372036854775808", "1" * 4300):
            yield Case(f"huge {parameter} {short(value)}", "GET", f"/users?{parameter}={value}")
    for text in ("NaN", "Infinity", "-Infinity", "1e400", "-1e999", '{"a":NaN}', "[Infinity]"):
        yield post(f"not finite username={text}", '{"username":' + text + "," + GOOD_EMAIL + "}")
        yield post(f"not finite is_active={text}",
                   "{" + GOOD_USERNAME + "," + GOOD_EMAIL + ',"is_active":' + text + "}")
        yield post(f"not finite whole {text}", text)
        yield post(f"not finite echoed {text}", '{"other":' + text + "}")
    for text in ('"\\ud800"', '"abc\\udfffdef"', '"\\ude00\\ud83d"', '["\\ud800"]'):
        yield post(f"surrogate username={text}", '{"username":' + text + "," + GOOD_EMAIL + "}")
        yield post(f"surrogate email={text}", "{" + GOOD_USERNAME + ',"email":' + text + "}")
        yield post(f"surrogate echoed {text}", '{"other":' + text + "}")
    yield post("surrogate in bytes", b'{"other":"\xed\xa0\x80"}')
    yield post("deep arrays", "[" * 20000 + "]" * 20000)
    yield post("deep objects", '{"a":' * 20000 + "1" + "}" * 20000)
    yield post("deep unknown field",
               "{" + GOOD_USERNAME + "," + GOOD_EMAIL + ',"o":' + "[" * 20000 + "]" * 20000 + "}")
    yield post("number of 5000 digits", '{"username":' + "1" * 5000 + "}")
    yield post("not UTF-8, no JSON type", b"\xff\xfe\xfd", {"Content-Type": "text/plain"})
    for text in ("a\\u0000b", "\\u0000"):
        yield post(f"NUL username {text}", '{"username":"' + text + '@NAME@",' + GOOD_EMAIL + "}")
        yield post(f"NUL email {text}", "{" + GOOD_USERNAME + ',"email":"' + text + '@NAME@"}')
    yield post("case of a username", '{"username":"ADA",' + GOOD_EMAIL + "}")
    yield post("case of an address", "{" + GOOD_USERNAME + ',"email":"Ada@example.com"}')
    for path in ("/", "/users", "/users/{victim}", "/users/999999", "/users/abc"):
        yield Case(f"HEAD {path}", "HEAD", path)


def all_cases():
    cases = [*content_types(), *reads(), *routes()]
    for case in cases:
        case.rules = ("strict",)  # the rules make no difference to these
    cases += [*bodies(), *changes(), *odd()]
    # Names are unique, to be selected by and to be found in a report.
    seen = {}
    for case in cases:
        seen[case.name] = seen.get(case.name, 0) + 1
        if seen[case.name] > 1:
            case.name += f" ({seen[case.name]})"
    return cases


def prepared(case, victim, name):
    """The bytes of the case's target and body for one service."""
    target = quote(case.target.replace("{victim}", str(victim)), safe=string.printable).encode()
    body = case.body.replace(b"@NAME@", name.encode())
    return target, body


def new_user(name):
    return json.dumps({"username": name, "email": f"{name}@example.com"}).encode()
