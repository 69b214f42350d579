-- The login roles exist, inherit no rights, do not bypass row-level security, and can switch only to the
-- roles they need.
select r.nome as oque,
       case when p.oid is null then 'The role is missing'
            when p.rolsuper or p.rolbypassrls then 'The role bypasses row-level security'
            when p.rolinherit and not r.herda then 'The role inherits the rights of other roles'
            else 'The role can switch to ' || m.mais end as porque,
       case when p.oid is null then 'Apply the migrations'
            when m.mais is null then format('alter role %I nosuperuser nobypassrls noinherit;', r.nome)
            else format('revoke %s from %I;', m.mais, r.nome) end as remedio
from (values ('rastro_api', array['authenticated'], false), ('rastro_api_2', array['authenticated'], false),
             ('rastro_manutencao', array[]::text[], false), ('rastro_broker', array[]::text[], false),
             ('rastro_manutencao_2', array['rastro_manutencao'], true),
             ('rastro_broker_2', array['rastro_broker'], true)) as r(nome, papeis, herda)
left join pg_roles p on p.rolname = r.nome
cross join lateral (
  select string_agg(g.rolname, ', ') as mais
  from pg_auth_members a join pg_roles g on g.oid = a.roleid
  where a.member = p.oid and not g.rolname = any (r.papeis)
) m
where p.oid is null or p.rolsuper or p.rolbypassrls or p.rolinherit and not r.herda or m.mais is not null
