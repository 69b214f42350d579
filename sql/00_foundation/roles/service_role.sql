-- As for authenticated: the calls are short.
alter role service_role set jit = off;
alter role service_role set datestyle = 'ISO, YMD';
