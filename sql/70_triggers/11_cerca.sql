-- PT400 INVALID_FENCE: a fence must be a polygon by which points can be judged. Security definer: whoever may write a site may have its
-- fence looked at.
create function private.conferir_cerca() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_erro text := private.erro_do_poligono(new."dsCerca");
begin
  if v_erro is not null then
    raise sqlstate 'PT400' using message = format('dsCerca: %s', v_erro), hint = 'INVALID_FENCE';
  end if;
  return new;
end
$$;
comment on function private.conferir_cerca() is 'Refuses a fence that is no polygon.';
revoke all on function private.conferir_cerca() from public;

-- A JSON null is none.
create function private.sem_cerca() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new."dsCerca" := null;
  return new;
end
$$;
comment on function private.sem_cerca() is 'No fence, however it is written.';
revoke all on function private.sem_cerca() from public;

create trigger "TbDestinatario_cerca" before insert or update of "dsCerca" on public."TbDestinatario"
  for each row when (new."dsCerca" <> 'null') execute function private.conferir_cerca();
create trigger "TbDestinatario_sem_cerca" before insert or update of "dsCerca" on public."TbDestinatario"
  for each row when (new."dsCerca" = 'null') execute function private.sem_cerca();
comment on trigger "TbDestinatario_cerca" on public."TbDestinatario" is 'A fence is a valid polygon.';
comment on trigger "TbDestinatario_sem_cerca" on public."TbDestinatario" is 'No fence, however it is written.';
