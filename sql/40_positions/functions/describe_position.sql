-- A row of VwTbPosicaoAtual as the stream sends it: its times with Z.
create function private.describe_position(p_row jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select p_row || jsonb_build_object(
    'dtRegistro', p_row ->> 'dtRegistro' || 'Z',
    'dtCoordenada', p_row ->> 'dtCoordenada' || 'Z',
    'dtBateria', p_row ->> 'dtBateria' || 'Z',
    'dtAlteracao',
    to_jsonb((p_row ->> 'dtAlteracao')::timestamptz at time zone 'UTC') #>> '{}' || 'Z')
$$;
comment on function private.describe_position is 'A current position as JSON, its times with Z.';
revoke all on function private.describe_position from public;
