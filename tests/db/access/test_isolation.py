"""Who sees, changes and calls what, for every object of the database and every kind of caller.

The tables below are the expected answers. They are held against the catalogue: an object that is in none of
them fails on the day it is born. Digits are clients (see _isolation.py), 0 is what belongs to nobody:

    13   the rows of clients 1 and 3, all of them     1~        some rows of client 1     -   no row
    x    refused, whatever the rows                   401 403   what an RPC answers

Seen to fail: each policy of sql/80_policies dropped, or opened to all rows; a grant too many to anon or
authenticated; a view that is no security_invoker; a granted partition; claims believed (role, clients, an old
request.jwt.claim.sub); an RPC without its guard or with a weaker one; keys that outlive their expiry or
their switch; a new table, a new function.
"""

from collections.abc import Iterator

import pytest

from tests._lib.databases import Database
from tests.db.access._isolation import CALLERS, World
from tests.db.access._isolation_cells import Relation, among, parse, shown

# What each rule means for each caller.
#   own       rows of the clients one acts for          common    the same for everybody
#   managed   what only admins see                      backend   for the service role alone
#   people    profiles: one's own, or all one manages   closed    for no role of the API
#   keys      likewise API keys                         children  clients under a client one manages
#   sites     addresses of sites one manages            any       by any admin, as it belongs to nobody yet
#   stock     stock-taking: people, not their keys      service   by whoever acts for everybody
#   fixed     rows that are made and deleted, not changed
RULES = """
             own    managed people keys   sites   common any    children stock service fixed  backend closed
anon         x      x       x      x      x       x      x      x        x     x       x      x       x
unset        -      -       -      -      -       0      -      -        -     -       -      x       x
unknown      -      -       -      -      -       0      -      -        -     -       -      x       x
reader1      13     -       1~     1~     -       0      -      -        13    -       -      x       x
admin1       13     13      13     13     1~3~    0      01234  34       13    -       -      x       x
reader3      34     -       3~     3~     -       0      -      -        34    -       -      x       x
liar3        34     -       3~     3~     -       0      -      -        34    -       -      x       x
admin3       34     34      34     34     3~4~    0      01234  4        34    -       -      x       x
admin2       2      2       2      2      2~      0      01234  -        2     -       -      x       x
key-read1    13     -       -      -      -       0      -      -        -     -       -      x       x
key-ingest1  -      -       -      -      -       0      -      -        -     -       -      x       x
key-limited  3      3       3      3      3~      0      01234  4        3     -       -      x       x
key-mighty   13     -       -      -      -       0      -      -        -     -       -      x       x
key-expired  -      -       -      -      -       0      -      -        -     -       -      x       x
key-inactive -      -       -      -      -       0      -      -        -     -       -      x       x
key-orphan   -      -       -      -      -       0      -      -        -     -       -      x       x
key-moved    -      -       -      -      -       0      -      -        -     -       -      x       x
key-gateway  -      -       -      -      -       0      -      -        -     -       -      x       x
key-auditor  1234   -       -      -      -       0      -      -        -     -       -      x       x
tracker1     -      -       -      -      -       0      -      -        -     -       -      x       x
tracker2     -      -       -      -      -       0      -      -        -     -       -      x       x
service      01234  01234   01234  01234  01234   0      01234  01234    01234 01234   -      x       x
service_role 01234  01234   01234  01234  01234   0      01234  01234    01234 01234   01234  01234   x
"""

