// Many changes in one request: all of them, or none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, create, good, refused, stranger } from "./client.js";

const count = async () => good(await api.GET("/api/tasks", { params: { query: { limit: 1 } } })).count;

test("a bit of each", async () => {
  const [one, two, three] = [await create({ title: "1" }), await create({ title: "2" }), await create({ title: "3" })];
  const done = good(
    await api.POST("/api/tasks/bulk", {
      body: {
        create: [{ title: "4", priority: "low" }],
        update: { ids: [two.id, one.id], changes: { status: "completed" } },
        delete: [three.id],
      },
    }),
  );
  assert.deepEqual(
    done.created.map((task) => task.priority),
    ["low"],
  );
  assert.deepEqual(
    done.updated.map((task) => [task.id, task.status]),
    [
      [two.id, "completed"],
      [one.id, "completed"],
    ],
  );
  assert.deepEqual(done.deleted, [three.id]);
});

test("one bad title and nothing is written", async () => {
  const before = await count();
  const create = ["Good", "", "Better"].map((title) => ({ title }));
  const problem = refused(await api.POST("/api/tasks/bulk", { body: { create } }));
  assert.equal(problem.type, "/problems/validation");
  assert.deepEqual(
    problem.errors.map((error) => error.pointer),
    ["#/create/1/title"],
  );
  assert.equal(await count(), before);
});

test("another person's task is as one that never was, and nothing is written", async () => {
  const mine = await create({ title: "Mine" });
  const theirs = good(await stranger.POST("/api/tasks", { body: { title: "Theirs" } }));
  const missing = { pointer: "#/update/ids/1", code: "not_found" };
  for (const id of [theirs.id, 999_999_999]) {
    const problem = refused(
      await api.POST("/api/tasks/bulk", {
        body: { create: [{ title: "New" }], update: { ids: [mine.id, id], changes: { title: "Ours" } } },
      }),
    );
    assert.equal(problem.status, 422);
    assert.equal(problem.type, "/problems/validation");
    assert.deepEqual(
      problem.errors.map(({ pointer, code }) => ({ pointer, code })),
      [missing],
    );
  }
  assert.deepEqual(good(await api.GET("/api/tasks/{id}", { params: { path: { id: mine.id } } })), mine);
});
