"""POST /CadastraImgProduto: a picture of a product."""

from __future__ import annotations

import re

from flask import Response, request
from werkzeug.datastructures import FileStorage

from app.files import images
from app.http.kit.blueprint import errors
from app.http.kit.call import reply, settings
from app.http.v2.pictures.routes import keep

from .blueprint import OBJECT, Message, OldError, old_resource

pictures = old_resource("pictures", needs="admin")

_NAME = re.compile(r"([1-9]\d{0,8})-(\d{1,4})\.\w{1,5}")
_ROOM = 16 << 10  # bytes of a form around its file
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["arquivo"],
                    "properties": {
                        "arquivo": {
                            "type": "string",
                            "format": "binary",
                            "description": "PNG, JPEG or WebP, named `<cdProduto>-<nrImagem>.<ext>`.",
                        }
                    },
                }
            }
        },
    }
}


@pictures.post(
    "/CadastraImgProduto",
    responses={**OBJECT, **errors(404, 408, 413, 415, shape=Message)},
    openapi_extensions=_FORM,
)
def old_post_imagem() -> Response:
    """Upload a picture."""
    sent = _sent()
    product, place = _named(sent.filename or "")
    content = sent.read()
    if len(content) > settings().max_image_bytes:
        raise OldError(413, f"A imagem tem mais de {settings().max_image_bytes} bytes")
    kind = images.kind_of(content)
    if kind is None:
        raise OldError(400, "O arquivo não é uma imagem PNG, JPEG ou WebP")
    return reply(keep(product, place, content, *kind))


def _sent() -> FileStorage:
    request.max_content_length = settings().max_image_bytes + _ROOM
    # a form of another kind has no files, and would be taken apart all the same: a million fields in 5 MB
    sent = request.files.get("arquivo") if request.mimetype == "multipart/form-data" else None
    if sent is None:
        raise OldError(400, "Campo arquivo é necessário.")
    return sent


def _named(name: str) -> tuple[int, int]:
    found = _NAME.fullmatch(name)
    if not found:
        raise OldError(400, "O nome do arquivo deve ser <cdProduto>-<nrImagem>.<extensão>")
    return int(found[1]), int(found[2])