# Relation, what tells the client of a row, and by which rule one selects, inserts, updates and deletes.
RELATIONS = """
public.TbCliente              cdCliente       own      children managed  managed
public.TbClienteChave         cdCliente       managed  backend  backend  backend
public.TbEndereco             cdEndereco      own      any      sites    managed
public.TbDestinatario         cdCliente       own      managed  managed  managed
public.TbProduto              cdCliente       own      managed  managed  managed
public.TbProdutoItem          cdProdutoItem   own      any      managed  managed
public.TbProdutoItemJoinTable cdProduto       own      managed  fixed    managed
public.TbImagens              cdProduto       own      managed  managed  managed
public.TbDispositivo          cdCliente       own      managed  managed  managed
public.TbDispositivoLiberado  cdDispositivo   own      service  service  service
public.TbTipoSensor           nobody          common   backend  backend  backend
public.TbSensor               cdDispositivo   own      managed  managed  managed
public.profiles               cdCliente       people   backend  backend  backend
public.TbApiKeys              owner           keys     backend  backend  backend
public.TbUsoApiKey            used            keys     closed   closed   closed
public.TbEstado               nobody          common   backend  backend  backend
public.TbMunicipio            nobody          common   backend  backend  backend
public.TbPosicao              cdCliente       own      closed   closed   closed
public.TbSensorRegistro       cdCliente       own      closed   closed   closed
public.TbPosicaoAtual         cdCliente       own      closed   closed   closed
public.TbDispositivoVinculo   cdCliente       own      closed   closed   closed
public.TbEnderecoVinculo      cdCliente       own      closed   closed   closed
public.TbSensorVinculo        cdDispositivo   own      closed   closed   closed
public.TbIngestaoErro         cdCliente       managed  closed   closed   closed
public.TbComandoAck           cdCliente       own      closed   closed   closed
public.TbEventoDispositivo    cdCliente       own      closed   closed   closed
public.TbManutencaoExecucao   nobody          backend  closed   closed   closed
public.TbSensorRegistro1m     cdCliente       own      closed   closed   closed
public.TbSensorRegistro5m     cdCliente       own      closed   closed   closed
public.TbSensorRegistro1h     cdCliente       own      closed   closed   closed
public.TbSensorRegistro1d     cdCliente       own      closed   closed   closed
public.TbContagemDiaria       cdCliente       own      closed   closed   closed
public.TbPoliticaRetencao     cdCliente       own      backend  backend  backend
public.TbDispositivoCredencial nobody         closed   closed   closed   closed
public.TbAuditoria            entry           managed  closed   closed   closed
private.TbConfiguracao        nobody          closed   closed   closed   closed
private.TbGeocodificacao      nobody          closed   closed   closed   closed
private.TbGeocodificacaoVez   nobody          closed   closed   closed   closed
private.TbRollupMarca         nobody          closed   closed   closed   closed
private.TbRollupPendente      nobody          closed   closed   closed   closed
private.TbManutencaoConcessao nobody          closed   closed   closed   closed
private.TbRetencaoPiso        nobody          closed   closed   closed   closed
private.TbConversaoAviso      nobody          closed   closed   closed   closed
inventario.armazem            cdCliente       own      stock    stock    stock
inventario.rua                cdArmazem       own      stock    stock    stock
inventario.prateleira         cdRua           own      stock    stock    stock
inventario.sessao             cdPrateleira    own      stock    stock    stock
inventario.inventario         cdArmazem       own      stock    stock    stock
inventario.leituras           cdSessao        own      stock    stock    stock
public.VwTbPosicaoAtual       cdCliente       own
public.VwProdutosFora         cdProduto       own
public.VwTbDestinatarioDispositivo cdCliente  own
public.VwTbProdutoTipo        cdCliente       own
public.VwTbProdutoTotal       cdCliente       own
public.VwTbProdutoTotalStatus cdCliente       own
public.VwProdutoCompleto      cdCliente       own
public.VwRelDadosDispositivo  cdCliente       own
public.VwRelHistoricoDispositivoProduto cdCliente own
public.VwSaudeFrota           cdCliente       own
public.VwSensorRegistro       cdCliente       own
public.VwSensorRegistro1m     cdCliente       own
public.VwSensorRegistro5m     cdCliente       own
public.VwSensorRegistro1h     cdCliente       own
"""

# Callers and functions: the clients concerned; 0 when the function concerns none, or nobody's row.
CALLS = """
             reads posts sends replays sees managed admins all upkeep items links stock self open makes finds enters knocks writes joins
anon         x     x     x     x       x    x       x      x   x      x     x     x     x    x    x     x     x      0 x x
unset        401   401   401   401     -    -       -      -   x      -     -     -     -    0    401   401   401    0 401 401
unknown      401   401   401   401     -    -       -      -   x      -     -     -     -    0    401   401   401    0 401 401
reader1      13    403   403   403     13   -       -      -   x      13    -     13    1    0    403   403   0      0 403 409
admin1       13    13    0     13      13   13      13     -   x      13    13    13    1    0    0     404   0      0 1 409
reader3      34    403   403   403     34   -       -      -   x      34    -     34    3    0    403   403   0      0 403 409
liar3        34    403   403   403     34   -       -      -   x      34    -     34    3    0    403   403   0      0 403 409
admin3       34    34    0     34      34   34      34     -   x      34    34    34    3    0    0     404   0      0 3 409
admin2       2     2     0     2       2    2       2      -   x      2     2     2     2    0    0     404   0      0 2 409
key-read1    13    403   403   403     13   -       -      -   x      13    -     -     -    0    403   403   0      0 403 403
key-ingest1  403   13    0     403     -    -       -      -   x      -     -     -     -    0    403   403   0      0 403 403
key-limited  3     3     0     3       3    3       3      -   x      3     3     3     -    0    0     404   0      0 3 403
key-mighty   13    13    0     403     13   -       -      -   x      13    -     -     -    0    403   403   0      0 403 403
key-expired  401   401   401   401     -    -       -      -   x      -     -     -     -    0    401   401   401    401 401 401
key-inactive 401   401   401   401     -    -       -      -   x      -     -     -     -    0    401   401   401    401 401 401
key-orphan   401   401   401   401     -    -       -      -   x      -     -     -     -    0    401   401   401    401 401 401
key-moved    -     403   403   -       -    -       -      -   x      -     -     -     -    0    0     404   0      0 403 403
key-gateway  403   1234  0     403     -    -       -      -   x      -     -     -     -    0    403   403   0      0 403 403
key-auditor  1234  403   403   403     1234 -       -      -   x      1234  -     -     -    0    403   403   0      0 403 403
tracker1     403   1     0     403     -    -       -      -   x       -     -     -     -    0    403   403   0      0      403 403
tracker2     401   401   401   401     -    -       -      -   x       -     -     -     -    0    401   401   401    0      401 401
service      1234  1234  0     01234   1234 1234    01234  0   x      1234  1234  1234  0    0    0     404   0      0 0 409
service_role 1234  1234  0     01234   1234 1234    x      0   0      x     x     1234  -    0    403   404   x      0 0 403
"""  # noqa: E501 - a table

