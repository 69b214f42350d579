create table public."TbEstado" (
  "cdEstadoIBGE" integer primary key,
  "dsUf" text,
  "dsEstado" text
);
alter table public."TbEstado" enable row level security;
revoke all on public."TbEstado" from public, anon, authenticated;
grant select on public."TbEstado" to authenticated;
grant select, insert, update, delete on public."TbEstado" to service_role;
comment on table public."TbEstado" is 'Brazilian states by their IBGE code.';
