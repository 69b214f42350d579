-- Under the locks, before keys are hashed: those that were made or changed until now are among them.
delete from conversao."TbConversaoChave"; -- not truncate: writing its files anew takes longer
insert into conversao."TbConversaoChave" select k."cdApiKey", k."dsKey" from public."TbApiKeys" k;
-- Values that are changed for all rows.
delete from conversao."TbConversaoAntes";
insert into conversao."TbConversaoAntes" ("dsTabela", "jsChave", "dsColuna", "jsAntes")
select 'public."TbApiKeys"', jsonb_build_object('cdApiKey', k."cdApiKey"), v.key,
       jsonb_build_object(v.key, v.value)
from public."TbApiKeys" k cross join lateral jsonb_each(to_jsonb(k)) v
where v.key in ('dsPermissoes', 'cdClientes', 'dtExpiracao', 'dtRegistro')
union all
select 'public."TbTipoSensor"', jsonb_build_object('id', t.id), v.key, jsonb_build_object(v.key, v.value)
from public."TbTipoSensor" t cross join lateral jsonb_each(to_jsonb(t)) v
where v.key in ('dsNome', 'dsDescricao', 'dsUnidade', 'dtRegistro')
union all
select 'public."TbDestinatario"', jsonb_build_object('cdDestinatario', t."cdDestinatario"), 'nrRaio',
       jsonb_build_object('nrRaio', t."nrRaio")
from public."TbDestinatario" t where t."nrRaio" is not null
union all
select 'public.profiles', jsonb_build_object('id', p.id), 'role', '{"role": null}'
from public.profiles p where p.role is null;
