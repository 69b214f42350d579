-- Only inserted by those who quarantine, so that none of them waits for another; added up by
-- private.trim_quarantine, one caller per client at a time. No foreign key: changes of a deleted client come
-- after it.
create table private."TbQuarentenaMudanca" (
  "cdCliente" integer not null,
  "dsOrigem" text not null,
  "nrErros" bigint not null
);
create index "TbQuarentenaMudanca_cdCliente_idx" on private."TbQuarentenaMudanca" ("cdCliente");
alter table private."TbQuarentenaMudanca" enable row level security;
comment on table private."TbQuarentenaMudanca" is
  'Payloads that came into quarantine or left it and are not yet in TbQuarentenaOrigem.';
comment on column private."TbQuarentenaMudanca"."cdCliente" is '0: they belong to no client.';
comment on column private."TbQuarentenaMudanca"."nrErros" is 'How many more; negative: how many fewer.';
