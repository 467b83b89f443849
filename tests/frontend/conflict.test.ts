// Two devices with the same task, of which one comes too late.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, create, good, refused, tag, type Task } from "./client.js";

const change = (task: Task, title: string) =>
  api.PATCH("/api/tasks/{id}", {
    params: { path: { id: task.id }, header: { "If-Match": tag(task) } },
    body: { title },
  });

test("the second to write is told the current version, reads, and writes again", async () => {
  const desk = await create({ title: "Draft" });
  const phone = good(await api.GET("/api/tasks/{id}", { params: { path: { id: desk.id } } }));
  const written = good(await change(desk, "From the desk"));
  const late = await change(phone, "From the phone");
  assert.equal(refused(late).type, "/problems/precondition-failed");
  assert.equal(late.response.headers.get("ETag"), tag(written));
  const read = good(await api.GET("/api/tasks/{id}", { params: { path: { id: desk.id } } }));
  assert.equal(read.title, "From the desk");
  assert.equal(good(await change(read, "From both")).title, "From both");
});

test("what has changed is not deleted", async () => {
  const stale = await create({ title: "Precious" });
  const current = good(await change(stale, "More precious"));
  const remove = (task: Task) =>
    api.DELETE("/api/tasks/{id}", { params: { path: { id: task.id }, header: { "If-Match": tag(task) } } });
  assert.equal(refused(await remove(stale)).status, 412);
  assert.equal((await remove(current)).response.status, 204);
});

test("a good copy is not sent again", async () => {
  const task = await create({ title: "Cached" });
  const read = () =>
    api.GET("/api/tasks/{id}", { params: { path: { id: task.id }, header: { "If-None-Match": tag(task) } } });
  const same = await read();
  assert.equal(same.response.status, 304);
  assert.equal(same.response.headers.get("ETag"), tag(task));
  const changed = good(await change(task, "Fresh"));
  assert.deepEqual(good(await read()), changed);
});