LATELY = "localtimestamp - interval '1 day', localtimestamp + interval '1 hour'"
# Functions an API role can reach, by which rule, and a statement that tells the clients it worked for.


def _chart(name: str) -> str:
    return f"""select c from generate_series(1, 4) c where json_array_length(public.{name}(
                 c * 100 + 1, now() - interval '1 day', now() + interval '1 hour') -> 'datasets') > 0"""


FUNCTIONS = {
    "public.insert_device_readings": (
        "posts",
        """select (r ->> 'index')::integer
           from jsonb_array_elements(public.insert_device_readings('[
             {"cdDispositivo": 1, "nrSeq": 7}, {"cdDispositivo": 101, "nrSeq": 7},
             {"cdDispositivo": 201, "nrSeq": 7}, {"cdDispositivo": 301, "nrSeq": 7},
             {"cdDispositivo": 401, "nrSeq": 7}]') -> 'results') r
           where r ->> 'verdict' = 'stored'""",
    ),
    "public.insert_device_messages": (
        "posts",
        """select c from generate_series(0, 4) c
           where public.insert_device_messages('[]', jsonb_build_array(jsonb_build_object(
             'tipo', 'event', 'cdDispositivo', c * 100 + 1, 'dsPayload',
             '{"schema": "v1", "event_type": "x", "ts": "2026-01-01T00:00:00Z"}'::jsonb)))
             -> 'messages' = '[]'""",
    ),
    "public.insert_device_reading": (
        "posts",
        """select c from generate_series(0, 4) c
           where public.insert_device_reading(c * 100 + 1, p_nr_seq => 7) ->> 'verdict' = 'stored'""",
    ),
    "public.quarentenar_payload": (
        "sends",
        "select 0 from public.quarentenar_payload('', 1, repeat('0', 64), 'MALFORMED', 'text')",
    ),
    "public.get_posicoes_atuais": (
        "reads",
        "select (r ->> 'cdCliente')::integer from jsonb_array_elements(public.get_posicoes_atuais()) r",
    ),
    "public.get_historico_paginado": (
        "reads",
        """select distinct (r ->> 'cdDispositivo')::integer / 100
           from jsonb_array_elements(public.get_historico_paginado() -> 'data') r""",
    ),
    "public.antes_da_requisicao": ("knocks", "select 0 from public.antes_da_requisicao()"),
    "public.criar_credencial": ("finds", "select 0 from public.criar_credencial(999999)"),
    "public.get_credenciais": ("finds", "select 0 from public.get_credenciais(999999)"),
    "public.revogar_credencial": (
        "finds",
        "select 0 from public.revogar_credencial(999999, gen_random_uuid())",
    ),
    "public.criar_api_key": ("makes", "select 0 from public.criar_api_key('key')"),
    "public.rotacionar_api_key": ("finds", "select 0 from public.rotacionar_api_key(gen_random_uuid())"),
    "public.limitar_api_key": ("finds", "select 0 from public.limitar_api_key(gen_random_uuid())"),
    "public.revogar_api_key": ("finds", "select 0 from public.revogar_api_key(gen_random_uuid())"),
    "public.get_api_keys": (
        "replays",
        """select distinct right(r ->> 'cdUsuario', 12)::integer / 100
           from jsonb_array_elements(public.get_api_keys() -> 'data') r""",
    ),
    "public.get_erros_ingestao": (
        "replays",
        """select distinct c from jsonb_array_elements(public.get_erros_ingestao() -> 'data') r,
           generate_series(0, 4) c where (r ->> 'cdErro')::integer = c * 100 + 1""",
    ),
    "public.reprocessar_erros": (
        "replays",
        """select c from generate_series(0, 4) c
           where (public.reprocessar_erros(array[c * 100 + 1]) ->> 'total')::integer > 0""",
    ),
    "public.get_cadastros": (
        "reads",
        """select (r ->> 'cdCliente')::integer
           from json_array_elements(public.get_cadastros('dispositivos') -> 'data') r
           where r ->> 'cdCliente' is not null""",
    ),
    "public.criar_cadastro": (
        "writes",
        """select coalesce((r #>> '{linha,cdCliente}')::integer, 0)
           from public.criar_cadastro('produtos', '{"dsNome": "new"}') r""",
    ),
    "public.mudar_cadastro": (
        "finds",
        """select 0 from public.mudar_cadastro('produtos', 999999, '{"dsNome": "new"}')""",
    ),
    "public.get_produtos_por_status": (
        "reads",
        """select (p ->> 'cdProduto')::integer / 100
           from json_array_elements(public.get_produtos_por_status()) p
           where (p ->> 'cdProduto')::integer > 100""",
    ),
    "public.get_produtos_completos": (
        "reads",
        """select c from generate_series(1, 4) c
           where json_array_length(public.get_produtos_completos(c) -> 'data') > 0""",
    ),
    "public.get_posicoes": (
        "reads",
        "select (p ->> 'cdCliente')::integer from json_array_elements(public.get_posicoes()) p",
    ),
    "public.get_historico_completo": (
        "reads",
        """select distinct (r ->> 'cdDispositivo')::integer / 100
           from jsonb_array_elements(public.get_historico_completo()) r""",
    ),
    "public.get_historico_leituras": (
        "reads",
        "select (r ->> 'cdCliente')::integer from json_array_elements(public.get_historico_leituras()) r",
    ),
    "public.get_dados_dispositivos": (
        "reads",
        "select (r ->> 'cdCliente')::integer from json_array_elements(public.get_dados_dispositivos()) r",
    ),
    "public.registrar_posicao": (
        "posts",
        """select c from generate_series(0, 4) c where public.registrar_posicao(
             jsonb_build_object('cdDispositivo', c * 100 + 1, 'nrSeq', 7)) ->> 'verdict' = 'stored'""",
    ),
    "public.get_posicoes_geojson": (
        "reads",
        """select (f -> 'properties' ->> 'cdCliente')::integer
           from json_array_elements(public.get_posicoes_geojson() -> 'features') f""",
    ),
    "private.itens_do_historico": (
        "sees",
        "select \"cdProdutoItem\" / 100 from private.itens_do_historico('{1, 101, 201, 301, 401}')",
    ),
    "private.posicoes_com_leituras": ("open", "select 0 from private.posicoes_com_leituras('{}')"),
    "private.cadastro": ("open", "select 0 from private.cadastro('produtos')"),
    "private.filtrar_cadastro": (
        "open",
        "select 0 from private.filtrar_cadastro(private.cadastro('produtos'), '{}')",
    ),
    "private.colunas_dadas": (
        "open",
        "select 0 from (select private.colunas_dadas(private.cadastro('produtos'), '{}')) e",
    ),
    "private.exigir_ate": ("open", "select 0 from (select private.exigir_ate(1, 2)) e"),
    "private.exigir_numeros": ("open", f"select 0 from (select private.exigir_numeros(1, {LATELY}, '1h')) e"),
    "private.exigir": ("reads", """select unnest("cdClientes") from private.exigir('read')"""),
    "private.clientes_visiveis": ("sees", "select unnest(private.clientes_visiveis())"),
    "private.clientes_administrados": ("managed", "select unnest(private.clientes_administrados())"),
    "private.dispositivos_administrados": ("admins", "select private.dispositivos_administrados() / 100"),
    "private.produtos_administrados": ("admins", "select private.produtos_administrados() / 100"),
    "private.destinatarios_administrados": ("admins", "select private.destinatarios_administrados() / 100"),
    "private.endereco_alheio": (
        "links",
        "select c from generate_series(1, 4) c where not private.endereco_alheio(c * 100 + 1)",
    ),
    "private.item_alheio": (
        "items",
        "select c from generate_series(1, 4) c where not private.item_alheio(c * 100 + 1)",
    ),
    "private.item_partilhado": (
        "managed",
        "select c from generate_series(1, 4) c where not private.item_partilhado(c * 100 + 1)",
    ),
    "public.apagar_cadastro": ("finds", "select 0 from public.apagar_cadastro('produtos', 999999)"),
    "public.get_trajeto": (
        "reads",
        """select c from generate_series(1, 4) c where json_array_length(
             public.get_trajeto(c * 100 + 1, '-infinity', 'infinity') -> 'data') > 0""",
    ),
    "private.ler_cursor_trajeto": ("open", "select 0 from private.ler_cursor_trajeto(null)"),
    "public.criar_convite": ("finds", "select 0 from public.criar_convite(999999)"),
    "public.revogar_convite": ("finds", "select 0 from public.revogar_convite(999999)"),
    "public.get_convites": (
        "replays",
        """select distinct (r ->> 'cdCliente')::integer
           from jsonb_array_elements(public.get_convites() -> 'data') r
           union all select 0 where private.eh_servico()""",
    ),
    "public.get_pessoas": (
        "replays",
        """select distinct coalesce((r ->> 'cdCliente')::integer, 0)
           from jsonb_array_elements(public.get_pessoas() -> 'data') r""",
    ),
    "public.mudar_pessoa": ("finds", "select 0 from public.mudar_pessoa(gen_random_uuid(), 'admin')"),
    "public.remover_pessoa": ("finds", "select 0 from public.remover_pessoa(gen_random_uuid())"),
    "public.aceitar_convite": ("joins", "select 0 from public.aceitar_convite('x')"),
    "public.criar_cadastros": (
        "replays",
        """select c from generate_series(1, 4) c where public.criar_cadastros(
             'dispositivos', jsonb_build_array(jsonb_build_object('cdCliente', c)), true) -> 'erros' = '[]'
           union all select 0 where private.eh_servico()""",
    ),
    "private.erros_do_lote": ("open", "select 0 from private.erros_do_lote('[]')"),
    "public.vincular_item": ("finds", "select 0 from public.vincular_item(999999, 999999, false)"),
    "private.dispositivos_na_area": (
        "sees",
        """select distinct d / 100 from private.dispositivos_na_area('{"caixa": [-90, -180, 90, 180]}') d""",
    ),
    "private.descrever_linha": ("open", "select 0 from private.descrever_linha(row(1))"),
    "private.versao": ("open", "select 0 from private.versao('{}')"),
    "private.recusar_escrita": (
        "open",
        "select 0 from (select private.recusar_escrita(private.cadastro('produtos'), '{}', '42501', 'x')) e",
    ),
    "private.condicao_de_versao": ("open", "select 0 from private.condicao_de_versao()"),
    "private.recusar_sem_linha": (
        "open",
        "select 0 from (select private.recusar_sem_linha(private.cadastro('produtos'), 999999, 'x')) e",
    ),
    "private.completar_linha": (
        "open",
        "select 0 from private.completar_linha(private.cadastro('imagens'), null, '{}')",
    ),
    "private.clientes_do_inventario": ("stock", "select unnest(private.clientes_do_inventario())"),
    "private.usuario_atual": (
        "self",
        "select right(u::text, 12)::integer / 100 from private.usuario_atual() u where u is not null",
    ),
    "private.eh_servico": ("all", "select 0 where private.eh_servico()"),
    "private.alvos_do_historico": (
        "sees",
        """select distinct a."cdDispositivo" / 100
           from unnest(private.alvos_do_historico(null, 0, '{101, 201, 301, 401}')) a""",
    ),
    "private.pagina_do_historico": (
        "sees",
        """select distinct p."cdCliente" from unnest(private.pagina_do_historico(
             array(select row(c * 100 + 1, null, null)::private.alvo_historico from generate_series(1, 4) c),
             null, '-infinity', 'infinity', null, 0, 1000)) p""",
    ),
    "private.contar_historico": (
        "sees",
        """select c from generate_series(1, 4) c where private.contar_historico(
             array[row(c * 100 + 1, null, null)::private.alvo_historico],
             null, '-infinity', 'infinity') > 0""",
    ),
    "private.sensores_do_historico": (
        "sees",
        """select distinct "cdDispositivo" / 100
           from private.sensores_do_historico('{101, 201, 301, 401}')""",
    ),
    "private.linhas_do_historico": ("open", "select 0 from private.linhas_do_historico('{}')"),
    "public.get_data_points": (
        "reads",
        """select c from generate_series(1, 4) c where json_array_length(public.get_data_points(
             c * 100 + 1, now() - interval '1 day', now() + interval '1 hour', 'raw') -> 'data') > 0""",
    ),
    "public.get_device_aggregations": (
        "reads",
        """select (a ->> 'cdDispositivo')::integer / 100
           from json_array_elements(public.get_device_aggregations('{101, 201, 301, 401}')) a
           where (a ->> 'nrPorta')::float8 > 0""",
    ),
    "public.get_grouped_sensor_data": (
        "reads",
        """select (a ->> 'cdDispositivo')::integer / 100
           from json_array_elements(public.get_grouped_sensor_data('{101, 201, 301, 401}')) a""",
    ),
    "public.get_temperatura_aggregation": ("reads", _chart("get_temperatura_aggregation")),
    "public.get_abertura_porta_aggregation": ("reads", _chart("get_abertura_porta_aggregation")),
    "public.get_movimento_pessoas_aggregation": ("reads", _chart("get_movimento_pessoas_aggregation")),
    "public.get_lista_dispositivos_resumo": (
        "reads",
        """select (d ->> 'cdDispositivo')::integer / 100
           from json_array_elements(public.get_lista_dispositivos_resumo() -> 'dispositivos') d
           where (d ->> 'nrPorta')::float8 > 0""",
    ),
    "public.get_camera_categorias_aggregation": ("reads", _chart("get_camera_categorias_aggregation")),
    "private.resumir": (
        "sees",
        """select c from generate_series(1, 4) c where (private.resumir(
             array[c * 100 + 1], 2, now() - interval '1 day', now() + interval '1 hour', 'hourly', 'UTC',
             false) ->> 'record_count')::integer > 0""",
    ),
    "private.ultima_leitura": (
        "sees",
        f"""select c from generate_series(1, 4) c
            where private.ultima_leitura(array[c * 100 + 1], '{{2}}', {LATELY}) is not null""",
    ),
    "private.dispositivos_do_produto": (
        "sees",
        """select c from generate_series(1, 4) c
           where private.dispositivos_do_produto(c * 100 + 1, null, null) <> '{}'""",
    ),
    "private.exigir_resumo": (
        "open",
        "select 0 from (select private.exigir_resumo(1, now(), now(), 'x', '{x}', 'UTC')) e",
    ),
    "private.minutos_do_fuso": ("open", f"select 0 from private.minutos_do_fuso({LATELY}, 'UTC')"),
    "private.rotulo": ("open", "select 0 from private.rotulo('hourly', now()::timestamp)"),
    "private.rotulos": ("open", "select 0 from private.rotulos('hourly', null)"),
    "private.desdobrar": ("open", "select 0 from private.desdobrar('{1}', '{1}', '{1}')"),
    "private.sensores_de": (
        "sees",
        """select distinct "cdDispositivo" / 100
           from private.sensores_de('{1, 101, 201, 301, 401}', '{2}')""",
    ),
    "private.agregar_dispositivos": (
        "sees",
        f"""select "cdDispositivo" / 100
            from private.agregar_dispositivos('{{101, 201, 301, 401}}', {LATELY})""",
    ),
    "private.somar_dispositivos": (
        "sees",
        f"""select "cdDispositivo" / 100
            from private.somar_dispositivos(
              60, '{{101, 201, 301, 401}}', '{{2}}', {LATELY}, 'total', 'UTC')""",
    ),
    "private.somar_baldes": (
        "sees",
        f"""select sensor / 100
            from private.somar_baldes(60, '{{1, 101, 201, 301, 401}}', {LATELY}, false)""",
    ),
    "private.somar_dias_inteiros": (
        "sees",
        """select sensor / 100
           from private.somar_dias_inteiros('{1, 101, 201, 301, 401}', date_trunc('day', localtimestamp),
                                            localtimestamp, 'total', 0)""",
    ),
    "private.dias_inteiros": (
        "open",
        f"select 0 from (select count(*) from private.dias_inteiros({LATELY}, 'UTC')) d",
    ),
    "private.dia_seguinte": ("open", "select 0 from private.dia_seguinte(localtimestamp)"),
    "private.por_hora": ("open", "select 0 from private.por_hora('##', 0, 24, ',')"),
    "public.get_saude_series": ("open", "select 0 from public.get_saude_series()"),
    "private.contar_posicoes": (
        "sees",
        """select c from generate_series(1, 4) c where private.contar_posicoes(
             array[row(c * 100 + 1, null, null)::private.alvo_historico], null,
             array[row(c * 100 + 1, null, '-infinity', 'infinity')::private.faixa]) > 0""",
    ),
    "private.contagens_pendentes": (
        "sees",
        """select distinct f.codigo / 100 from unnest(private.contagens_pendentes(
             array(select row(c * 100 + 1, null, null)::private.alvo_historico from generate_series(0, 4) c),
             '-infinity', 'infinity')) f""",
    ),
    "private.planejar_leitura": (
        "sees",
        f"""select distinct f.codigo / 100
            from unnest((private.planejar_leitura(60, '{{1, 101, 201, 301, 401}}', {LATELY})).pendentes) f""",
    ),
    "private.marcas_de": (
        "sees",
        f"""select distinct f.codigo / 100
            from unnest(private.marcas_de('{{1, 101, 201, 301, 401}}', {LATELY})) f""",
    ),
    "private.horas_pendentes": (
        "sees",
        """select distinct "cdSensor" / 100 from private.horas_pendentes()""",
    ),
    "private.baldes": (
        "sees",
        f"""select distinct "cdCliente" from private.baldes(5, '{{101, 201, 301, 401}}',
              private.planejar_leitura(5, '{{101, 201, 301, 401}}', {LATELY}), false)""",
    ),
    "private.baldes_das_leituras": (
        "sees",
        'select distinct "cdCliente" from private.baldes_das_leituras(5)',
    ),
    "private.contar_leituras": (
        "sees",
        f"select c from generate_series(1, 4) c where private.contar_leituras(c * 100 + 1, {LATELY}) > 0",
    ),
    "private.pontos_por_balde": (
        "sees",
        f"""select c from generate_series(1, 4) c
            where (private.pontos_por_balde(1, c * 100 + 1, {LATELY}, 9)).ultimo is not null""",
    ),
    "private.pontos_brutos": (
        "sees",
        f"""select c from generate_series(1, 4) c
            where (private.pontos_brutos(c * 100 + 1, {LATELY}, 9)).ultimo is not null""",
    ),
    "private.pontos_ralos": (
        "sees",
        f"""select c from generate_series(1, 4) c
            where json_array_length(private.pontos_ralos(c * 100 + 1, {LATELY}, 3)) > 0""",
    ),
    "private.eh_numerico": ("open", f"select 0 from private.eh_numerico(1, {LATELY})"),
    "private.escolher_agg": ("open", f"select 0 from private.escolher_agg(1, {LATELY}, 9)"),
    "private.resolver_agg": ("open", f"select 0 from private.resolver_agg(1, {LATELY}, 'raw', 9)"),
    "private.ha_expirado": ("open", f"select 0 from private.ha_expirado(1, 1, {LATELY})"),
    "private.exigir_pagina": ("open", "select 0 from (select private.exigir_pagina(1)) e"),
    "private.exigir_pontos": ("open", f"select 0 from private.exigir_pontos({LATELY}, 'raw', 9, 3)"),
    "private.ler_cursor_pontos": ("open", "select 0 from private.ler_cursor_pontos(null)"),
    "private.escrever_cursor_pontos": (
        "open",
        "select 0 from private.escrever_cursor_pontos('raw', localtimestamp)",
    ),
    "private.minutos_de": ("open", "select 0 from private.minutos_de('1h')"),
    "private.triangulo": ("open", "select 0 from private.triangulo(0, 0, 1, 1, 2, 0)"),
    "private.contar_baldes": ("open", f"select 0 from private.contar_baldes(1, {LATELY})"),
    "private.somavel": ("open", "select 0 from private.somavel(1)"),
    "private.finito": ("open", "select 0 from private.finito(1)"),
    "private.marca_dos_rollups": ("open", "select 0 from private.marca_dos_rollups()"),
    "private.bruto_expirado": ("open", "select 0 from private.bruto_expirado(1)"),
    "private.descrever_chave": ("open", "select 0 from private.descrever_chave(null)"),
    "private.texto_utf8": ("open", "select 0 from private.texto_utf8('')"),
    "private.descrever_erro": ("open", "select 0 from private.descrever_erro(null)"),
    "private.na_janela": ("open", "select 0 from private.na_janela('12:00', '08:00', '18:00')"),
    "private.ler_cursor": ("open", "select 0 from private.ler_cursor(null)"),
    "private.escrever_cursor": ("open", "select 0 from private.escrever_cursor(null)"),
    "private.atras_do_cursor": (
        "open",
        "select 0 from private.atras_do_cursor(now()::timestamp, 1, 1, null)",
    ),
    "private.contar_itens": ("open", "select 0 from private.contar_itens(3, 1, 0, 1, 1)"),
    "private.admitir_chave": ("enters", "select 0 from private.admitir_chave()"),
    "private.ler_credenciais": ("open", "select 0 from private.ler_credenciais(null, null)"),
    "private.garantir_particoes": ("upkeep", "select 0 from private.garantir_particoes()"),
}
UNREACHABLE = """
anuncio_conhecido apagar_brutos avancar_marca completar_rollups contar_horas contar_todos
devolver_concessao esquecer_horas esvaziar_rollups expirar_brutos expirar_rollups horas_do_passo
inicio_das_series marca_anunciada marcar_inserido marcar_janela marcar_leituras_mudadas marcar_pendentes
marcar_posicoes_mudadas mes_da_particao meses_adiante passos prazos prever_retencao recontar_janelas
recuar_piso refazer_pendentes saude_dos_passos sensor_visivel soltar_particoes somar_dias
somar_dias_de_todos somar_horas somar_todos
tomar_concessao
anotar_vinculo_dispositivo anotar_vinculo_endereco anotar_vinculo_sensor auditar
bytes_do_elemento chamador chave_administrada
dono_das_chaves exigir_alcance guardar_chave sortear_chave cliente_da_linha
clientes_do_erro codigo_alheio comparar_leituras contar_uso criar_perfil depois gravar_mensagens
hash_do_broker como_elementos descrever_credencial exigir_dispositivo ler_mensagens
por_especie quarentenar_mensagens
dizer_clientes eh_embrulho eh_infinito eh_numero_inteiro
elementos_em_quarentena encerrar_erros ensaiar erro_da_forma erro_do_sensor erro_do_valor erro_dos_campos
erros_a_reprocessar executar_passo exigir_chamador exigir_cota exigir_gestao_de_chaves exigir_limites
exigir_lote exigir_vaga expirar_erros fazer_esperar gravar
gravar_em_rodadas guardar_erro identidade_chave identidade_dispositivo identidade_servico
identidade_usuario ingerir item_permitido
julgar ler_base64 ler_elementos ler_instante ler_inteiro ler_leituras ler_real manter_posicao_atual
manutencao quarentenar recusar_se_tem_historico recusar_troca_de_pai recusar_vinculo_alheio responder
tomar_posse travar_antes_de_apagar travar_ingestao
vaga_da_chave vincular_itens
conferir_cerca dentro_da_cerca dispositivos_no_circulo dispositivos_no_poligono dispositivos_pela_cerca
ler_caixa erro_do_poligono ler_numeros ler_poligono
recusar_bens_do_antigo_dono sem_cerca
adiar_vez tomar_vez enderecar milesimos guardar_endereco lugares_sem_endereco
erro_do_codigo erros_dos_codigos erros_dos_pontos descrever_pessoa exigir_cliente pessoa_administrada
"""

