-- Writes the elements that are to be stored. Every caller locks rows in one order (positions, current positions,
-- readings, owners; each by key), so that callers wait for each other but never in a circle.
-- Raises RA001 when a row was there after all: an earlier sending, or another caller who was faster and could not be
-- seen by this statement. The caller undoes and judges.
create function private.gravar(p_elementos private.elemento[]) returns void
language plpgsql
set search_path = '' set enable_hashjoin = off set enable_mergejoin = off set enable_memoize = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_posicoes bigint;
  v_leituras bigint;
  v_tomar bigint;
  v_itens boolean;
  v_feitas bigint;
begin
  select count(*) filter (where e."blNova" and e."dsVeredito" = 'stored'),
         coalesce(sum(e."nrFaltam") filter (where e."dsVeredito" = 'stored'), 0),
         coalesce(sum(e."nrTomar") filter (where e."dsVeredito" in ('stored', 'duplicate')), 0),
         coalesce(bool_or(e."blItens"), false)
  into v_posicoes, v_leituras, v_tomar, v_itens
  from unnest(p_elementos) e;

  if v_posicoes > 0 then
    insert into public."TbPosicao" ("cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrBat", "cdDispositivo", "cdCliente",
                                    "nrSeq", "cdDestinatario", "nrDistancia", "blArea")
    select e."cdPosicao", e."dtRegistro", e."dsLat", e."dsLong", e."nrBat", e."cdDispositivo", e."cdCliente",
           e."nrSeq", e."cdDestinatario", e."nrDistancia", e."blArea"
    from unnest(p_elementos) e
    where e."blNova" and e."dsVeredito" = 'stored'
    order by e."cdDispositivo", e."dtRegistro", e."nrSeq" nulls first
    on conflict do nothing;
    get diagnostics v_feitas = row_count;
    if v_feitas <> v_posicoes then
      raise sqlstate 'RA001';
    end if;
  end if;

  if v_leituras > 0 then
    insert into public."TbSensorRegistro" ("dtRegistro", "nrValor", "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente",
                                           "cdProdutoItem", "nrQualidade", "blValor", "dsValor")
    select e."dtRegistro", l."nrValor", e."cdPosicao", l."cdSensor", e."cdDispositivo", e."cdCliente",
           l."cdProdutoItem", coalesce(l."nrQualidade", 0), l."blValor", l."dsValor"
    from unnest(p_elementos) e cross join unnest(e."leituras") l
    where e."dsVeredito" = 'stored' and l."dsAcao" is null
    order by l."cdSensor", e."dtRegistro"
    on conflict do nothing;
    get diagnostics v_feitas = row_count;
    if v_feitas <> v_leituras then
      raise sqlstate 'RA001';
    end if;
  end if;

  if v_tomar > 0 then
    perform private.tomar_posse(p_elementos);
  end if;
  if v_itens then
    perform private.vincular_itens(p_elementos);
  end if;
end
$$;
comment on function private.gravar(private.elemento[]) is 'Writes the elements to be stored; RA001 when a row was there after all.';
revoke all on function private.gravar(private.elemento[]) from public;
