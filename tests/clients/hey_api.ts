// A client that @hey-api/openapi-ts has generated, against the running server.
import assert from "node:assert/strict";
import { client } from "./hey_api/client.gen";
import * as api from "./hey_api/sdk.gen";

client.setConfig({ baseUrl: process.env["API"] ?? "", auth: () => process.env["TOKEN"] ?? "" });

const { data: task } = await api.createTask({ body: { title: "By hey-api", priority: "high", tags: ["hey"] } });
assert.equal(task?.title, "By hey-api");
const path = { id: task!.id };
assert.deepEqual((await api.getTask({ path })).data, task);
const query = { status: ["pending" as const], tags_any: ["hey"], ordering: "-created_at" as const, limit: 5 };
const { data: page } = await api.listTasks({ query });
assert.deepEqual([page?.count, page?.results.map((each) => each.id)], [1, [task!.id]]);

const minimal = { Prefer: "return=minimal" };
const patched = await api.patchTask({ path, headers: minimal, body: { status: "completed" } });
assert.deepEqual([patched.response?.status, patched.error], [204, undefined]);
const quiet = await api.createTask({ headers: minimal, body: { title: "Quiet" } });
assert.deepEqual([quiet.response?.status, quiet.error], [204, undefined]);

const { error } = await api.createTask({ body: { title: "" } });
assert.ok(error && "errors" in error);
assert.deepEqual([error.type, error.errors[0]?.pointer], ["/problems/validation", "#/title"]);
const late = await api.deleteTask({ path, headers: { "If-Match": '"1"' } });
assert.deepEqual([late.error?.type, late.response?.headers.get("ETag")], ["/problems/precondition-failed", '"2"']);

const { data: done } = await api.changeTasks({ body: { create: [{ title: "Many" }], delete: [task!.id] } });
assert.deepEqual([done?.created.length, done?.deleted], [1, [task!.id]]);
assert.equal((await api.deleteTaskForGood({ path })).response?.status, 204);