CLIENT_OF_ROW = {
    "nobody": "0",
    "cdCliente": 'coalesce("cdCliente", 0)',
    "owner": """right("cdUsuario"::text, 12)::integer / 100""",
    "used": """(select right(owner::text, 12)::integer / 100
                from (select "cdApiKey" as key, "cdUsuario" as owner from public."TbApiKeys") k
                where key = "cdApiKey")""",
    "entry": """coalesce("cdCliente", right("jsDepois" ->> 'cdUsuario', 12)::integer / 100,
                         ("jsDepois" ->> 'cdDispositivo')::integer / 100, 0)""",
}
OURS = "('public', 'private', 'inventario')"
API_ROLES = ["anon", "authenticated", "service_role", "rastro_api", "authenticator"]

RULE, CALL = parse(RULES), parse(CALLS)
RELATION = {line.split()[0]: line.split()[1:] for line in RELATIONS.strip().splitlines()}
WRITES = [
    (name, operation, rule)
    for name, (_, _, *rules) in RELATION.items()
    for operation, rule in zip(("insert", "update", "delete"), rules, strict=False)
]


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    with World(database) as world:
        yield world


def relation(world: World, name: str) -> Relation:
    column = RELATION[name][0]
    return Relation(world, name, CLIENT_OF_ROW.get(column, f'"{column}" / 100'))


