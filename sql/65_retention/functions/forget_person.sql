-- Removes a person from all rows that stay, and adds their number to a receipt. The code of the request
-- replaces the id wherever rows say who did something, so that the work of one person can still be told from
-- that of another. What the client owns stays: logins of devices, quarantined payloads, holds, the audit log.
-- Its counts are by caller: those of the quarantine move to the new name as a change that is added up later.
-- $1 the person, $2 and $3 the caller until now and from now on, $4 the code. Calls in flight may write
-- the id again, hence it is called twice, and a payload may be there under both names.
create function private.forget_person(p_receipt uuid, p_person uuid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_one record;
  v_rows bigint;
begin
  for v_one in
    select t.name, t.operation, t.statement
    from (values
      (1, 'TbBilhete', 'delete', $s$delete from private."TbBilhete" b where b."dsChamador" = $2$s$),
      (2, 'TbApiKeys', 'update', $s$
        update public."TbApiKeys" k set "cdPortador" = null where k."cdPortador" = $1$s$),
      (3, 'TbDispositivoCredencial', 'update', $s$
        update public."TbDispositivoCredencial" c set "cdUsuario" = null where c."cdUsuario" = $1$s$),
      (4, 'TbGuardaLegal', 'update', $s$
        update public."TbGuardaLegal" g set "dsChamador" = $3 where g."dsChamador" = $2$s$),
      (5, 'TbReciboExclusao', 'update', $s$
        update public."TbReciboExclusao" e set "dsChamador" = $3 where e."dsChamador" = $2$s$),
      (6, null, null, $s$
        delete from public."TbIngestaoErro" e using public."TbIngestaoErro" o
        where e."dsChamador" = $2 and o."dsChamador" = $3
          and (o."dsHash", o."dsMotivo", o."cdCliente", o."cdDispositivo")
              is not distinct from (e."dsHash", e."dsMotivo", e."cdCliente", e."cdDispositivo")$s$),
      (7, 'TbIngestaoErro', 'update', $s$
        update public."TbIngestaoErro" e set "dsChamador" = $3 where e."dsChamador" = $2$s$),
      (8, null, null, $s$
        update private."TbQuarentenaMudanca" m set "dsOrigem" = $3 where m."dsOrigem" = $2$s$),
      (9, null, null, $s$
        with gone as (delete from private."TbQuarentenaOrigem" o where o."dsOrigem" = $2 returning o.*)
        insert into private."TbQuarentenaMudanca" ("cdCliente", "dsOrigem", "nrErros")
        select g."cdCliente", $3, g."nrErros" from gone g$s$),
      (10, 'TbAuditoria', 'update', $s$
        update public."TbAuditoria" a
        set "dsChamador" = case a."dsChamador" when $2 then $3 else a."dsChamador" end,
            "jsAntes" = private.without_person(a."jsAntes", $1::text, $4::text),
            "jsDepois" = private.without_person(a."jsDepois", $1::text, $4::text)
        where a."dsChamador" = $2
           or a."dsTabela" in ('profiles', 'TbApiKeys', 'TbDispositivoCredencial', 'TbGuardaLegal')
             and strpos(concat(a."jsAntes", a."jsDepois"), $1::text) > 0$s$)
    ) as t(place, name, operation, statement)
    order by t.place
  loop
    execute v_one.statement using p_person, 'user:' || p_person, 'user:' || p_receipt, p_receipt;
    get diagnostics v_rows = row_count;
    if v_one.name is not null then
      perform private.note_in_receipt(p_receipt, v_one.name, v_one.operation, v_rows);
    end if;
  end loop;
end
$$;
comment on function private.forget_person is 'Removes a person from all rows that stay, with a receipt.';
revoke all on function private.forget_person from public;
