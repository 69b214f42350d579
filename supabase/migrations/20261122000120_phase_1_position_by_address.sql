-- Phase 1, indexes: positions at an address.
-- Built while others read and write: alone in its file, outside a transaction. It waits, without being in anybody's way, for
-- transactions that began before it. If it is interrupted it leaves an invalid index behind: drop that, then apply again.

set lock_timeout = '10min';
set statement_timeout = 0;

create index concurrently if not exists "TbPosicao_cdEndereco_idx" on public."TbPosicao" ("cdEndereco");
