-- Phase 1, indexes: the latest position of a device, which views look for by its number.
-- Built while others read and write: alone in its file, outside a transaction. It waits, without being in anybody's way, for
-- transactions that began before it. If it is interrupted it leaves an invalid index behind: drop that, then apply again.

set lock_timeout = '10min';
set statement_timeout = 0;

create index concurrently if not exists "TbPosicao_cdDispositivo_cdPosicao_idx" on public."TbPosicao" ("cdDispositivo", "cdPosicao" desc);