def test_every_relation_is_in_the_table(world: World) -> None:
    born = world.sql(
        f"""select format('%s.%s', relnamespace::regnamespace, relname) from pg_class
            where relnamespace::regnamespace::text in {OURS} and relkind in ('r', 'p', 'v', 'm', 'f')"""
    )
    assert sorted(name for (name,) in born) == sorted(RELATION)


def test_every_function_is_in_the_table(world: World) -> None:
    """One entry each: names are not overloaded."""
    born = world.sql(
        f"""select format('%s.%s', pronamespace::regnamespace, proname) from pg_proc
            where pronamespace::regnamespace::text in {OURS}"""
    )
    listed = [*FUNCTIONS, *(f"private.{name}" for name in UNREACHABLE.split())]
    assert sorted(name for (name,) in born) == sorted(listed)


@pytest.mark.parametrize("name", RELATION)
def test_select(world: World, name: str) -> None:
    rows, rule = relation(world, name), RULE[RELATION[name][1]]
    assert rows.clients.keys() >= ({0} if "nobody" in RELATION[name] else {1, 2, 3, 4}), "nothing to hide"
    found = {who: rows.select(caller) for who, caller in CALLERS.items()}
    assert found == {who: among(rows.clients, rule[who]) for who in CALLERS}


@pytest.mark.parametrize(("name", "operation", "rule"), WRITES)
def test_write(world: World, name: str, operation: str, rule: str) -> None:
    rows = relation(world, name)
    before = rows.fingerprint()
    found = {who: getattr(rows, operation)(caller) for who, caller in CALLERS.items()}
    assert found == {who: among(rows.clients, RULE[rule][who]) for who in CALLERS}
    assert rows.fingerprint() == before


