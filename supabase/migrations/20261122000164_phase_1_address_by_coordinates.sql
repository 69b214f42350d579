-- Phase 1, indexes: addresses by coordinates (phase 6 makes it anew, of numbers). As large as the one before.
-- Built while others read and write: alone in its file, outside a transaction. It waits, without being in anybody's way, for
-- transactions that began before it. If it is interrupted it leaves an invalid index behind: drop that, then apply again.

set lock_timeout = '10min';
set statement_timeout = 0;

create index concurrently if not exists "TbEndereco_dsLat_dsLong_idx" on public."TbEndereco" ("dsLat", "dsLong");
