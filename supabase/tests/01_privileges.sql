-- Nothing is given away: grants, row-level security, definers, search paths, comments. Each query names offenders.
-- Seen to fail, each of them: by a grant, an attribute, an owner, a setting, a comment changed.
begin;
set local client_min_messages = warning;
create extension if not exists pgtap with schema extensions;
set local search_path = pg_catalog, extensions;
select plan(24);

create temporary view our_relations as
select c.oid, c.oid::regclass::text as name, c.relkind, c.relispartition, c.relacl, c.reloptions, c.relrowsecurity
from pg_class c
where c.relnamespace::regnamespace::text in ('public', 'series', 'private', 'particoes', 'inventario')
  and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S');

create temporary view our_functions as
select p.oid, p.oid::regprocedure::text as name, p.proname, p.prosecdef, p.proowner, p.prolang, p.proconfig,
       coalesce(p.proacl, acldefault('f', p.proowner)) as acl
from pg_proc p
where p.pronamespace::regnamespace::text in ('public', 'series', 'private', 'particoes', 'inventario');

-- Grants. PUBLIC is grantee 0.
select is_empty($$ select r.name, a.grantee::regrole, a.privilege_type from our_relations r, aclexplode(r.relacl) a
                   where a.grantee in (0, 'anon'::regrole) $$, 'no relation is open to anon or everybody');
select is_empty($$ select r.name, t.attname from our_relations r join pg_attribute t on t.attrelid = r.oid,
                   aclexplode(t.attacl) a where a.grantee in (0, 'anon'::regrole) $$, 'no column either');
select set_eq($$ select f.name, a.grantee::regrole::text from our_functions f, aclexplode(f.acl) a
                 where a.grantee in (0, 'anon'::regrole) $$,
              $$ values ('public.antes_da_requisicao()', 'anon') $$,
              'no function is open to anon or everybody, but the one by which PostgREST asks who calls');
select is_empty($$ select n.nspname from pg_namespace n, aclexplode(n.nspacl) a
                   where n.nspname in ('private', 'series', 'particoes', 'inventario') and a.grantee in (0, 'anon'::regrole) $$,
                'none of our schemas is open to anon or everybody');
select is_empty($$ select n.nspname, a.grantee::regrole from pg_namespace n, aclexplode(n.nspacl) a
                   where n.nspname = 'particoes' and a.grantee <> n.nspowner $$, 'only the owner looks into particoes');
select is_empty($$ select r.name, a.grantee::regrole from our_relations r, aclexplode(r.relacl) a
                   where r.relispartition and a.grantee <> (select relowner from pg_class c where c.oid = r.oid) $$,
                'partitions are granted to nobody');
select is_empty($$ select r.name, a.grantee::regrole, a.privilege_type from our_relations r, aclexplode(r.relacl) a
                   where r.relkind <> 'S' and a.grantee in ('authenticated'::regrole, 'service_role'::regrole)
                     and a.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') $$,
                'API roles truncate nothing and make no triggers or references');
select is_empty($$ select r.name, a.grantee::regrole, a.privilege_type from our_relations r, aclexplode(r.relacl) a
                   where r.name ~ '"(TbPosicao|TbSensorRegistro|TbPosicaoAtual|TbIngestaoErro|TbAuditoria)"$'
                     and a.grantee <> 'postgres'::regrole and a.privilege_type <> 'SELECT' $$,
                'time series, quarantine and audit log are written by functions only');
select is_empty($$ select r.name, a.privilege_type from our_relations r, aclexplode(r.relacl) a
                   where r.relkind = 'S' and a.grantee <> 'postgres'::regrole and a.privilege_type <> 'USAGE' $$,
                'sequences are counted on, never set or looked at');
select is_empty($$ select name, grantee from (
                     select r.name, a.grantee from our_relations r, aclexplode(r.relacl) a
                     union all select f.name, a.grantee from our_functions f, aclexplode(f.acl) a) g
                   where grantee in ('rastro_api'::regrole, 'rastro_api_2'::regrole, 'authenticator'::regrole)
                     and name !~ '^private[.](check_area|follow_positions|use_ticket)[(]' $$, 'logins hold nothing themselves, but for the stream');

-- The login of the application.
select results_eq($$ select rolcanlogin, rolinherit, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
                     from pg_roles where rolname in ('rastro_api', 'rastro_api_2') $$,
                  $$ values (true, false, false, false, false, false, false), (true, false, false, false, false, false, false) $$,
                  'rastro_api and its twin log in, inherit nothing and bypass nothing');
