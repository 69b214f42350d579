-- PostgREST applies the settings of the role it acts as: there, too, a call that waits for a lock is refused
-- soon, and no plan is compiled. The application sets its own limits for each call.
alter role authenticated set lock_timeout = '500ms';
alter role authenticated set jit = off;
