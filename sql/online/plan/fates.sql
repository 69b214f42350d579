-- How many rows of each old table have which fate, and why. The texts of addresses.sql, positions.sql and
-- readings.sql are put in by the command.
with chosen_addresses as (select * from public."TbEndereco"),
chosen_positions as (select * from public."TbPosicao"),
chosen_readings as (select * from public."TbSensorRegistro"),
old_addresses as materialized (
{addresses}
), old_positions as materialized (
select p."cdPosicao", p."dtRegistro", p."nrSeq", p."cdMantida", p.fate, p.reason from (
{positions}
) p
), old_readings as (
{readings}
)
select 'TbPosicao' as table_name, p.fate, p.reason, count(*) as rows
from old_positions p
group by p.fate, p.reason
union all
select 'TbSensorRegistro', r.fate, r.reason, count(*)
from old_readings r
group by r.fate, r.reason
order by 1, 2, 3
