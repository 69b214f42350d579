"""Values that have broken other programs: texts, JSON as it may be written, and whole bodies and queries."""

from collections.abc import Iterator

TEXTS: dict[str, str] = {
    "a quote": "'",
    "two quotes": '"',
    "SQL that ends a statement": '\'; drop table "TbPosicao"; --',
    "SQL that is always true": "1' or '1'='1",
    "SQL in a number": "1 or 1=1",
    "SQL that waits": "1);select pg_sleep(60)--",
    "SQL in dollars": "$$;select 1/0;$$",
    "a union": '1 union select "dsHash" from "TbApiKeys"',
    "a comment": "1/**/--",
    "a backslash": "\\",
    "an escaped quote": "\\'",
    "driver formats": "%s %(claims)s %d %%",
    "a parameter": "$1",
    "braces": "{}{0}{x.__class__}",
    "an array": "{1,2,3}",
    "a template": "{{7*7}}${7*7}",
    "markup": "<script>alert(1)</script>",
    "a path": "../../../../etc/passwd",
    "line breaks": "a\r\nX-Injected: 1\r\n\r\nb",
    "NUL": "a\x00b",
    "controls": "\x01\x07\x08\x1b[31m\x7f",
    "nothing": "",
    "spaces": " \t ",
    "right to left": "\u202eabc\u202c שלום",
    "zero width": "7\u200b\u200d\ufeff",
    "an emoji family": "👩‍👩‍👧‍👦",
    "decomposed": "e\u0301",
    "other digits": "٣７𝟟",
    "a separator": "\u2028\u2029\x85",
    "no character": "\uffff\ufdd0",
    "half a pair": "\ud83d",
    "the other half": "\udc00x",
    "64 kB": "x" * 65_536,
    "64 kB of accents": "e" + "\u0301" * 32_768,
    "10,000 digits": "9" * 10_000,
    "a huge number": "1e400",
    "a tiny number": "1e-400",
    "2^63": "9223372036854775808",
    "2^31": "2147483648",
    "minus nothing": "-0",
    "a fraction": "1.5",
    "hexadecimal": "0x10",
    "underscores": "1_000",
    "no number": "NaN",
    "infinity": "-Infinity",
    "null": "null",
    "true": "true",
    "many commas": "," * 2_000,
    "1,001 numbers": ",".join(["1"] * 1_001),
    "year 0": "0000-01-01T00:00:00Z",
    "year 9999": "9999-12-31T23:59:59.999999999-23:59",
    "year 10000": "10000-01-01",
    "a day of year 1": "00010101",
    "a leap second": "2016-12-31T23:59:60Z",
    "epoch words": "infinity",
    "an odd offset": "2026-01-01T00:00:00+99:99",
    "a UUID in braces": "{00000000-0000-4000-8000-000000000001}",
}

# As written in JSON, where a program might think of one spelling only.
FRAGMENTS: dict[str, bytes] = {
    "1e400": b"1e400",
    "-1e400": b"-1e400",
    "1e-400": b"1e-400",
    "1e200000": b"1e200000",
    "-0": b"-0",
    "-0.0": b"-0.0",
    "2**63": b"9223372036854775808",
    "-2**63-1": b"-9223372036854775809",
    "2**31": b"2147483648",
    "2**53+1": b"9007199254740993",
    "401 digits": b"1" + b"0" * 400,
    "10,000 digits": b"7" * 10_000,
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "true": b"true",
    "null": b"null",
    "a list": b"[]",
    "an object": b"{}",
    "1.5": b"1.5",
    "01": b"01",
    "+1": b"+1",
    ".5": b".5",
    "an escaped NUL": b'"\\u0000"',
    "an escaped half": b'"\\ud83d"',
    "an escaped other half": b'"\\udc00\\ud83d"',
    "an unknown escape": b'"\\x41"',
    "a raw line break": b'"a\nb"',
    "a raw NUL": b'"a\x00b"',
    "Latin-1": b'"\xe9"',
    "an overlong character": b'"\xc0\x80"',
    "a raw half": b'"\xed\xa0\xbd"',
    "a key twice": b'{"a":1,"a":2}',
    "a wrapper of ours": b'{"$payload":"eA==","$tamanho":1,"$hash":"00","$error_code":"MALFORMED"}',
}

# These take some milliseconds each.
HEAVY: dict[str, bytes] = {
    "100,000 levels": b"[" * 100_000 + b"]" * 100_000,
    "100,000 levels of objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "100,000 open brackets": b"[" * 100_000,
    "a list of 100,000": b"[" + b",".join([b"1"] * 100_000) + b"]",
    "100,000 keys": b"{" + b",".join(b'"k%d":1' % number for number in range(100_000)) + b"}",
}

QUERIES: dict[str, str] = {
    "nothing": "",
    "only separators": "&&&=&=&;",
    "broken escapes": "cdProduto=%zz&desde=%&page=%1",
    "an escaped NUL": "cdProduto=%00",
    "bytes that are not UTF-8": "cdProduto=%ff%fe&motivo=%c0%80&cursor=%ed%a0%80",
    "escaped twice": "cdProduto=%2531",
    "a name twice": "cdProduto=1&cdProduto=2&page=1&page=2&pageSize=1&pageSize=x&validar=1&validar=0",
    "brackets": "cdProduto[]=1&cdProduto[$gt]=0",
    "a nested name": "cdProduto.__class__=1&__proto__[x]=1",
    "an unknown name": "nothing=1&%27%3Bdrop=1",
    "5,000 names": "&".join(f"n{number}=1" for number in range(5_000)),
    "a megabyte": "cdProduto=" + "1" * 1_000_000,
}


def bodies(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Whole bodies, made of a good one."""
    yield "nothing", b""
    yield "spaces", b" \r\n\t "
    yield "a byte order mark", b"\xef\xbb\xbf" + good
    yield "UTF-16", good.decode().encode("utf-16")
    yield "UTF-32", good.decode().encode("utf-32-be")
    yield "Latin-1", good[:-1] + b"\xe9" + good[-1:]
    yield "twice", good + good
    yield "something after", good + b"x"
    yield "NUL after", good + b"\x00"
    yield "cut off", good[:-1]
    yield "a form", b"cdDispositivo=7"
    yield "XML", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    yield "gzip", b"\x1f\x8b\x08\x00" + bytes(100)
    yield from (FRAGMENTS | HEAVY).items()
