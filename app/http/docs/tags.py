"""The groups of operations in the API description."""

from __future__ import annotations

TAGS = {
    "eu": "Who calls: role, clients and permissions",
    "posicoes": "Ingestion: readings are stored exactly once, each with a verdict",
    "TbPosicaoAtual": "The latest known position of each device",
    "stream": "Live positions and values, by server-sent events",
    "HistoricoPaginaDispositivo": "History of devices, newest first",
    "trajeto": "Tracks of devices",
    "data": "Sensor values, exact at any resolution",
    "summary": "Summaries of the devices of a product",
    "cliente": "Products of a client and their devices",
    "dispositivos": "Devices of a fleet",
    "sensores": "Sensors of devices",
    "tipos-sensor": "What sensors measure, and in which unit",
    "destinatarios": "Sites, with their geofences",
    "enderecos": "Addresses of sites and positions",
    "produtos": "Products: the equipment that devices are mounted on",
    "itens": "Items that are counted on products",
    "imagens": "Pictures of products",
    "clientes": "Clients and their children",
    "lotes": "Bulk creation of devices or sensors from CSV or XLSX",
    "historico": "Import of history that comes from elsewhere",
    "erros-ingestao": "Quarantine: data that could not be stored; fix the cause, then replay or discard it",
    "retencao": "How long data of a client is kept, its dry run, and legal holds",
    "exclusoes": "Deletion of a device's series, or of a person, on request, by the service, with a receipt",
    "credenciais": "Logins of devices at the MQTT broker, managed by admins",
    "api-keys": "API keys of integrations and gateways",
    "pessoas": "People of a client; with a person's token, not with a key",
    "convites": "Invitations to a client; with a person's token, not with a key",
    "health": "Health; public",
    "metrics": "For Prometheus; public",
}
_BY_PATH = ("cadastros", "pessoas")  # what the framework groups together


def tag_of(path: str, given: str) -> str:
    """The group of an operation: that of its resource, where the framework's holds several."""
    return path.split("/")[2] if given in _BY_PATH else given
