"""Entities of an installation from before, with what its columns let people write. No time series."""

from typing import Any

from tests._lib.legacy import Rows

# Projects of the time gave every new object to the API roles.
OPEN_HANDED = """
    alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
    alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
    alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
"""
UNIT = 'comment on column public."TbDestinatario"."nrRaio" is %s'
WHEN = "2025-03-04 05:06:07"
PEOPLE = {n: f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3)}
# cdEndereco: what was written as dsLat and dsLong, and the coordinates that are left of it; None: not a pair.
ADDRESSES: dict[int, tuple[str | None, str | None, tuple[float, float] | None]] = {
    1: ("-23.55052", "-46.63331", (-23.55052, -46.63331)),
    2: ("-23.55052", "-46.63331", (-23.55052, -46.63331)),
    3: ("  -90 ", "+180.", (-90.0, 180.0)),
    4: ("-2.3e1", ".5", (-23.0, 0.5)),
    5: (None, None, None),
    6: ("", " ", None),
    7: ("não informado", "-46.6", None),
    8: ("-23,55", "-46,63", None),
    9: ("90.00001", "10", None),
    10: ("10", "-180.5", None),
    11: ("-23.5", None, None),
    12: ("-23.5", "", None),
    13: ("NaN", "Infinity", None),
    14: ("1e99", "1e999", None),
    15: ("1e-300", "0", None),
    16: ("0x1A", "1_000", None),
    17: ("12345678901234567890123456789012345678901234", "0", None),
    18: ("0", "0", (0.0, 0.0)),
}
OVERLONG = "é" * 4_001  # for any text
REPORTED = [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]
# cdDestinatario: nrRaio as it was, in kilometres, and in metres.
RADII: dict[int, tuple[str | None, float | None]] = {
    1: ("0.5", 500.0),
    2: ("0", 0.0),
    3: (None, None),
    4: ("-1", None),
    5: ("NaN", None),
    6: ("Infinity", None),
}
# Weights of items as they were, and as they are.
WEIGHTS: dict[int, tuple[str, float | None]] = {
    2: ("0", 0.0),
    3: ("0.000001", 1e-6),
    4: ("1e-300", None),
    5: ("1e300", None),
    6: ("-120", None),
    7: ("NaN", None),
}
# dsKey, dsPermissoes as they were, and as they are.
KEYS: dict[str, tuple[list[str] | None, list[str]]] = {
    "legacy-key-with-rights-0123456789": (["read", "ingest"], ["read", "ingest"]),
    "legacy-key-without-rights-0123456789": (None, ["read"]),
    "legacy-key-of-an-old-kind-0123456789": (["read", "write", "delete"], ["read"]),
    "chave": (["admin"], ["admin"]),
    "chave çã": (["read"], ["read"]),
}


def key_id(number: int) -> str:
    return f"10000000-0000-4000-8000-{number:012}"


def rows() -> Rows:
    """Everything, by table."""
    return _places() | _things() | _people() | _stock()


def _places() -> Rows:
    clients = [
        {"cdCliente": 1, "dsNome": "pai", "cdStatus": "ativo"},
        {"cdCliente": 2, "dsNome": "filho", "cdClientePai": 1, "dtRegistro": None},
        {"cdCliente": 3, "dsNome": "outro", "nrCnpj": "00000000000191", "dsObs": OVERLONG},
    ]
    codes = [{"id": 5, "dsChave": "código", "dtRegistro": WHEN, "nrLimite": 2, "cdCliente": 1}]
    addresses: list[dict[str, Any]] = [
        {"cdEndereco": n, "dsLogradouro": f"Rua {n}", "dsLat": lat, "dsLong": long, "dtRegistro": WHEN}
        for n, (lat, long, _) in ADDRESSES.items()
    ]
    sites = [
        {"cdDestinatario": n, "nrRaio": radius, "dtRegistro": WHEN, "cdCliente": 1, "cdEndereco": n}
        for n, (radius, _) in RADII.items()
    ]
    return {
        'public."TbCliente"': clients,
        'public."TbClienteChave"': codes,
        'public."TbEndereco"': addresses,
        'public."TbDestinatario"': [*sites, {"cdDestinatario": 7, "dtRegistro": WHEN}],
        'public."TbEstado"': [
            {"cdEstadoIBGE": 35, "dsUf": "SP"},
            {"cdEstadoIBGE": 35, "dsUf": "sp"},
            {"cdEstadoIBGE": 33, "dsUf": "RJ"},
        ],
        'public."TbMunicipio"': [
            {"cdMunicipioIBGE": "50308", "cdEstadoIBGE": 35, "cdMunicipioCompleto": "3550308"}
        ],
    }


