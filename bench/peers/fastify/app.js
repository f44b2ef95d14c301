// The users service in Fastify: schemas checked by ajv, answers by fast-json-stringify, prepared
// statements of pg, ioredis, and Fastify's own log, which has two JSON lines a request.
import { randomUUID } from "node:crypto";
import Fastify from "fastify";
import Redis from "ioredis";
import pg from "pg";

const CACHE_SECONDS = 300;
const COLUMNS = "id, username, email, is_active, created_at";
const TAKEN = { users_username_key: "Username already exists", users_email_key: "Email already exists" };

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.TIMESTAMP, isoTime);
const database = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const cache = new Redis(process.env.REDIS_URL, { enableAutoPipelining: true });

const username = { type: "string", minLength: 3, maxLength: 50, pattern: "^[A-Za-z0-9_.-]+$" };
const email = { type: "string", format: "email", maxLength: 254 };
const is_active = { type: "boolean" };
const newUser = {
  type: "object",
  required: ["username", "email"],
  properties: { username, email, is_active: { ...is_active, default: true } },
};
const changedUser = { type: "object", properties: { username, email, is_active } };
const user = {
  type: "object",
  properties: {
    id: { type: "integer" },
    username: { type: "string" },
    email: { type: "string" },
    is_active,
    created_at: { type: "string" },
  },
};
const params = { type: "object", properties: { user_id: { type: "integer" } } };
const page = {
  type: "object",
  properties: {
    skip: { type: "integer", minimum: 0, default: 0 },
    limit: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
    after: { type: "integer", default: 0 },
  },
};

const app = Fastify({
  logger: true,
  requestIdHeader: "x-request-id",
  genReqId: () => randomUUID(),
  ajv: { customOptions: { allErrors: true, coerceTypes: true } },
});

// "2026-11-22 21:50:04.4677" of PostgreSQL, as Python prints it.
function isoTime(text) {
  const [seconds, fraction] = text.replace(" ", "T").split(".");
  return fraction ? `${seconds}.${fraction.padEnd(6, "0")}` : seconds;
}

function detailOf({ validation, validationContext }) {
  return validation.map(({ keyword, instancePath, params, message }) => ({
    type: keyword,
    loc: [validationContext, ...(params.missingProperty ? [params.missingProperty] : instancePath.split("/").slice(1))],
    msg: message,
  }));
}

app.addHook("onRequest", async (request, reply) => {
  reply.header("x-request-id", request.id);
});

app.setErrorHandler((error, request, reply) => {
  if (error.validation) return reply.code(422).send({ detail: detailOf(error) });
  if (error.code === "23505") return reply.code(400).send({ detail: TAKEN[error.constraint] });
  request.log.error(error);
  return reply.code(error.statusCode ?? 500).send({ detail: error.statusCode ? error.message : "Internal Server Error" });
});

app.setNotFoundHandler((request, reply) => reply.code(404).send({ detail: "Not Found" }));

function notFound(reply) {
  return reply.code(404).send({ detail: "User not found" });
}

app.get("/", async () => ({ message: "users", version: "1.0.0", services: [], endpoints: [] }));

app.get("/health", async () => {
  await Promise.all([database.query("SELECT 1"), cache.ping()]);
  return { status: "healthy", database: "healthy", cache: "healthy", timestamp: new Date().toISOString() };
});

app.post("/users", { schema: { body: newUser, response: { 200: user } } }, async (request, reply) => {
  const { username, email, is_active } = request.body;
  const { rows } = await database.query({
    name: "create",
    text: `INSERT INTO users (username, email, is_active, created_at)
           VALUES ($1, $2, $3, now() AT TIME ZONE 'utc') RETURNING ${COLUMNS}`,
    values: [username, email, is_active],
  });
  reply.header("location", `/users/${rows[0].id}`);
  return rows[0];
});

app.get("/users", { schema: { querystring: page, response: { 200: { type: "array", items: user } } } }, async (request) => {
  const { skip, limit, after } = request.query;
  const { rows } = await database.query({
    name: "list",
    text: `SELECT ${COLUMNS} FROM users WHERE id > $1 ORDER BY id OFFSET $2 LIMIT $3`,
    values: [after, skip, limit],
  });
  return rows;
});

app.get("/users/:user_id", { schema: { params } }, async (request, reply) => {
  const key = `user:${request.params.user_id}`;
  let body = await cache.get(key);
  if (body === null) {
    const { rows } = await database.query({
      name: "read",
      text: `SELECT ${COLUMNS} FROM users WHERE id = $1`,
      values: [request.params.user_id],
    });
    if (rows.length === 0) return notFound(reply);
    body = JSON.stringify(rows[0]);
    await cache.setex(key, CACHE_SECONDS, body);
  }
  return reply.type("application/json").send(body);
});

app.patch("/users/:user_id", { schema: { params, body: changedUser, response: { 200: user } } }, async (request, reply) => {
  const { username, email, is_active } = request.body;
  const { rows } = await database.query({
    name: "update",
    text: `UPDATE users SET username = coalesce($2, username), email = coalesce($3, email),
             is_active = coalesce($4, is_active) WHERE id = $1 RETURNING ${COLUMNS}`,
    values: [request.params.user_id, username, email, is_active],
  });
  if (rows.length === 0) return notFound(reply);
  await cache.del(`user:${request.params.user_id}`);
  return rows[0];
});

app.delete("/users/:user_id", { schema: { params } }, async (request, reply) => {
  const { rowCount } = await database.query({
    name: "delete",
    text: "DELETE FROM users WHERE id = $1",
    values: [request.params.user_id],
  });
  if (rowCount === 0) return notFound(reply);
  await cache.del(`user:${request.params.user_id}`);
  return reply.code(204).send();
});

for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(0));
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
