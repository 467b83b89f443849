// Deleted, back again, and gone for good.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, create, good, refused, titles } from "./client.js";

const at = (id: number) => ({ params: { path: { id } } });

test("a task goes to the trash and comes back as it was", async () => {
  const task = await create({ title: "Regretted", tags: ["kept"] });
  assert.equal((await api.DELETE("/api/tasks/{id}", at(task.id))).response.status, 204);
  assert.equal(refused(await api.GET("/api/tasks/{id}", at(task.id))).type, "/problems/not-found");
  const trash = good(await api.GET("/api/tasks/trash"));
  assert.deepEqual(titles(trash.results), ["Regretted"]);
  assert.ok(Date.parse(trash.results[0]!.deleted_at) >= Date.parse(task.created_at));
  const restored = good(await api.POST("/api/tasks/{id}/restore", at(task.id)));
  assert.deepEqual({ ...restored, version: task.version, updated_at: task.updated_at }, task);
  assert.ok(restored.version > task.version);
});

test("one for good, then all of it", async () => {
  const tasks = [await create({ title: "1" }), await create({ title: "2" }), await create({ title: "3" })];
  for (const task of tasks) await api.DELETE("/api/tasks/{id}", at(task.id));
  assert.equal((await api.DELETE("/api/tasks/trash/{id}", at(tasks[0]!.id))).response.status, 204);
  assert.equal(refused(await api.POST("/api/tasks/{id}/restore", at(tasks[0]!.id))).status, 404);
  assert.equal(good(await api.GET("/api/tasks/trash")).count, 2);
  assert.equal((await api.DELETE("/api/tasks/trash")).response.status, 204);
  assert.equal(good(await api.GET("/api/tasks/trash")).count, 0);
});
