"""Writes src/platform/email_corpus.tsv: what pydantic's EmailStr makes of each text.

Run with Debian 13's python3-pydantic and python3-email-validator:
python3 email_corpus.py > src/platform/email_corpus.tsv
Columns: input, then `ok` and the normalized address, or `no` and the reason. Bytes outside
printable ASCII, tabs and backslashes are \\xNN.
"""

import itertools

from pydantic import EmailStr, TypeAdapter, ValidationError

ADDRESSES = [
    "ann@example.com", "Ann@Example.COM", "ann.lee@example.com", "ann+tag@example.co.uk",
    "a@b.co", "a@b.c", "1@2.co", "ann_lee@sub.sub2.example.org", "ann-lee@ex-ample.com",
    "!#$%&'*+-/=?^_`{|}~@example.com", "o'neil@example.com", "INFO@Example.com", "Postmaster@x.org",
    "wwW@x.org", "infos@X.org",
    # space around, names
    " ann@example.com", "ann@example.com ", "\tann@example.com\n", "\u00a0ann@example.com\u3000",
    "\x1cann@example.com\x1f", "\u200bann@example.com", "\ufeffann@example.com",
    "Ann <ann@example.com>", "Ann Lee <ann@example.com>", "Ann  Lee\t<ann@example.com>",
    "<ann@example.com>", " < ann@example.com > ", "Ann<ann@example.com>", "Ann <ann@example.com",
    "Ann ann@example.com>", "Ann <>", "<>", "< >", "<@>", "Ann <ann@example.com> x",
    "\"Ann Lee\" <ann@example.com>", "\"Ann, Lee\" <ann@example.com>", "\"\" <ann@example.com>",
    "\"A\"B\" <ann@example.com>", "\"A <b@c.de>\" <ann@example.com>", "\"Ann\"<ann@example.com>",
    "\"Ann\" x <ann@example.com>", "J. Lee <ann@example.com>", "Ann, Lee <ann@example.com>",
    "Änn Lée <ann@example.com>", "日本 <ann@example.com>", "Ann <<ann@example.com>>",
    "Ann <ann@example.com>>", "Ann <a<b@example.com>", "Ann (x) <ann@example.com>",
    "Ann\nLee <ann@example.com>", "Ann <ann@\nexample.com>", "Ann <ann@example.com\n>",
    "\"Ann\nLee\" <ann@example.com>", "Ann <ann@example.com>\n", "Ann\u0301 <ann@example.com>",
    "Ann@Lee <ann@example.com>", "\"Ann\" <b> <ann@example.com>", "a.b <c> <ann@example.com>",
    "J. \u00a0 <x@y.org>", "J.\x07 <x@y.org>", "\"J.\x07\" y <x@y.org>", "J. Lee <x@y.org",
    "J. Lee <x y.org>", "x.y <\u0338a@b.org>", "a<\u0338b@c.org", "a<\u0301\u0338b@c.org",
    # the @-sign
    "", " ", "ann", "ann.example.com", "@", "@example.com", "ann@", "ann@@example.com",
    "ann@b@example.com", "a@b@c.com", "ann @example.com", "ann@ example.com", "ann at example.com",
    # before it
    ".ann@example.com", "ann.@example.com", "an..n@example.com", ".@example.com", "..@example.com",
    "an n@example.com", "an(n)@example.com", "ann,lee@example.com", "ann;lee@example.com",
    "ann:lee@example.com", "ann\\lee@example.com", "ann[x]@example.com", "ann\x00@example.com",
    "ann\x07@example.com", "ann\x7f@example.com", "a\nb@example.com", "a\tb@example.com",
    "\\@example.com", "é.@example.com", ".é@example.com", "é..a@example.com", "é a@example.com",
    "a" * 64 + "@example.com", "a" * 65 + "@example.com", "a" * 70 + "@example.com",
    "é" * 64 + "@example.com", "é" * 65 + "@example.com",
    "é@example.com", "ANN-É@Example.com", "用户@example.com", "ユーザー@example.com", "😀@example.com",
    "e\u0301@example.com", "\u0301e@example.com", "a\u0301b@example.com", "\u1e9b\u0323@example.com",
    "a\u200bb@example.com", "a\u00adb@example.com", "a\u202eb@example.com", "a\u2028b@example.com",
    "a\u00a0b@example.com", "a\u3000b@example.com", "a\ue000b@example.com", "a\u0378b@example.com",
    "a\uffffb@example.com", "a\U000e0001b@example.com", "a\U0010ffffb@example.com",
    "a\ud800b@example.com", "a\udfffb@example.com", "\u212b@example.com", "\u2126hm@example.com",
    "a\u0085b@example.com", "a\u200d\u200cb@example.com", "ß@example.com", "ſ@example.com",
    # quotes
    "\"ann\"@example.com", "\"ann lee\"@example.com", "\"ann@lee\"@example.com",
    "\"ann\\\"lee\"@example.com", "\"ann\"lee@example.com", "\"ann", "\"ann@example.com",
    "\"\"@example.com", "\"a\x07\"@example.com", "\"é a\"@example.com", "\"a\u2028\"@example.com",
    "ann\"lee@example.com", "ann\"l@ee\"@example.com", "\"a\\b\"@example.com", "\"a..b\"@example.com",
    "\"" + "a" * 65 + "\"@example.com", "\"a\" @example.com", "\"a\"xyz@b.co", "\"a\"\u200b@b.co",
    # after it
    "ann@example", "ann@localhost", "ann@test", "ann@x.test", "ann@x.localhost", "ann@x.local",
    "ann@x.invalid", "ann@x.onion", "ann@x.arpa", "ann@1.in-addr.arpa", "ann@X.TEST", "ann@xtest.com",
    "ann@example.example", "ann@x.example", "ann@latest", "ann@a.latest", "ann@invalid.com",
    "ann@.example.com", "ann@example.com.", "ann@example..com", "ann@.", "ann@..", "ann@-example.com",
    "ann@example.com-", "ann@example-.com", "ann@example.-com", "ann@-", "ann@-.com", "ann@a--b.com",
    "ann@ab--c.com", "ann@1.2.3.4", "ann@example.c0m", "ann@example.co1", "ann@example.123",
    "ann@ex_ample.com", "ann@ex ample.com", "ann@exa!mple.com", "ann@exa'mple.com", "ann@exa,mple.com",
    "ann@example.com,bob@example.com", "ann@example.com\x00", "ann@exa\x00mple.com",
    "ann@exa\u200bmple.com", "ann@exa\u00admple.com", "ann@\u0301example.com", "ann@ex\u0378.com",
    "ann@exa\u2028mple.com", "ann@exa\ud800mple.com", "ann@(x)example.com", "ann@exa\\mple.com",
    "ann@example.com/path", "ann@example.com:25", "mailto:ann@example.com", "ann@http://example.com",
    "ann@" + "a" * 63 + ".com", "ann@" + "a" * 64 + ".com", "ann@" + "a" * 70 + ".com",
    "a@" + ".".join(["b" * 60] * 4) + ".com", "a@" + ".".join(["b" * 62] * 4) + ".co",
    "a@" + ".".join(["b" * 49] * 5) + ".com", "a" * 64 + "@" + ".".join(["b" * 61] * 3) + ".com",
    "a" * 64 + "@" + ".".join(["b" * 61] * 3) + ".co",
    "a" * 64 + "@" + ".".join(["b" * 61] * 3) + ".coo",
    "a" * 64 + "@" + ".".join(["b" * 61] * 3) + ".coooo",
    "é" * 64 + "@" + ".".join(["b" * 60] * 2) + ".com", "é" * 64 + "@" + ".".join(["b" * 61] * 2) + ".com",
    "é" * 64 + "@" + ".".join(["b" * 61] * 2) + ".comm",
    "日" * 60 + "@" + ".".join(["b" * 61] * 2) + ".com", "é" * 60 + "@" + ".".join(["b" * 61] * 3) + ".com",
    "a" * 64 + "@" + ".".join(["xn--" + "b" * 40] * 4) + ".com",
    "a@" + "b" * 300 + ".com", "a@" + ".".join("b" * 130) + ".com", "x" * 2048, "x" * 2049,
    "a@" + "b" * 3000 + ".com", "é" * 2048, "é" * 2049, " " * 3000 + "a@b.co",
    # brackets
    "ann@[1.2.3.4]", "ann@[127.0.0.1]", "ann@[1.2.3]", "ann@[1.2.3.256]", "ann@[1.2.3.4.5]",
    "ann@[01.2.3.4]", "ann@[1..3.4]", "ann@[1.2.3.1234]", "ann@[IPv6:::1]", "ann@[IPv6:2001:db8::1]",
    "ann@[::1]", "ann@[x]", "ann@[]", "ann@[tag:x]", "ann@[tag:x y]", "ann@[", "ann@]", "ann@[1.2.3.4",
    "ann@1.2.3.4]", "ann@[é]", "ann@[a:\u0100]", "ann@[999.2.3.4]", "ann@[0.0.0.0]", "ann@[00.0.0.0]",
    "\"a b\"@[1.2.3.4]", ".a@[1.2.3.4]",
    # international domains
    "ann@bücher.example.com", "ann@BÜCHER.de", "ann@bu\u0308cher.de", "ann@xn--bcher-kva.de",
    "ann@XN--BCHER-KVA.de", "ann@straße.de", "ann@STRASSE.de", "ann@STRAẞE.de", "ann@faß.de",
    "ann@σς.gr", "ann@ΣΣ.gr", "ann@日本語.jp", "ann@例え。テスト", "ann@例え.jp", "ann@例え．jp", "ann@例え｡jp",
    "ann@例え。jp", "ann@ｅｘａｍｐｌｅ.com", "ann@ＥＸＡＭＰＬＥ。ＣＯＭ", "ann@ex⑴.com", "ann@⒈.com", "ann@a⒈b.com",
    "ann@☃.net", "ann@i❤.ws", "ann@😀.com", "ann@пример.рф", "ann@ПРИМЕР.РФ", "ann@مثال.إختبار", "ann@דוגמה.קום",
    "ann@الأردن.com", "ann@a-الأردن.com", "ann@אa.com", "ann@aא.com", "ann@א1.com", "ann@א1٢.com",
    "ann@1א.com", "ann@א-.com", "ann@א.com", "ann@٢.com", "ann@א٢.com", "ann@l·l.cat", "ann@a·b.cat",
    "ann@·.cat", "ann@・.jp", "ann@ア・イ.jp", "ann@a・b.jp", "ann@͵α.gr", "ann@͵a.gr", "ann@א׳.com", "ann@a׳.com",
    "ann@अनुच्छेद.भारत", "ann@٠۰.com", "ann@ب٠۰.com", "ann@-é.com", "ann@é-.com", "ann@é--a.com", "ann@ab--é.com",
    "ann@xn--é.com", "ann@xn--.com", "ann@xn--a.com", "ann@xn--abc.com", "ann@xn--zzzzzzzz.com", "ann@xn--99999999.com",
    "ann@xn--a-.com", "ann@xn--n3h.net", "ann@xn--bcher-kva", "ann@xn--strae-oqa.de", "ann@xn--p1ai.xn--p1ai",
    "ann@xn--fa-hia.de", "ann@xn--bcher-kvb.de", "ann@xn--BCHER-KVA.xn--p1ai", "ann@xn--ab-yzt.com", "ann@xn--1ch.com",
    "ann@xn--mgba3a.com", "ann@xn--0ca24w.com", "ann@xn--ll-0ea.cat", "ann@xn--ab-0ea.cat", "ann@xn--ab-j1t.com",
    "ann@xn--lgbbat1ad8j.dz", "ann@\u0132.com", "ann@\u2460.com", "ann@\u00bd.com", "ann@\u3392.com", "ann@\u1fef.com",
    "ann@\u2260.com", "ann@a\u0338b.com", "ann@\u037e.com", "ann@\u2488.com", "ann@\ufdfa.com", "ann@\u2100.com",
    "ann@\ua9dc.com", "ann@\u0149.com", "ann@\u01c5.com", "ann@ǆ.com", "ann@İstanbul.com", "ann@ıstanbul.com", "ann@\u212a.com",
    "ann@\u1e9e.de", "ann@\u00aa.es", "ann@\u00b2.es", "ann@\u017f.de", "ann@\ufb03.com", "ann@\U0001d400.com", "ann@é\ufe0f.com",
    "ann@é\u034f.com", "ann@\u1d2c.com", "ann@\uff21\uff0d.com", "ann@\uff0d.com", "ann@\u2f00.com", "ann@\ufa0c.com",
    "ann@\u0e33.com", "ann@\u0eb3.com", "ann@\u0f0c.com", "ann@\u0f77.com", "ann@\u2024.com", "ann@a\u2025b.com", "ann@\u3131.kr",
    "ann@\u1100\u1161.kr", "ann@가.kr", "ann@\u0340a.com", "ann@a\u0340.com", "ann@a\u0344.com", "ann@\u20a8.in", "ann@\u2116.ru",
    "ann@é.1", "ann@é.٢", "ann@é.test", "ann@テスト", "ann@é.é", "ann@é." + "a" * 64, "ann@" + "é" * 60 + ".com",
    "ann@" + "é" * 55 + ".com", "ann@" + ".".join(["é" * 30] * 8) + ".com", "ann@" + "日" * 20 + ".com", "é" * 40 + "@" + "日" * 15 + ".jp",
    "a" * 60 + "@" + ".".join(["日" * 18] * 4) + ".jp", "a" * 60 + "@" + ".".join(["日" * 15] * 4) + ".jp",
    "a" * 64 + "@" + ".".join(["日" * 12] * 4) + ".jp", "a" * 64 + "@" + ".".join(["é" * 32] * 4) + ".jp",
    "é" * 64 + "@" + ".".join(["é" * 20] * 3) + ".jp", "é" * 64 + "@" + ".".join(["é" * 28] * 4) + ".jp",
]
ALPHABET = ["a", ".", "@", "-", "\"", "<", ">", " ", "b.co", "\\", "é"]
GENERATED = ["".join(t) for t in itertools.product(ALPHABET, repeat=3)]
GENERATED += ["a" + "".join(t) + "@x.org" for t in itertools.product(ALPHABET, repeat=2)]
GENERATED += ["a@" + "".join(t) + ".org" for t in itertools.product(["x", ".", "-", "é", "1", "_", "[", "xn--"], repeat=3)]
GENERATED += ["".join(t) for t in itertools.product(["A ", "\"", "<", "a@b.co", ">", " "], repeat=4)]


def escape(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return "".join(
        chr(b) if 0x20 <= b < 0x7F and b != 0x5C else f"\\x{b:02x}" for b in data
    )


ADAPTER = TypeAdapter(EmailStr)
seen = set()
for text in ADDRESSES + GENERATED:
    if text in seen:
        continue
    seen.add(text)
    try:
        outcome = ["ok", ADAPTER.validate_python(text)]
    except ValidationError as error:
        details = error.errors(include_url=False)
        assert len(details) == 1 and details[0]["type"] == "value_error", details
        outcome = ["no", details[0]["ctx"]["reason"]]
    print("\t".join([escape(text), outcome[0], escape(outcome[1])]))
