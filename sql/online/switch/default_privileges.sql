-- Statements that give back what new objects in `public` are granted by default.
select format(
  'alter default privileges in schema public grant %s on %s to %I', a.privilege_type,
  case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' else 'functions' end,
  a.grantee::regrole::text)
from pg_catalog.pg_default_acl d
cross join lateral aclexplode(d.defaclacl) a
where d.defaclrole = current_user::regrole and d.defaclnamespace = 'public'::regnamespace
  and d.defaclobjtype in ('r', 'S', 'f')
  and a.grantee in (to_regrole('anon'), to_regrole('authenticated'), to_regrole('service_role'))
order by 1