def test_views_are_read_only(world: World) -> None:
    writable = world.sql(
        f"""select c.oid::regclass, r from pg_class c, unnest(%s) r
            where relnamespace::regnamespace::text in {OURS} and relkind in ('v', 'm')
              and has_table_privilege(r, c.oid, 'insert, update, delete, truncate')""",
        API_ROLES,
    )
    assert writable == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_call(world: World, name: str) -> None:
    rule, statement = FUNCTIONS[name]
    found = {who: shown(world.ask(caller, statement, keep=False)) for who, caller in CALLERS.items()}
    assert found == CALL[rule]


def test_helpers_are_out_of_reach(world: World) -> None:
    """Whatever has no line in the table of calls can be run by its owner alone."""
    reachable = world.sql(
        f"""select p.oid::regprocedure, r from pg_proc p, unnest(%s) r
            where pronamespace::regnamespace::text in {OURS} and has_function_privilege(r, p.oid, 'execute')
              and not format('%%s.%%s', pronamespace::regnamespace, proname) = any (%s)""",
        API_ROLES,
        list(FUNCTIONS),
    )
    assert reachable == []


@pytest.mark.parametrize(
    "statement",
    ["select from {}", "insert into {} default values", "delete from {}", "truncate {}", "lock table {}"],
)
def test_partitions_cannot_be_named(world: World, statement: str) -> None:
    """A policy of the parent does not protect a child that is asked by name."""
    partitions = world.sql(
        """select inhrelid::regclass::text from pg_inherits join pg_class c on c.oid = inhrelid
           where relkind = 'r'"""
    )
    assert len(partitions) >= 2
    refused = {
        (who, name): shown(world.ask(caller, statement.format(name), keep=False))
        for who, caller in CALLERS.items()
        for (name,) in partitions
    }
    assert {place: answer for place, answer in refused.items() if answer != "x"} == {}


