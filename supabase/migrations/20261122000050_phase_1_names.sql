-- Phase 1, names: indexes and keys have other names from one installation to the next. What is there gets the name that later
-- phases know, so that nothing is built twice. Names only: nothing is read or written.

set lock_timeout = '1s'; -- others wait as long as we do
set statement_timeout = '5min';

do $$
declare
  v_index record;
begin
  for v_index in
    select format('%I.%I', n.nspname, x.relname) as present, w.name
    from (values
      ('public."TbCliente"', '("cdClientePai")', 'TbCliente_cdClientePai_idx'),
      ('public."TbDestinatario"', '("cdCliente")', 'TbDestinatario_cdCliente_idx'),
      ('public."TbDispositivo"', '("cdCliente")', 'TbDispositivo_cdCliente_idx'),
      ('public."TbDispositivo"', '("cdCliente", "cdStatus")', 'TbDispositivo_cdCliente_cdStatus_idx'),
      ('public."TbProduto"', '("cdCliente")', 'TbProduto_cdCliente_idx'),
      ('public."TbImagens"', '("cdProduto")', 'TbImagens_cdProduto_idx'),
      ('public."TbSensor"', '("cdDispositivo")', 'TbSensor_cdDispositivo_idx'),
      ('public."TbSensor"', '("cdSensor", "cdTipoSensor")', 'TbSensor_cdSensor_cdTipoSensor_idx'),
      ('public."TbEndereco"', '("dsLat", "dsLong")', 'TbEndereco_dsLat_dsLong_idx'),
      ('public."TbEndereco"', '("dsUF")', 'TbEndereco_dsUF_idx'),
      ('public."TbPosicao"', '("cdDispositivo", "nrBat")', 'TbPosicao_cdDispositivo_nrBat_idx'),
      ('public."TbPosicao"', '("blArea")', 'TbPosicao_blArea_idx'),
      ('public."TbSensorRegistro"', '("dtRegistro" DESC, "cdDispositivo")', 'TbSensorRegistro_dtRegistro_cdDispositivo_idx'),
      ('public."TbSensorRegistro"', '("cdSensor", "dtRegistro" DESC)', 'TbSensorRegistro_cdSensor_dtRegistro_idx'),
      ('public."TbSensorRegistro"', '("cdDispositivo", "cdSensor", "dtRegistro" DESC)',
       'TbSensorRegistro_cdDispositivo_cdSensor_dtRegistro_idx')
    ) as w(relation, columns, name)
    join lateral (
      select i.indexrelid from pg_catalog.pg_index i
      where i.indrelid = to_regclass(w.relation) and i.indisvalid and i.indpred is null
        and pg_get_indexdef(i.indexrelid) like '%USING btree ' || w.columns
        and not exists (select from pg_catalog.pg_constraint c where c.conindid = i.indexrelid)
      order by i.indexrelid limit 1) i on true
    join pg_catalog.pg_class x on x.oid = i.indexrelid
    join pg_catalog.pg_namespace n on n.oid = x.relnamespace
    where to_regclass(format('%I.%I', n.nspname, w.name)) is null
  loop
    execute format('alter index %s rename to %I', v_index.present, v_index.name);
  end loop;
end
$$;

do $$
declare
  v_key record;
begin
  for v_key in
    select c.conrelid::regclass as relation, c.conname, format('%s_pkey', r.relname) as name
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_class r on r.oid = c.conrelid
    where c.contype = 'p' and c.connamespace in ('public'::regnamespace, 'inventario'::regnamespace)
      and c.conname <> format('%s_pkey', r.relname)
      and r.relname in ('TbCliente', 'TbClienteChave', 'TbEndereco', 'TbDestinatario', 'TbProduto', 'TbProdutoItem',
                        'TbProdutoItemJoinTable', 'TbImagens', 'TbDispositivo', 'TbTipoSensor', 'TbSensor', 'TbPosicao',
                        'TbSensorRegistro', 'TbApiKeys', 'profiles', 'TbMunicipio', 'armazem', 'rua', 'prateleira', 'sessao',
                        'inventario', 'leituras')
  loop
    execute format('alter table %s rename constraint %I to %I', v_key.relation, v_key.conname, v_key.name);
  end loop;
end
$$;
