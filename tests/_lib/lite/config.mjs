// The server of the contract tests. What differs between runs comes by environment: no password is in a file.
import { createPostgresConnection } from "@supabase/lite/postgres";

// This server writes a JSON argument as text, and its driver would write that text as JSON once more, so that a
// list would reach its function as a string. PostgREST does not: text is passed on as it is.
const once = (oid) => ({
  to: oid,
  from: [oid],
  serialize: (value) => (typeof value === "string" ? value : JSON.stringify(value)),
  parse: (text) => JSON.parse(text),
});

const connection = createPostgresConnection({
  url: process.env.LITE_DATABASE_URL,
  postgresOptions: { types: { json: once(114), jsonb: once(3802) }, onnotice: () => {} },
});
// Otherwise it grants every table to everybody, anon too, before its first query.
connection.rlsState = "active";

export default {
  api: { port: Number(process.env.LITE_PORT), schemas: ["public"] },
  auth: {
    jwt_secret: process.env.LITE_JWT_SECRET,
    publishable_key: process.env.LITE_PUBLISHABLE_KEY,
    secret_key: process.env.LITE_SECRET_KEY,
  },
  connection,
};
