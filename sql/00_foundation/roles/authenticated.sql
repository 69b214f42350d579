-- PostgREST applies the settings of the role it acts as: there, too, a call that waits for a lock is refused
-- soon, and no plan is compiled. The application sets its own limits for each call. Times begin with the
-- year: 10/11/2026, which is a day of October or of November, is refused.
alter role authenticated set lock_timeout = '500ms';
alter role authenticated set jit = off;
alter role authenticated set datestyle = 'ISO, YMD';