select results_eq($$ select roleid::regrole::text, admin_option from pg_auth_members
                     where member in ('rastro_api'::regrole, 'rastro_api_2'::regrole) $$,
                  $$ values ('authenticated', false), ('authenticated', false) $$,
                  'rastro_api and its twin may become authenticated, nobody else');

-- Row-level security.
select is_empty($$ select name from our_relations where relkind in ('r', 'p') and not relrowsecurity $$,
                'every table, partitioned parent and partition has row-level security');
select is_empty($$ select name from our_relations where relkind in ('v', 'm')
                   and not coalesce(reloptions @> '{security_invoker=true}', false) $$, 'every view runs as its caller');
select is_empty($$ select tablename, policyname from pg_policies
                   where schemaname in ('public', 'series', 'private', 'particoes', 'inventario')
                     and (roles <> '{authenticated}' or permissive <> 'PERMISSIVE') $$, 'policies are for authenticated');
select is_empty($$ select tablename, policyname from pg_policies
                   where schemaname in ('public', 'inventario')
                     and regexp_replace(concat(qual, with_check), '\( *SELECT (private|auth)\.\w+\(\)', '', 'g')
                         ~ '(private|auth)\.\w+\(\)' $$,
                'policies ask who is calling once per statement, not once per row');

-- Functions.
select set_eq($$ select proname from our_functions where prosecdef $$,
  array['current_caller', 'require_permission', 'conferir_chamador', 'admit_caller', 'current_user_id', 'is_service', 'get_eu', 'is_known_sensor', -- who calls, for policies
        'visible_clients', 'managed_clients', 'inventory_clients', 'managed_devices',
        'managed_products', 'managed_sites', 'clients_of_people', 'is_foreign_address', 'is_foreign_item', 'is_shared_item', 'is_foreign_reference',
        'insert_device_readings', 'insert_device_messages', 'registrar_posicao', 'quarentenar_payload', 'reprocessar_erros', 'ensure_partitions',
        'get_erros_ingestao', 'descartar_erros', 'reprocessar_payload',
        'devices_in_area', 'history_targets', 'history_sensors', 'sensor_kind', 'history_items', 'criar_api_key', 'rotacionar_api_key', 'revogar_api_key',
        'limitar_api_key', 'criar_bilhete', 'use_ticket', 'follow_positions', 'check_area', 'criar_convite', 'get_convites', 'revogar_convite', 'aceitar_convite', 'get_pessoas', 'mudar_pessoa',
        'remover_pessoa', 'get_api_keys', 'postpone_turn', 'take_turn', 'apply_addresses', 'store_address', 'cells_without_address', 'reference_errors', 'point_errors', 'row_errors', 'resolve_types', 'broker_logins',
        'excluir_serie', 'excluir_pessoa', 'get_exclusoes', 'get_exclusoes_desde', 'get_exclusao', 'get_retencao', 'mudar_retencao', 'apagar_retencao', 'prever_retencao', 'get_guardas_legais', 'criar_guarda_legal', 'apagar_guarda_legal',
        'criar_credencial', 'get_credenciais', 'revogar_credencial', 'importar_historico',
        'keep_current_position', 'renew_current_position', 'refuse_if_history', 'refuse_late_history', 'refuse_parent_change',
        'refuse_foreign_reference', 'record_device_link', 'record_new_devices', 'record_address_link', 'record_sensor_link', 'record_new_sensors', 'record_sensor_move', 'audit_rows', 'audit_updates',
        'forget_changed_caller', 'refuse_former_owner_assets', 'refuse_assets_in_use', 'keep_former_item', 'refuse_foreign_type', 'check_sensor_type', 'limit_sensor_types', 'refuse_other_unit', 'keep_former_types', 'leave_items_of_sensors', 'leave_item_of_sensor', 'record_quarantine_change', 'empty_quarantine_counts', 'check_geofence', 'create_profile', 'mark_inserted_row', 'mark_changed_values', 'mark_changed_positions', 'mark_changed_window',
        'truncate_rollups', 'hold_floors', 'bind_key', 'end_keys_of_client', 'end_keys_of_person', 'seal_audit_of_client', 'end_device_logins',
        'end_invitations_of_client', 'end_invitations_of_person', 'follow_account', 'limit_made_keys',
        'end_logins_of_key', 'end_logins_of_client', -- triggers
        'plain_geofence', 'rollup_watermark', 'packed_before', 'is_sound_values', 'is_sound_positions', 'is_sound_buckets', 'raw_expired_before', 'have_sums_expired', 'sensors_of_devices', 'dirty_hours_of', 'plan_reading', 'has_expired',
        'dirty_count_hours', -- marks and watermark are out of reach
        'get_saude_series', 'list_metrics', 'run_step', 'return_lease'],
  'security definers are these');
