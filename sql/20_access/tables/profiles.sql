create table public.profiles (
  id uuid primary key,
  nome text constraint profiles_nome_max_255 check (char_length(nome) <= 255),
  sobrenome text constraint profiles_sobrenome_max_255 check (char_length(sobrenome) <= 255),
  cargo text constraint profiles_cargo_max_255 check (char_length(cargo) <= 255),
  "cdChave" bigint,
  "cdCliente" integer,
  "dtRegistro" timestamptz not null default now(),
  role public.role not null default 'default'
);
create index "profiles_cdChave_idx" on public.profiles ("cdChave");
create index "profiles_cdCliente_idx" on public.profiles ("cdCliente");
alter table public.profiles enable row level security;
revoke all on public.profiles from public, anon, authenticated;
grant select on public.profiles to authenticated;
grant select, delete on public.profiles to service_role;
grant insert (id, nome, sobrenome, cargo, "cdChave", "cdCliente", role)
  on public.profiles to service_role;
grant update (nome, sobrenome, cargo, "cdChave", "cdCliente", role)
  on public.profiles to service_role;
comment on table public.profiles is 'People: which client they belong to and what they may do.';
comment on constraint profiles_nome_max_255 on public.profiles is 'nome has at most 255 characters';
comment on constraint profiles_sobrenome_max_255 on public.profiles is 'sobrenome has at most 255 characters';
comment on constraint profiles_cargo_max_255 on public.profiles is 'cargo has at most 255 characters';
comment on column public.profiles.role is
  'default reads; admin also writes for its own clients; service sees and does all.';
