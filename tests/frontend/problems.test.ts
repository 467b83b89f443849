// Each error is a typed document, and its type tells a program what to do next.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, clientOf, create, refused, stranger, type NewTask, type Problem } from "./client.js";

/** What a form does with an error; after the cases the compiler knows which documents are left. */
function advice(problem: Problem): string {
  switch (problem.type) {
    case "/problems/validation":
      return problem.errors.map((error) => error.pointer ?? error.parameter ?? error.header).join(" ");
    case "/problems/authentication":
    case "/problems/token-expired":
      return "sign in";
    case "/problems/quota-exceeded":
    case "/problems/unavailable":
      return "wait";
    default:
      return problem.detail;
  }
}

test("a form shows each broken rule at its field", async () => {
  const body = { title: "", tags: ["a", ""], colour: "red" } as NewTask;
  const { error, response } = await api.POST("/api/tasks", { body });
  assert.equal(response.headers.get("Content-Type"), "application/problem+json");
  assert.equal(error?.status, 422);
  assert.deepEqual(new Set(advice(error!).split(" ")), new Set(["#/title", "#/tags/1", "#/colour"]));
});

test("a parameter that breaks a rule is named", async () => {
  const { error } = await api.GET("/api/tasks", { params: { query: { limit: 0, time_zone: "Nowhere/At-all" } } });
  assert.deepEqual(new Set(advice(error!).split(" ")), new Set(["limit", "time_zone"]));
});

test("without a good token", async () => {
  const { error, response } = await clientOf("none").GET("/api/auth/me");
  assert.equal(error && advice(error), "sign in");
  assert.match(response.headers.get("WWW-Authenticate") ?? "", /^Bearer/);
});

test("another person's task is as one that never was", async () => {
  const task = await create({ title: "Mine" });
  const [theirs, never] = await Promise.all(
    [task.id, 999_999_999].map(async (id) =>
      refused(await stranger.GET("/api/tasks/{id}", { params: { path: { id } } })),
    ),
  );
  assert.equal(theirs?.type, "/problems/not-found");
  assert.deepEqual({ ...theirs, instance: "" }, { ...never, instance: "" });
});