select is_empty($$ select name from our_functions where prosecdef
                   and proowner in (select oid from pg_roles where rolsuper) $$,
                'no security definer belongs to a superuser');
select set_eq($$ select proname from our_functions
                 where not coalesce(array_to_string(proconfig, ',') ~ 'search_path=', false) $$,
  array['after', 'chunk_at', 'chunk_of', 'digest_of_buckets', 'digest_of_positions', 'digest_of_values', 'is_on_page', 'packed_positions', 'packed_times', 'packed_values', 'position_rows', 'positions_between', 'stored_position', 'stored_value',
        'unpack_integer', 'unpacked_buckets', 'unpacked_positions', 'unpacked_values', 'hours_between', 'value_rows', 'values_between',
        'is_later', 'read_double', 'read_integer', 'read_sequence',
        'is_whole_number', 'is_not_finite', 'read_instant', 'shape_error', 'said_of_itself',
        'is_inside_geofence', 'geocode_cell', 'change_horizon', 'known_horizon', 'changed_devices', 'read_values', 'read_elements', 'compare_values', 'in_measuring_window', 'is_behind_cursor',
        'count_items', 'counted_days', 'complete_row', 'make_history_target', 'make_history_cursor', 'make_data_range', 'make_identity', 'sign_caller', 'permission_error',
        'make_device_message', 'make_checked_value', 'is_other_position', 'is_other_value', 'same_moment', 'is_active_key', 'belongs_to_clients', 'summable',
        'element_bytes', 'make_quarantined_payload', 'managed_errors', 'public_reason', 'quarantine_owner',
        'next_day_start', 'finite', 'ratio', 'divisor', 'battery_percent', 'read_measure', 'read_volts', 'read_epoch', 'bucket_minutes', 'triangle_area', 'axis_label', 'buckets', 'known_buckets', 'buckets_of_hour', 'unsummed_buckets', 'stored_buckets', 'stored_hours', 'stored_days', 'stored_counters', -- inlined into plans: their files say so
        'run_maintenance'], -- commits, which a SET clause forbids
  'search paths are fixed, but for these');
select is_empty($$ select name, proconfig from our_functions
                   where exists (select from unnest(proconfig) s where s ~ '^search_path=' and s !~ 'pg_temp$') $$,
                'a session''s own types and tables are searched last: left out, pg_temp would come first');

-- Structure.
select is_empty($$ select conrelid::regclass, conname from pg_constraint where contype = 'f'
                   and (conrelid in (select oid from our_relations where relkind = 'p' or relispartition)
                        or confrelid in (select oid from our_relations where relkind = 'p' or relispartition)) $$,
                'time series have no foreign keys, and none point to them');
select is_empty($$ select i.inhrelid::regclass from pg_inherits i join pg_class c on c.oid = i.inhrelid
                   where c.relkind = 'r' and (c.relnamespace <> 'particoes'::regnamespace
                     or pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT') $$,
                'partitions lie in particoes, and none takes what fits nowhere');

-- Comments: the dashboard shows them.
select is_empty($$
  select name from our_relations where relkind <> 'S' and not relispartition and obj_description(oid, 'pg_class') is null
  union all select name from our_functions where obj_description(oid, 'pg_proc') is null
  union all select t.oid::regtype::text from pg_type t left join pg_class c on c.oid = t.typrelid
    where t.typnamespace::regnamespace::text in ('public', 'private', 'inventario')
      and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and obj_description(t.oid, 'pg_type') is null
  union all select format('%s on %s', tgname, tgrelid::regclass) from pg_trigger
    where tgrelid in (select oid from our_relations) and not tgisinternal and tgparentid = 0 and obj_description(oid, 'pg_trigger') is null
  union all select nspname from pg_namespace
    where nspname in ('private', 'series', 'particoes', 'inventario') and obj_description(oid, 'pg_namespace') is null $$,
  'every table, view, function, type, trigger and schema says what it is');
select is_empty($$ select r.name, t.attname from our_relations r join pg_attribute t on t.attrelid = r.oid
                   where r.relkind in ('r', 'p') and not r.relispartition and t.attnum > 0
                     and t.atttypid in ('timestamp'::regtype) and r.name ~ 'TbPosicao|TbSensorRegistro|TbEvento'
                     and col_description(r.oid, t.attnum) !~ 'UTC' $$,
                'times of measurements say that they are UTC');

select * from finish();
rollback;
