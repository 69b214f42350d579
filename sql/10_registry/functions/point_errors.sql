-- Names of points are unique on their device, among the new rows and with those that exist. The columns are
-- those of the answer of criar_cadastros. Called by private.row_errors.
-- Security definer: looks at sensors that the caller may not read.
create function private.point_errors(p_rows jsonb) returns table (linha integer, coluna text, texto text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.linha, 'dsPonto', format('The device already has a point %s', left(p.point, 80))
  from (
    select (l.n - 1)::integer as linha, (l.e ->> 'cdDispositivo')::integer as device,
           normalize(l.e ->> 'dsPonto', nfc) as point,
           row_number() over (
             partition by l.e ->> 'cdDispositivo', normalize(l.e ->> 'dsPonto', nfc)
             order by l.n) as occurrence
    from jsonb_array_elements(p_rows) with ordinality as l(e, n)
    where l.e ->> 'dsPonto' is not null
  ) p
  where p.device in (select private.managed_devices()) and (p.occurrence > 1 or exists (
    select from public."TbSensor" s where s."cdDispositivo" = p.device and s."dsPonto" = p.point))
$$;
comment on function private.point_errors is 'Rows that name a point which their device already has.';
revoke all on function private.point_errors from public;
