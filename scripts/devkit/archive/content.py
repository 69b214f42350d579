"""A checksum of rows that does not depend on the encoding of their file."""

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class Content:
    """Rows in their order, a batch at a time, however they are divided.

    A column is hashed as its rows: in one SHA-256 a byte each, 1 where there is a value; in another the
    values, little-endian, zero where there is none (times: microseconds since 1970; booleans: a byte; texts:
    the length of their UTF-8 in 8 bytes); in a third the texts themselves. The checksum is the SHA-256 of
    name, type, a line feed and these three of every column.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._hashes = [[hashlib.sha256() for _ in range(3)] for _ in schema]

    def add(self, batch: pa.RecordBatch) -> None:
        for column, hashes in zip(batch.columns, self._hashes, strict=True):
            for one, part in zip(hashes, _parts(column), strict=True):
                one.update(part)

    def hexdigest(self) -> str:
        whole = hashlib.sha256()
        for field, hashes in zip(self._schema, self._hashes, strict=True):
            whole.update(f"{field.name} {field.type}\n".encode())
            for one in hashes:
                whole.update(one.digest())
        return whole.hexdigest()


def _parts(column: pa.Array) -> tuple[bytes, bytes, bytes]:
    valid = column.is_valid().to_numpy(zero_copy_only=False).astype(np.uint8).tobytes()
    if pa.types.is_string(column.type):
        texts = [text.encode() for text in column.to_pylist() if text]
        lengths = pc.binary_length(column).fill_null(0)
        return valid, _numbers(lengths, "<i8"), b"".join(texts)
    if pa.types.is_timestamp(column.type):
        return valid, _numbers(column.cast(pa.int64()).fill_null(0), "<i8"), b""
    if pa.types.is_boolean(column.type):
        return valid, _numbers(column.fill_null(False), "u1"), b""
    kind = np.dtype(column.type.to_pandas_dtype()).newbyteorder("<")
    return valid, _numbers(column.fill_null(0), kind), b""


def _numbers(column: pa.Array, kind: Any) -> bytes:
    return bytes(column.to_numpy(zero_copy_only=False).astype(kind, copy=False).tobytes())
