-- Maintenance step: looks again for people who were deleted on request (excluir_pessoa). A call that was in
-- flight when its caller was deleted may have written the id afterwards; after five minutes none is, as
-- calls are cut off after seconds. Then nothing knows the id any more, the receipt included.
-- Returns how many people; 0 when there is nobody to look for.
create function private.finish_person_deletions() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_receipt public."TbReciboExclusao";
begin
  select e.* into v_receipt from public."TbReciboExclusao" e
  where e."dtFim" is null and e."cdUsuario" is not null and e."dtPedido" < now() - interval '5 minutes'
  order by e."dtPedido" limit 1 for update skip locked;
  if v_receipt."cdExclusao" is null then
    return 0;
  end if;
  perform private.forget_person(v_receipt."cdExclusao", v_receipt."cdUsuario");
  perform private.forget_sign_ins(v_receipt."cdExclusao", v_receipt."cdUsuario", null);
  update public."TbReciboExclusao" e set "cdUsuario" = null, "dtFim" = clock_timestamp()
  where e."cdExclusao" = v_receipt."cdExclusao";
  return 1;
end
$$;
comment on function private.finish_person_deletions is
  'Maintenance step: removes what calls in flight wrote about people who were deleted on request.';
revoke all on function private.finish_person_deletions from public;
