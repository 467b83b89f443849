const input = { target: "./openapi.json" };

module.exports = {
  client: { input, output: { target: "orval/client.ts", client: "fetch", baseUrl: "" } },
  zod: { input, output: { target: "orval/zod.ts", client: "zod" } },
};