def _things() -> Rows:
    product = {"cdProduto": 1, "dsNome": "produto", "cdStatus": "estoque", "cdCliente": 1, "nrAlt": 1.5}
    item = {
        "cdProdutoItem": 1,
        "dsNome": "item",
        "nrPesoUnit": 120.5,
        "nrUnidade": "caixa",
        "dtRegistro": WHEN,
    }
    device = {
        "cdDispositivo": 1,
        "dsDispositivo": "dispositivo",
        "nrChip": 5511900000000,
        "cdStatus": "suspenso",
        "dtRegistro": WHEN,
        "cdDestinatario": 1,
        "cdProduto": 1,
        "cdCliente": 1,
        "horarioMedicaoInicio": "22:00",
        "horarioMedicaoFim": "06:00",
    }
    kinds: list[dict[str, Any]] = [
        {"id": 3, "dsNome": "Peso (antigo)", "dtRegistro": WHEN, "dsUnidade": "gramas"},
        {"id": 99, "dsNome": "Outro", "dtRegistro": WHEN},
    ]
    sensors: list[dict[str, Any]] = [
        {"cdSensor": 1, "cdDispositivo": 1, "cdTipoSensor": 3, "cdProdutoItem": 1, "cdUnidade": "gramas"},
        {"cdSensor": 2, "cdDispositivo": 1, "cdTipoSensor": 3, "nrUnidadeIni": 10, "nrUnidadeFim": 20},
        {"cdSensor": 3, "cdDispositivo": 2, "cdTipoSensor": 99},
    ]
    return {
        'public."TbProduto"': [product, {"cdProduto": 2}],
        'public."TbProdutoItem"': [
            item,
            *({"cdProdutoItem": n, "nrPesoUnit": weight} for n, (weight, _) in WEIGHTS.items()),
        ],
        'public."TbProdutoItemJoinTable"': [{"cdProdutoItem": 1, "cdProduto": 1}],
        'public."TbImagens"': [
            {"dsCaminho": "produtos/", "cdCodigo": "1-1.png", "cdProduto": 1, "nrImagem": 1}
        ],
        'public."TbDispositivo"': [device, {"cdDispositivo": 2, "dtRegistro": WHEN}],
        'public."TbTipoSensor"': kinds,
        'public."TbSensor"': sensors,
    }


def _people() -> Rows:
    """Person 1 is of client 1, 2 of client 3, 3 of none; the keys are person 1's."""
    users: list[dict[str, Any]] = [
        {"id": PEOPLE[1], "raw_user_meta_data": {"nome": "Ana", "cdCliente": "1", "cdChave": "5"}},
        {"id": PEOPLE[2], "raw_user_meta_data": {"nome": "Bia", "cargo": "gerente", "cdCliente": "3"}},
        {"id": PEOPLE[3]},
    ]
    keys: list[dict[str, Any]] = [
        {
            "cdApiKey": key_id(n),
            "cdUsuario": PEOPLE[1],
            "dsKey": key,
            "dsPermissoes": rights,
            "blAtiva": n != 2,
        }
        for n, (key, (rights, _)) in enumerate(KEYS.items(), start=1)
    ]
    keys[0] |= {"cdClientes": [2], "dtRegistro": WHEN, "dsNome": "balança"}
    return {"auth.users": users, 'public."TbApiKeys"': keys}


def _stock() -> Rows:
    return {
        "inventario.armazem": [{"cdArmazem": 1, "dtRegistro": WHEN, "nome": "central", "cdCliente": 1}],
        "inventario.rua": [{"cdRua": 1, "nome": "A", "dtRegistro": WHEN, "cdArmazem": 1, "position": 1}],
        "inventario.prateleira": [
            {"cdPrateleira": 1, "nome": "1", "cdRua": 1, "dtRegistro": WHEN, "position": 1}
        ],
        "inventario.sessao": [
            {"cdSessao": 1, "nome": "a", "cdPrateleira": 1, "dtRegistro": WHEN, "position": 1}
        ],
        "inventario.inventario": [
            {"cdInventario": 1, "cdArmazem": 1, "dtComeco": WHEN, "statusInventario": "finalizado"}
        ],
        "inventario.leituras": [
            {"id": 1, "dtRegistro": WHEN, "dadoLeitura": "789", "cdSessao": 1, "blVazio": False}
        ],
    }
