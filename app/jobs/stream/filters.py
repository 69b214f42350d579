"""What a viewer sees of what it may see."""

from __future__ import annotations

from collections.abc import Collection

from .areas import Area
from .database import Position
from .query import StreamQuery


class Filter:
    """Which positions a viewer wants. Equal filters are equal keys. ``polygon``: of private.check_area."""

    def __init__(self, query: StreamQuery, polygon: bytes | None = None) -> None:
        self._client, self._product, self._is_outside = query.cdCliente, query.cdProduto, query.fora
        self._devices = frozenset(query.cdDispositivos) if query.cdDispositivos else None
        self._area = Area(query.circulo, query.caixa, polygon)
        self.sensors = frozenset(query.sensores or ())
        self.key = (
            self._client, self._product, self._is_outside, self._devices, self._area.key, self.sensors,
        )  # fmt: skip

    def wants(self, position: Position, clients: Collection[int]) -> bool:
        """Whether a position is among those that a viewer of these clients asked for."""
        product = position.product if position.shows_product(clients) else None
        return (
            (self._client is None or position.client == self._client)
            and (self._product is None or product == self._product)
            and (self._devices is None or position.device in self._devices)
            and (self._is_outside is None or position.is_inside is (not self._is_outside))
            and self._area.holds(position.latitude, position.longitude)
        )

    @property
    def may_lose(self) -> bool:
        """Whether a device that matched may cease to match."""
        return (
            self._product is not None
            or self._is_outside is not None
            or not self._area.is_anywhere
            or self._client is not None
        )
