// The real Better Auth with its JWT plugin, in memory. `ALGORITHM` chooses the key pair; `POST /rotate` drops the keys,
// so that the next signing makes a new one.
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";

const port = Number(process.env.PORT);
const algorithm = process.env.ALGORITHM ?? "EdDSA";
const rows = { user: [], session: [], account: [], verification: [], jwks: [] };

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${port}`,
  secret: "a-secret-of-better-auth-itself-0123456789",
  database: memoryAdapter(rows),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [jwt({ jwks: { keyPairConfig: { alg: algorithm } } })],
});

const handler = toNodeHandler(auth);
createServer((request, response) => {
  if (request.url === "/rotate") {
    for (const key of rows.jwks) key.expiresAt = new Date(Date.now() - 1000);
    response.end("rotated");
    return;
  }
  handler(request, response);
}).listen(port, "127.0.0.1", () => console.log("listening"));
