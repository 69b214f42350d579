-- Deletes quarantined payloads for good, the oldest first, at most 10,000 at once. Returns {discarded}: how
-- many. The audit log has one entry for each client: who discarded how many, and what was asked for.
-- What is under a legal hold stays; payloads named by code are then refused altogether.
-- p_cd_erros        which ones; null: all
-- p_ds_motivo       only those with this reason
-- p_cd_dispositivo  only those of this device
-- Who: admins, of the clients they manage. Security definer: API roles may not write TbIngestaoErro.
-- Raises PT401, PT403, PT409 CONFLICT (legal hold), PT429.
create function public.descartar_erros(
  p_cd_erros bigint[] default null, p_ds_motivo text default null, p_cd_dispositivo integer default null
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_errors bigint[];
  v_discarded bigint;
begin
  perform private.require_few('cdErros', p_cd_erros);
  perform private.require_short(p_ds_motivo);
  v_errors := array(
    select m."cdErro" from private.managed_errors(v_caller, p_cd_erros, p_ds_motivo, p_cd_dispositivo) m
    join public."TbIngestaoErro" q using ("cdErro")
    where p_cd_erros is not null or not private.is_held(q."cdCliente", q."cdDispositivo")
    order by m."cdErro" limit 10000);
  if exists (select from public."TbIngestaoErro" q
             where q."cdErro" = any (v_errors) and private.is_held(q."cdCliente", q."cdDispositivo")) then
    raise sqlstate 'PT409' using hint = 'CONFLICT',
      message = 'Some of these payloads are under a legal hold; none has been discarded';
  end if;
  perform from public."TbIngestaoErro" q where q."cdErro" = any (v_errors)
  order by q."dsHash", q."dsMotivo", q."cdErro" for update; -- one lock order for all callers
  with gone as (
    delete from public."TbIngestaoErro" q where q."cdErro" = any (v_errors) returning q."cdCliente"
  ), noted as (
    insert into public."TbAuditoria" (
      "dsTabela", "dsOperacao", "dsChamador", "dsRequisicao", "cdClientes", "cdCliente", "jsAntes")
    select 'TbIngestaoErro', 'delete', v_caller."dsChamador",
           nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id',
           v_caller."cdClientes", g."cdCliente",
           jsonb_build_object('nrErros', count(*), 'dsMotivo', p_ds_motivo, 'cdDispositivo', p_cd_dispositivo)
    from gone g group by g."cdCliente"
  )
  select count(*) into v_discarded from gone;
  return jsonb_build_object('discarded', v_discarded);
end
$$;
comment on function public.descartar_erros is 'Deletes quarantined payloads for good.';
revoke all on function public.descartar_erros from public;
grant execute on function public.descartar_erros to authenticated, service_role;
