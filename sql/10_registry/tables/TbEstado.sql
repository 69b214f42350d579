create table public."TbEstado" (
  "cdEstadoIBGE" integer primary key,
  "dsUf" text constraint "TbEstado_dsUf_max_255" check (char_length("dsUf") <= 255),
  "dsEstado" text constraint "TbEstado_dsEstado_max_255" check (char_length("dsEstado") <= 255)
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
comment on constraint "TbEstado_dsUf_max_255" on public."TbEstado" is 'dsUf has at most 255 characters';
comment on constraint "TbEstado_dsEstado_max_255" on public."TbEstado" is
  'dsEstado has at most 255 characters';
