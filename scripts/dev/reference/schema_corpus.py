"""Writes src/platform/schema_corpus.tsv: what FastAPI answers to bodies, paths and queries.

Run with Debian 13's python3-fastapi, python3-email-validator and python3-httpx:
python3 schema_corpus.py > src/platform/schema_corpus.tsv
Columns: `body`, `path` or `query`, content type (`-`: none), input, status, answer. An answer of
200 holds the values that were sent, integers kept within 64 bits. What FastAPI answers with 500
(NaN or a lone surrogate echoed) is left out. Bytes outside printable ASCII, tabs and backslashes
are \\xNN.
"""

import asyncio
import itertools
import json

import httpx
from fastapi import FastAPI, Query
from pydantic import BaseModel, EmailStr, Field

app = FastAPI()


class Sample(BaseModel):
    name: str = Field(min_length=3, max_length=5, pattern="^[a-z]+$")
    one: str = Field(None, min_length=1, max_length=1)
    mail: EmailStr
    flag: bool = True
    count: int = Field(0, ge=-5, le=1000000)
    whole: int = 0
    note: str = ""


def kept(value):
    """The value as Slipway keeps it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-(2**63), min(2**63 - 1, value))
    return value


@app.post("/body")
def body(sample: Sample):
    return {k: kept(v) for k, v in sample.model_dump(exclude_unset=True).items()}


@app.get("/path/{whole}")
def path(whole: int):
    return {"whole": kept(whole)}


@app.get("/query")
def query(
    name: str = Query(None, min_length=3, max_length=5, pattern="^[a-z]+$"),
    flag: bool = Query(None),
    count: int = Query(None, ge=-5, le=1000000),
    whole: int = Query(None),
    note: str = Query(None),
):
    sent = {"name": name, "flag": flag, "count": count, "whole": whole, "note": note}
    return {k: kept(v) for k, v in sent.items() if v is not None}


GOOD = b'{"name":"abc","mail":"a@b.co"}'


def with_field(name, value):
    if isinstance(value, bytes):
        text = value
    else:
        text = json.dumps(value).encode()
    return b'{"name":"abc","mail":"a@b.co","' + name.encode() + b'":' + text + b"}"


INTEGERS = [
    "0", "-1", "1" + "0" * 30, "-1" + "0" * 30, "+1", "01", "1_0", "1__0", "_1", "1_", "1.0", "1.", "1.00", ".0",
    "1.5", "1e3", " 1 ", "1\n", " ", "", "abc", "0x1", "--1", "- 1", "-0", "-0.0", "\uff11", "true", "None", "1\x00",
    "++1", "+-1", "-+1", "1.0_0", "1_0.0", "00", "-01", "+0.0", "0_1", "\u00a01", "1\u2003", "\x0b1", "\x1c1", "1\x1d",
    "1\x85", "inf", "nan", "Infinity", "-1.0", ".", "-", "+", "+.0", "-.0", "1..0", "1.0.0", "1.0 ", "1 .0", "1. 0",
    "+-0", "0" * 30 + "1", " +1", "+ 1", "\ufeff1", "1\u200b", "1\u2028", "1\u3000", "1\u180e", "1\u1680", "_", "1_.0",
    "1._0", "1.0_", "+_1", "-_1", "+1_0", "-1_0", "0__1", "-0_1", "00_1", "0_0", "0_", "0__", "-0_", "0_.0", "0__.0",
    "1_000_000", "1,000", "\u096f", "1\t\r\n\f", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "-9223372036854775809", "0009223372036854775808", "9" * 25 + ".0", "9" * 25 + ".5", "9" * 25 + "_0", "0" * 29 + "1_0",
    "9" * 4300, "9" * 4301, "-" + "9" * 4299, "-" + "9" * 4300, "0" * 4301, "9" * 4300 + ".0", "9" * 4301 + ".0",
    "9" * 4301 + "x", "9" * 4301 + "_0", " " + "9" * 4301, "+" + "9" * 4300, "+" + "9" * 4301, "9" * 4299 + "_9",
    "-" + "9" * 4301 + " ", "0" * 10 + "9" * 4300, "0" * 10 + "9" * 4301, "-0" + "9" * 4299, "-0" + "9" * 4300,
    "-0" + "9" * 4301, "9" * 4290 + "_" + "9" * 10, "9" * 4290 + "_" + "9" * 11, "1 2", "1\u00e9", "1+", "1-", "1-2",
    "0-", "0--1", "0-01", "0-00", "0-1_0", "0-0_1", "0-_1", "0-1_", "+0-1", "-0-1", "0-1-1", "0-1.0", "0-1.5", "0_-1", "0_-_1",
    "00-10", "0-" + "9" * 4299, "0-" + "9" * 4300, "0+1", "00+1", "0-+1", " 0-1 ", "0- 1", "0.0-1", "0-1.0_0", "0-.0", "0-0",
]
SHORT = ["".join(t) for t in itertools.product(["0", "1", "_", ".", "-", "+", " "], repeat=3)]
SHORT += ["".join(t) for t in itertools.product(["0", "1", "_", ".", "-0"], repeat=4)]
WORDS = [
    "0", "1", "t", "T", "f", "F", "y", "Y", "n", "N", "yes", "YES", "Yes", "yEs", "no", "NO", "on", "On", "off", "OFF",
    "true", "TRUE", "tRuE", "false", "FALSE", "", " true", "true ", "1.0", "2", "ye", "enable", "None", "null", "TRUE\n",
    "\u017fes", "01", "yess", "falsey", "toolongtobeabool", "\u212a", "tru\x00", "-1",
]
ODD = [
    None, True, False, 0, 1, 2, -1, 10**18, 10**19, -(10**19), 10**30, 0.0, 1.0, -0.0, 0.5, 1.5, 2.0, 1e18, 1e19, -1e19,
    9.2e18, 9.3e18, -9.223372036854775808e18, 1e30, 1e300, [], [1], {}, {"a": 1}, "abc", "",
    b"1e1", b"-0", b"1E400".lower().replace(b"400", b"2"), b"12345678901234567890.0", b"0.1e1", b"\"\\u0031\"",
]
TEXTS = [
    "", "a", "ab", "abc", "abcd", "abcde", "abcdef", "Abc", "abc\n", "ab c", "\u00e9\u00e9", "\u00e9\u00e9\u00e9", "\U0001f600\U0001f600",
    "\U0001f600\U0001f600\U0001f600", "abc\x00", "\x00\x00\x00", "e\u0301e\u0301", "日本語日本語",
]
MAILS = [
    "a@b.co", " a@b.co ", "A <a@b.co>", "a", "", "a@b", "a@x.test", "a@b.co.", "a" * 65 + "@b.co", "é@b.co",
    "a@" + "b" * 300 + ".com", "a@b.co\x00", "\x07a@b.co", "a'b c@b.co", "a\"b@b.co", "\\@b.co",
]
BODIES = [
    b"", b"null", b"[]", b"{}", b'"x"', b"1", b"1.5", b"true", b"false", b"[{}]", b" null ", b" ", b'{"a":', b"\xff", b'{"name":"\xff"}',
    b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16"), b"9" * 5000, b'{"other":' + b"9" * 5000 + b"}",
    b'{"name":"abc","mail":"a@b.co","other":NaN}', b'{"name":"abc","mail":"a@b.co","other":[1,{"x":null}]}',
    b'{"name":"x","name":"abc","mail":"a@b.co"}', b'{"NAME":"abc","mail":"a@b.co"}', b'{"name":1,"mail":1,"flag":[],"count":"x","whole":{},"note":2}',
    b'{"name":null,"one":null,"mail":null,"flag":null,"count":null,"whole":null,"note":null}',
    b'{"note":"x","count":5,"flag":false,"mail":"a@b.co","name":"abc"}', b'{"whole":1,"x":{"y":[1.50,1e20,"\xc3\xa9"]}}',
    b'{"name":"abc","mail":"a@b.co","note":"\xc3\xa9\\u00e9\\ud83d\\ude00\\u0000"}', GOOD + b"x", GOOD[:-1], b"name=abc&mail=a@b.co",
    b'{"name":"abc","mail":"a@b.co",}', b"{'name':'abc'}",
]
TYPES = [
    "application/json", "application/json; charset=utf-8", "application/json;", "APPLICATION/JSON", "application/vnd.api+json",
    "application/VND.x+JSON;v=1", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/x-json", "application / json",
    "application/ json", "json", "/json", "application/", "application/json, text/plain", "", "text/json", "application/+json", "application/json/x",
    "application/+jsonx", "multipart/form-data; boundary=x", ";", "; x", "application/json ;x", "application/xml",
]
QUERIES = [
    "", "&", "&&", "=", "=1", "a", "a&count", "count", "count=", "count&whole=1", "count=1&count=x", "count=x&count=1", "count=-6", "count=1000001",
    "count=-5&whole=7", "count=%2B5", "count=+5", "count=5+", "whole=1%26", "whole=%31", "whole=%3", "whole=%zz", "wh%6fle=5", "whole%3D5",
    "whole=1;count=2", "WHOLE=1", "name=ab", "name=abc", "name=abcdef", "name=A%42C", "name=%C3%A9%C3%A9%C3%A9", "note=%ff", "note=%C3", "note=%C3%A9",
    "note=%E2%82", "note=a%E2%82z", "note=%F0%9F%98", "note=%ED%A0%80", "note=%00", "note=a+b%20c", "note=a%2Bb", "note==", "note=a=b", "note=%25", "note=%",
    "note=a%2", "note", "flag=1&flag=2", "name=&flag=&count=&whole=&note=", "name=a&flag=b&count=c&whole=d&note=e", "count=1%00", "count=%20", "note=%F4%90%80%80",
    "note=%C0%80", "note=%E0%80%80", "note=%F0%80%80%80", "note=%80", "note=%FE%FF", "note=\"<>", "+whole=1", "%20whole=1", "whole=1&", "&whole=1", "whole=1&&count=2",
]


def escape(data: bytes) -> str:
    return "".join(chr(b) if 0x20 <= b < 0x7F and b != 0x5C else f"\\x{b:02x}" for b in data)


def quote(text: str) -> str:
    safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(chr(b) if chr(b) in safe else f"%{b:02X}" for b in text.encode())


def cases():
    for text in BODIES:
        yield "body", "application/json", text
    for content_type in TYPES:
        yield "body", content_type, GOOD
    yield "body", "-", GOOD
    for text in (b"", b"null", b"\xc3\xa9\"\\", b"{}"):
        yield "body", "text/plain", text
    for value in ODD:
        for name in ("name", "one", "mail", "flag", "count", "whole", "note"):
            yield "body", "application/json", with_field(name, value)
    for value in TEXTS:
        for name in ("name", "one", "note"):
            yield "body", "application/json", with_field(name, value)
    for value in MAILS:
        yield "body", "application/json", with_field("mail", value)
    for value in WORDS:
        yield "body", "application/json", with_field("flag", value)
        yield "query", "-", b"flag=" + quote(value).encode()
    for value in INTEGERS[:90]:
        yield "body", "application/json", with_field("whole", value)
        yield "body", "application/json", with_field("count", value)
        yield "query", "-", b"count=" + quote(value).encode()
    for value in INTEGERS + SHORT:
        if value:
            yield "path", "-", value.encode()
    yield "path", "-", b"\xff"
    yield "path", "-", b"1\xe2\x82"
    for text in QUERIES:
        yield "query", "-", text.encode()


async def ask(client, kind, content_type, data):
    if kind == "body":
        headers = {} if content_type == "-" else {"content-type": content_type}
        return await client.post("/body", content=data, headers=headers)
    if kind == "path":
        text = "".join(f"%{b:02X}" for b in data)
        return await client.get("/path/" + text)
    return await client.get("/query?" + data.decode())


async def main():
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        seen = set()
        for kind, content_type, data in cases():
            if (kind, content_type, data) in seen:
                continue
            seen.add((kind, content_type, data))
            answer = await ask(client, kind, content_type, data)
            if answer.status_code == 500:
                continue
            row = [kind, content_type, escape(data), str(answer.status_code), escape(answer.content)]
            print("\t".join(row))


asyncio.run(main())
