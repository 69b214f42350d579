-- Coordinates by address. The view follows the table, which moves to schema public at the switch.
create view conversao."VwEndereco" with (security_invoker) as
  select a."cdEndereco", a."dsLat", a."dsLong" from conversao."TbEndereco" a;
comment on view conversao."VwEndereco" is 'Coordinates of the new addresses, wherever their table is.';
