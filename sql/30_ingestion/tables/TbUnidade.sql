-- Value in the base unit = value × nrFator + nrDeslocamento. A name may stand for units of two quantities
-- (C): which one is meant, the unit of the sensor decides.
create table private."TbUnidade" (
  "dsUnidade" text not null,
  "dsUnidadeBase" text not null,
  "nrFator" numeric not null default 1 check ("nrFator" > 0),
  "nrDeslocamento" numeric not null default 0,
  primary key ("dsUnidade", "dsUnidadeBase")
);
alter table private."TbUnidade" enable row level security;
comment on table private."TbUnidade" is
  'Units that values may be sent in, and those of sensor types: by the names of SenML and those in use.';
comment on column private."TbUnidade"."dsUnidadeBase" is
  'What it measures: units with the same base can be converted.';
comment on column private."TbUnidade"."nrFator" is
  'Value in the base unit = value × nrFator + nrDeslocamento.';
