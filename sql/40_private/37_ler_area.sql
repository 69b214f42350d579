-- Areas as they are asked for: {"circulo": [lat, long, metres]}, {"caixa": [south, west, north, east]}, {"poligono": GeoJSON}.

-- Numbers of an area. PT400 INVALID_AREA.
create function private.ler_numeros(p_area jsonb, p_nome text, p_quais text[], p_de double precision[], p_ate double precision[])
returns double precision[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_numeros double precision[] := array(
    select case when jsonb_typeof(n) = 'number' then n::double precision end
    from jsonb_array_elements(case when jsonb_typeof(p_area -> p_nome) = 'array' then p_area -> p_nome else '[]' end) n);
begin
  if cardinality(v_numeros) <> cardinality(p_de) or exists (
       select from unnest(v_numeros, p_de, p_ate) as x(n, de, ate) where n is null or not n between de and ate) then
    raise sqlstate 'PT400' using hint = 'INVALID_AREA',
      message = format('%s is %s', p_nome, (select string_agg(format('%s (%s to %s)', quais, de, ate), ', ')
                                            from unnest(p_quais, p_de, p_ate) as x(quais, de, ate)));
  end if;
  return v_numeros;
end
$$;
comment on function private.ler_numeros(jsonb, text, text[], double precision[], double precision[]) is 'The numbers that describe an area.';
revoke all on function private.ler_numeros(jsonb, text, text[], double precision[], double precision[]) from public;

-- A box as a polygon. PT400 INVALID_AREA. One whose west lies east of its east crosses the antimeridian.
create function private.ler_caixa(p_area jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_caixa double precision[] := private.ler_numeros(
    p_area, 'caixa', '{south,west,north,east}', '{-90,-180,-90,-180}', '{90,180,90,180}');
begin
  if v_caixa[1] > v_caixa[3] then
    raise sqlstate 'PT400' using message = 'caixa is south, west, north, east: its south lies north of its north', hint = 'INVALID_AREA';
  end if;
  return case when v_caixa[2] <= v_caixa[4] then extensions.st_makeenvelope(v_caixa[2], v_caixa[1], v_caixa[4], v_caixa[3], 4326)
         else extensions.st_collect(extensions.st_makeenvelope(v_caixa[2], v_caixa[1], 180, v_caixa[3], 4326),
                                    extensions.st_makeenvelope(-180, v_caixa[1], v_caixa[4], v_caixa[3], 4326)) end;
end
$$;
comment on function private.ler_caixa(jsonb) is 'The box of an area.';
revoke all on function private.ler_caixa(jsonb) from public;

-- PT400 INVALID_AREA.
create function private.ler_poligono(p_area jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_erro text := private.erro_do_poligono(p_area -> 'poligono');
begin
  if v_erro is not null then
    raise sqlstate 'PT400' using message = format('poligono: %s', v_erro), hint = 'INVALID_AREA';
  end if;
  return extensions.st_geomfromgeojson(p_area -> 'poligono');
end
$$;
comment on function private.ler_poligono(jsonb) is 'The polygon of an area.';
revoke all on function private.ler_poligono(jsonb) from public;
