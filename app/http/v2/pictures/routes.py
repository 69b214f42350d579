"""POST /v2/imagens and DELETE /v2/imagens/<codigo>: admins add and delete pictures of products."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response
from pydantic import Field

from app.errors import ApiError
from app.files import images
from app.http.kit import bodies
from app.http.kit.blueprint import errors, json_response, of
from app.http.kit.call import image_store, reply, require_admission, rpc, settings
from app.http.kit.parameters import Id, Limit, Query
from app.http.v2.fleet.reads import CodePath, fleet, written
from app.http.v2.fleet.schemas import ImagemRow

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The bytes of a picture of at most 5 MB (a setting) and 50 million pixels.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in images.MIMETYPES},
    }
}


class PictureQuery(Query):
    """Of which product."""

    cdProduto: Id = Field(json_schema_extra={"example": 1}, description="The product.")
    nrImagem: Limit | None = Field(default=None, description="Position among the pictures of the product.")


@fleet.post(
    "/imagens",
    responses={201: json_response("The row", of(ImagemRow)), **errors(404, 408, 413, 415)},
    openapi_extensions=_BODY,
)
def post_imagem(query: PictureQuery) -> Response:
    """Add a picture to a product; its format is found in its bytes."""
    require_admission("admin")  # before megabytes are read
    _, content = bodies.typed(images.MIMETYPES, settings().max_image_bytes)
    kind = images.kind_of(content)
    if kind is None:
        raise ApiError(400, "MALFORMED", "The body must be a PNG, JPEG or WebP picture.")
    return reply(keep(query.cdProduto, query.nrImagem, content, *kind), 201)


def keep(product: int, place: int | None, content: bytes, extension: str, mimetype: str) -> msgspec.Raw:
    """The file first: a row never names a file that is not there. Who may not have the row leaves no file."""
    folder, name = images.folder_of(product), images.new_name(extension)
    image_store().put(folder + name, content, mimetype)
    row = {"cdProduto": product, "nrImagem": place, "dsCaminho": folder, "cdCodigo": name}
    try:
        made = rpc("criar_cadastro", p_cadastro="imagens", p_dados=msgspec.json.encode(row).decode())
        return written(made).linha
    except ApiError as refused:
        if refused.status < 500:  # otherwise the row may be there, and its answer lost
            image_store().delete(folder + name)
        raise


@fleet.delete(
    "/imagens/<codigo>", responses={200: json_response("The row", of(ImagemRow)), **errors(404, 409)}
)
def delete_imagem(path: CodePath) -> Response:
    """Delete a picture, the row and then its file. A file of the legacy system stays: others may name it."""
    gone = rpc("apagar_cadastro", p_cadastro="imagens", p_codigo=path.codigo)
    row = msgspec.json.decode(gone)
    name = row["dsCaminho"] + row["cdCodigo"]
    if row["cdProduto"] is not None and images.product_of(name) == row["cdProduto"]:
        image_store().delete(name)
    return reply(gone)
