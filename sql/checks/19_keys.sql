-- API keys that are not used any more are revoked.
select 'key ' || coalesce(k."dsNome", k."dsPrefixo", k."cdApiKey"::text) as oque,
       'It is active, but has not been used for 90 days' as porque, 'Ask its owner; revoke it' as remedio
from public."TbApiKeys" k
where k."blAtiva" and (k."dtExpiracao" is null or k."dtExpiracao" > now())
  and k."dtRegistro" < now() - interval '90 days'
  and not exists (
    select from public."TbUsoApiKey" u
    where u."cdApiKey" = k."cdApiKey" and u."dtUltimoUso" > now() - interval '90 days')
