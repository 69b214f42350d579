-- Everything that the switch changes and others use, in one statement: its time limit bounds the wait for all
-- of it, and afterwards the switch waits for nothing. Whoever reads a view holds it before its tables, so
-- views come first; tables that are written most come last, so that their writers wait least.
do $$
declare
  v_views text := (
    select string_agg(c.oid::regclass::text, ', ' order by c.oid desc) from pg_catalog.pg_class c
    where c.relkind = 'v' and c.relnamespace in ('public'::regnamespace, 'inventario'::regnamespace)
      and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e'));
begin
  if v_views is not null then
    execute format('lock table %s in access exclusive mode', v_views);
  end if;
  lock table
    auth.users, public."TbCliente", public."TbClienteChave", public."TbDestinatario", public."TbProduto",
    public."TbProdutoItem", public."TbProdutoItemJoinTable", public."TbImagens", public."TbTipoSensor",
    public."TbApiKeys", public.profiles, public."TbEstado", public."TbMunicipio",
    inventario.armazem, inventario.rua, inventario.prateleira, inventario.sessao, inventario.inventario,
    inventario.leituras, public."TbDispositivo", public."TbSensor", public."TbEndereco",
    public."TbPosicao", public."TbSensorRegistro"
  in access exclusive mode;
end
$$
