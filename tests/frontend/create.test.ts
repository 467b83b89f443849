// A new task, and a retry of its creation that makes no second one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, create, good, refused } from "./client.js";

test("a task is what was asked for, and the defaults", async () => {
  const task = await create({
    title: " Buy milk ",
    priority: "high",
    tags: ["home"],
    due_at: "2026-02-06T13:00:00+01:00",
  });
  assert.equal(task.title, "Buy milk");
  assert.equal(task.status, "pending");
  assert.equal(task.due_at, "2026-02-06T12:00:00Z");
  assert.equal(task.description, null);
  assert.equal(task.completed_at, null);
  assert.deepEqual(good(await api.GET("/api/tasks/{id}", { params: { path: { id: task.id } } })), task);
});

test("a retry under the same key is answered as the first was", async () => {
  const again = () =>
    api.POST("/api/tasks", {
      params: { header: { "Idempotency-Key": "a-key" } },
      body: { title: "Once", tags: ["once"] },
    });
  const [first, retry] = [await again(), await again()];
  assert.deepEqual(good(retry), good(first));
  assert.equal(first.response.headers.get("Idempotency-Replayed"), null);
  assert.equal(retry.response.headers.get("Idempotency-Replayed"), "true");
  const page = good(await api.GET("/api/tasks", { params: { query: { tags_any: ["once"] } } }));
  assert.equal(page.count, 1);
});

test("the key of another task is refused", async () => {
  const header = { "Idempotency-Key": "b-key" };
  good(await api.POST("/api/tasks", { params: { header }, body: { title: "This" } }));
  const problem = refused(await api.POST("/api/tasks", { params: { header }, body: { title: "That" } }));
  assert.equal(problem.type, "/problems/idempotency-key-reused");
  assert.deepEqual(
    problem.errors.map((error) => error.header),
    ["Idempotency-Key"],
  );
});

test("who prefers so gets no task back", async () => {
  const { data, response } = await api.POST("/api/tasks", {
    params: { header: { Prefer: "return=minimal" } },
    body: { title: "Quiet" },
  });
  assert.equal(response.status, 204);
  assert.equal(data, undefined);
  assert.match(response.headers.get("Location") ?? "", /^\/api\/tasks\/\d+$/);
});
