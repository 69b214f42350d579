create table public."TbMunicipio" (
  "cdMunicipioIBGE" varchar not null,
  "cdEstadoIBGE" integer not null,
  "cdMunicipioCompleto" text,
  "dsMunicipio" text,
  primary key ("cdMunicipioIBGE", "cdEstadoIBGE")
);
alter table public."TbMunicipio" enable row level security;
revoke all on public."TbMunicipio" from public, anon, authenticated;
grant select on public."TbMunicipio" to authenticated;
grant select, delete on public."TbMunicipio" to service_role;
grant insert ("cdMunicipioIBGE", "cdEstadoIBGE", "cdMunicipioCompleto", "dsMunicipio")
  on public."TbMunicipio" to service_role;
grant update ("cdMunicipioCompleto", "dsMunicipio")
  on public."TbMunicipio" to service_role;
comment on table public."TbMunicipio" is 'Brazilian towns by their IBGE code.';
