-- Phase 1, indexes: addresses by state. Most installations have it. Where reports were geocoded the table is large.
-- Built while others read and write: alone in its file, outside a transaction. It waits, without being in anybody's way, for
-- transactions that began before it. If it is interrupted it leaves an invalid index behind: drop that, then apply again.

set lock_timeout = '10min';
set statement_timeout = 0;

create index concurrently if not exists "TbEndereco_dsUF_idx" on public."TbEndereco" ("dsUF");
