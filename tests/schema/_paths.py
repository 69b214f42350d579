"""Functions without a search_path of their own: each tool that looks for them must find exactly these."""

_INLINED = "a SET clause would keep it from being inlined; its callers have a path, its names are full"
WITHOUT_PATH = {
    "private.depois": _INLINED,
    "private.contar_itens": _INLINED,
    "private.ler_real": _INLINED,
    "private.ler_inteiro": _INLINED,
    "private.eh_numero_inteiro": _INLINED,
    "private.eh_infinito": _INLINED,
    "private.ler_instante": _INLINED,
    "private.erro_da_forma": _INLINED,
    "private.ler_leituras": _INLINED,
    "private.dentro_da_cerca": _INLINED,
    "private.milesimos": _INLINED,
    "private.ler_elementos": _INLINED,
    "private.comparar_leituras": _INLINED,
    "private.na_janela": _INLINED,
    "private.atras_do_cursor": _INLINED,
    "private.somavel": _INLINED,
    "private.dia_seguinte": _INLINED,
    "private.finito": _INLINED,
    "private.baldes": _INLINED,
    "private.rotulo": _INLINED,
    "private.baldes_das_leituras": _INLINED,
    "private.minutos_de": _INLINED,
    "private.triangulo": _INLINED,
    "private.manutencao": "a procedure with a SET clause may not commit; it calls functions that have one",
}
