create table public."TbMunicipio" (
  "cdMunicipioIBGE" varchar not null
    constraint "TbMunicipio_cdMunicipioIBGE_max_255" check (char_length("cdMunicipioIBGE") <= 255),
  "cdEstadoIBGE" integer not null,
  "cdMunicipioCompleto" text
    constraint "TbMunicipio_cdMunicipioCompleto_max_255" check (char_length("cdMunicipioCompleto") <= 255),
  "dsMunicipio" text constraint "TbMunicipio_dsMunicipio_max_255" check (char_length("dsMunicipio") <= 255),
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
comment on constraint "TbMunicipio_cdMunicipioIBGE_max_255" on public."TbMunicipio" is
  'cdMunicipioIBGE has at most 255 characters';
comment on constraint "TbMunicipio_cdMunicipioCompleto_max_255" on public."TbMunicipio" is
  'cdMunicipioCompleto has at most 255 characters';
comment on constraint "TbMunicipio_dsMunicipio_max_255" on public."TbMunicipio" is
  'dsMunicipio has at most 255 characters';