# Seen to fail: without the client in the check of a change.
@pytest.mark.parametrize(
    ("table", "key", "users", "used"),
    [
        (
            "TbProdutoItem",
            "cdProdutoItem",
            "TbProdutoItemJoinTable",
            '("cdProdutoItem", "cdProduto") values (150, 301)',
        ),
        (
            "TbEndereco",
            "cdEndereco",
            "TbDestinatario",
            '("cdEndereco", "cdDestinatario", "cdCliente") values (150, 350, 3)',
        ),
    ],
)
def test_what_a_parent_lends_is_seen_but_not_changed(
    world: World, table: str, key: str, users: str, used: str
) -> None:
    world.sql(
        f"""insert into "{table}" ("{key}", "cdCliente") values (150, 1);
            insert into "{users}" {used} returning 1"""
    )
    try:
        see = f'select 1 from "{table}" where "{key}" = 150'
        change = f'update "{table}" set "dtRegistro" = now() where "{key}" = 150'
        found = {
            who: (world.ask(CALLERS[who], see).count, world.ask(CALLERS[who], change, keep=False).count)
            for who in ("admin1", "admin2", "admin3")
        }
        assert found == {"admin1": (1, 1), "admin2": (0, 0), "admin3": (1, 0)}
    finally:
        world.sql(
            f"""delete from "{users}" where "{key}" = 150;
                delete from "{table}" where "{key}" = 150 returning 1"""
        )
