"""Security headers of every response.

Not by a package: flask-talisman, the usual one, has had no release since 2023,
redirects to https by default, and does not support hashes of inline scripts.
"""

from __future__ import annotations

import base64
import hashlib
import re

from flask import Flask, Response, request

# Also for answers that do not come from the application.
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_PAGE = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


def init_app(app: Flask) -> None:
    """Set them on what every route answers; what a route says itself stands."""
    app.after_request(_secured)


def _secured(response: Response) -> Response:
    policed = "Content-Security-Policy" in response.headers
    if response.mimetype == "text/html" and not policed and not response.direct_passthrough:
        response.headers["Content-Security-Policy"] = _page_policy(response.get_data(as_text=True))
    for name, value in (ALWAYS | (_HTTPS if request.is_secure else {})).items():
        response.headers.setdefault(name, value)
    return response


def _page_policy(page: str) -> str:
    """Allows the page's own scripts and no others: its template holds nothing that a caller sent."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(page))
    return _PAGE.format(scripts=" ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests))
