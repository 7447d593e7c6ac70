"""respx speaks httpcore; the SDK's transport is httpcore2: the bridge between them."""

from __future__ import annotations

import httpcore2
from respx.mocks import HTTPCoreMocker


class HTTPCore2Mocker(HTTPCoreMocker):
    """Registers itself with respx as ``using="httpcore2"``."""

    name = "httpcore2"
    targets = tuple(target.replace("httpcore.", "httpcore2.") for target in HTTPCoreMocker.targets)

    @classmethod
    def from_sync_httpx_response(cls, httpx_response, target, **kwargs):
        return httpcore2.Response(
            status=httpx_response.status_code,
            headers=httpx_response.headers.raw,
            content=httpx_response.stream,
            extensions=httpx_response.extensions,
        )
