-- Hours of devices in which something was written or deleted since they were counted. Security definer: marks are nobody
-- else's to read.
create function private.contagens_pendentes(p_alvos private.alvo_historico[], p_de timestamp, p_ate timestamp) returns private.faixa[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  return array(
    select distinct row(a."cdDispositivo", null, p."dtHora", p."dtHora" + interval '1 hour')::private.faixa
    from unnest(p_alvos) a
    join private."TbRollupPendente" p on p."cdDispositivo" = a."cdDispositivo" and p."dtHora" >= p_de and p."dtHora" < p_ate
    where exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = a."cdDispositivo" and d."cdCliente" = any ((select private.clientes_visiveis())::integer[])));
end
$$;
comment on function private.contagens_pendentes(private.alvo_historico[], timestamp, timestamp) is
  'Hours of devices that are counted on reading, as something in them changed.';
revoke all on function private.contagens_pendentes(private.alvo_historico[], timestamp, timestamp) from public;
grant execute on function private.contagens_pendentes(private.alvo_historico[], timestamp, timestamp) to authenticated, service_role;

-- From the positions: pieces of devices, end excluded.
create function private.contar_posicoes(p_alvos private.alvo_historico[], p_cd_cliente integer, p_faixas private.faixa[])
returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
  return (
    select count(*)
    from unnest(p_faixas) f
    join unnest(p_alvos) a on a."cdDispositivo" = f.codigo
    join public."TbPosicao" q on q."cdDispositivo" = f.codigo and q."dtRegistro" >= f.de and q."dtRegistro" < f.ate
    where (p_cd_cliente is null or q."cdCliente" = p_cd_cliente)
      and private.na_janela(q."dtRegistro"::time, a.inicio, a.fim));
end
$$;
comment on function private.contar_posicoes(private.alvo_historico[], integer, private.faixa[]) is
  'Counts positions inside the measuring windows.';
revoke all on function private.contar_posicoes(private.alvo_historico[], integer, private.faixa[]) from public;
grant execute on function private.contar_posicoes(private.alvo_historico[], integer, private.faixa[]) to authenticated, service_role;

-- From the counters where they are right: whole hours between the ends that are counted, without marks, and for the window
-- that the device has now. The rest is counted.
create function private.contar_historico(p_alvos private.alvo_historico[], p_cd_cliente integer, p_de timestamp,
  p_ate timestamp) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_marca record := private.marca_dos_rollups();
  v_fim timestamp := p_ate + interval '1 microsecond'; -- the end is included
  v_de timestamp := date_trunc('hour', greatest(p_de, v_marca.piso) + interval '1 hour' - interval '1 microsecond');
  v_ate timestamp := date_trunc('hour', least(v_fim, v_marca.marca));
  v_pendentes private.faixa[];
  v_alheios private.faixa[]; -- days counted for another window
  v_total bigint;
begin
  if not v_de < v_ate then
    return private.contar_posicoes(p_alvos, p_cd_cliente, array(
      select row(a."cdDispositivo", null, p_de, v_fim)::private.faixa from unnest(p_alvos) a));
  end if;
  v_pendentes := private.contagens_pendentes(p_alvos, v_de, v_ate);
  with dia as materialized (
    select c."cdDispositivo", c."dtDia", c."nrQtd", c."nrHoras", greatest(c."dtDia", v_de) as de,
           least(c."dtDia" + interval '1 day', v_ate) as ate,
           (c."horarioMedicaoInicio", c."horarioMedicaoFim") is not distinct from (a.inicio, a.fim) as vale
    from unnest(p_alvos) a
    join public."TbContagemDiaria" c on c."cdDispositivo" = a."cdDispositivo"
      and c."dtDia" >= v_de::date and c."dtDia" <= (v_ate - interval '1 hour')::date
    where p_cd_cliente is null or c."cdCliente" = p_cd_cliente
  )
  select coalesce(sum(case
           when d.ate - d.de = interval '1 day' then d."nrQtd"
           else (select sum(h) from unnest(d."nrHoras"[1 + extract(hour from d.de)::integer:
                                                        1 + extract(hour from d.ate - interval '1 hour')::integer]) h)
         end) filter (where d.vale), 0)
         - coalesce(sum((
           select sum(d."nrHoras"[1 + extract(hour from f.de)::integer]) from unnest(v_pendentes) f
           where f.codigo = d."cdDispositivo" and f.de::date = d."dtDia")) filter (where d.vale), 0),
         coalesce(array_agg(distinct row(d."cdDispositivo", null, d.de, d.ate)::private.faixa) filter (where not d.vale), '{}')
  into v_total, v_alheios
  from dia d;
  return v_total + private.contar_posicoes(p_alvos, p_cd_cliente, v_alheios || array(
    select row(a."cdDispositivo", null, p_de, v_de)::private.faixa from unnest(p_alvos) a where p_de < v_de
    union all
    select row(a."cdDispositivo", null, v_ate, v_fim)::private.faixa from unnest(p_alvos) a where v_ate < v_fim
    union all
    select f from unnest(v_pendentes) f
    where not exists (select from unnest(v_alheios) x where x.codigo = f.codigo and f.de >= x.de and f.de < x.ate)));
end
$$;
comment on function private.contar_historico(private.alvo_historico[], integer, timestamp, timestamp) is
  'How many positions all pages have together.';
revoke all on function private.contar_historico(private.alvo_historico[], integer, timestamp, timestamp) from public;
grant execute on function private.contar_historico(private.alvo_historico[], integer, timestamp, timestamp)
  to authenticated, service_role;
