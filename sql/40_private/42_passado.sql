-- What was there before the rollups, newest first. Nobody needs to be waited for: below the watermark every writer marks.
create function private.recuar_piso() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_fim timestamp;
  v_novo timestamp;
  v_feitas integer;
begin
  select m.* into v_marca from private."TbRollupMarca" m for update;
  v_fim := private.inicio_das_series();
  if not isfinite(v_marca."dtPiso") or v_fim >= v_marca."dtPiso" then
    return 0;
  end if;
  v_novo := greatest(v_fim, date_trunc('month', v_marca."dtPiso" - interval '1 hour'), v_marca."dtPiso"
    - make_interval(hours => private.horas_do_passo(v_marca."dtPiso" - interval '1 hour')));
  v_feitas := private.somar_todos(v_novo, v_marca."dtPiso")
    + private.contar_todos(v_novo, v_marca."dtPiso", v_novo, v_marca."dtMarca");
  perform private.somar_dias_de_todos(private.dia_seguinte(v_novo), least(private.dia_seguinte(v_marca."dtPiso"),
                                                                          date_trunc('day', v_marca."dtMarca")));
  update private."TbRollupMarca" set "dtPiso" = v_novo;
  return v_feitas + 1;
end
$$;
comment on function private.recuar_piso() is 'Sums up some more of the past.';
revoke all on function private.recuar_piso() from public;
