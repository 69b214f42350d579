-- Written by scripts/archive, so that the receipt of a deletion can name the files that have
-- deleted rows still.
-- No foreign key: files outlive what they are about.
create table private."TbArquivo" (
  "dsArquivo" text primary key,
  "cdCliente" integer not null,
  "cdDispositivos" integer[],
  "dtEscrita" timestamptz not null default now()
);
alter table private."TbArquivo" enable row level security;
comment on table private."TbArquivo" is
  'Months of clients that scripts/archive has written, or found, in an archive.';
comment on column private."TbArquivo"."dsArquivo" is
  'Folder of the client''s month: path or URL of the archive, and the path in it.';
comment on column private."TbArquivo"."cdDispositivos" is
  'Devices that have rows in it; null: not known, because it is being written, or was there before.';
comment on column private."TbArquivo"."dtEscrita" is 'When it was written, or found.';
