-- What a caller is told. A device of another client is not told from one that does not exist.
create function private.responder(p_elementos private.elemento[], p_so_excecoes boolean, p_validar boolean) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select jsonb_build_object(
      'total', count(*),
      'stored', count(*) filter (where e."dsVeredito" = 'stored'),
      'duplicate', count(*) filter (where e."dsVeredito" = 'duplicate'),
      'conflict', count(*) filter (where e."dsVeredito" = 'conflict'),
      'rejected', count(*) filter (where e."dsVeredito" = 'rejected'),
      'untimed', count(*) filter (where e."blSemTempo"),
      'results', coalesce(jsonb_agg(
        case when e."dsVeredito" in ('stored', 'duplicate')
          then jsonb_build_object('index', e."nrIndice", 'verdict', e."dsVeredito",
                                  'cdPosicao', case when not (p_validar and e."blNova") then e."cdPosicao" end,
                                  'blArea', e."blArea", 'nrDistancia', e."nrDistancia")
          else jsonb_build_object('index', e."nrIndice", 'verdict', e."dsVeredito",
                                  'error_code', case e."dsErro" when 'FORBIDDEN_DEVICE' then 'UNKNOWN_DEVICE' else e."dsErro" end,
                                  'error', e."dsTexto")
        end order by e."nrIndice") filter (where not p_so_excecoes or e."dsVeredito" in ('conflict', 'rejected')), '[]'))
    from unnest(p_elementos) e);
end
$$;
comment on function private.responder(private.elemento[], boolean, boolean) is 'Counts and verdicts of a batch as JSON.';
revoke all on function private.responder(private.elemento[], boolean, boolean) from public;
