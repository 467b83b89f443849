// A client and zod schemas that orval has generated, against the running server.
import assert from "node:assert/strict";
import * as api from "./orval/client";
import * as zod from "./orval/zod";

const real = globalThis.fetch;
globalThis.fetch = (address, options) => {
  const headers = new Headers(options?.headers);
  headers.set("Authorization", `Bearer ${process.env["TOKEN"]}`);
  return real(`${process.env["API"]}${address}`, { ...options, headers });
};

const body = zod.createTaskBody.parse({ title: "By orval", priority: "high", tags: ["orval"] });
const created = await api.createTask(body);
assert.equal(created.status, 201);
const task = zod.getTaskResponse.parse(created.data);
assert.deepEqual(zod.getTaskResponse.parse((await api.getTask(task.id)).data), task);
const query = { status: ["pending" as const], tags_any: ["orval"], ordering: "-created_at" as const, limit: 5 };
const page = zod.listTasksResponse.parse((await api.listTasks(zod.listTasksQueryParams.parse(query))).data);
assert.deepEqual([page.count, page.results], [1, [task]]);

const minimal = { headers: { Prefer: "return=minimal" } };
assert.equal((await api.patchTask(task.id, { status: "completed" }, minimal)).status, 204);
assert.equal((await api.createTask({ title: "Quiet" }, minimal)).status, 204);

assert.equal(zod.createTaskBody.safeParse({ title: "" }).success, false);
const refused = await api.createTask({ title: "" });
assert.ok(refused.status === 422);
assert.deepEqual([refused.data.type, refused.data.errors[0]?.pointer], ["/problems/validation", "#/title"]);
const late = await api.deleteTask(task.id, { headers: { "If-Match": '"1"' } });
assert.ok(late.status === 412);
assert.equal(late.data.type, "/problems/precondition-failed");

const done = await api.changeTasks({ create: [{ title: "Many" }], delete: [task.id] });
assert.deepEqual(zod.changeTasksResponse.parse(done.data).deleted, [task.id]);
assert.equal((await api.deleteTaskForGood(task.id)).status, 204);

for (const [key, fits] of [["7f9c", true], ['"7f9c"', true], ['"a b"', true], ["a b", false]] as const)
  assert.equal(zod.createTaskHeader.safeParse({ "Idempotency-Key": key }).success, fits);
