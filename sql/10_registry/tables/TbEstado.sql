create table public."TbEstado" (
  "cdEstadoIBGE" integer primary key,
  "dsUf" text,
  "dsEstado" text
);
alter table public."TbEstado" enable row level security;
revoke all on public."TbEstado" from public, anon, authenticated;
grant select on public."TbEstado" to authenticated;
grant select, delete on public."TbEstado" to service_role;
grant insert ("cdEstadoIBGE", "dsUf", "dsEstado")
  on public."TbEstado" to service_role;
grant update ("dsUf", "dsEstado")
  on public."TbEstado" to service_role;
comment on table public."TbEstado" is 'Brazilian states by their IBGE code.';
