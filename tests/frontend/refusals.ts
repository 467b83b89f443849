// What must not compile. Each line names the error that the compiler has to give.
import type { components } from "./api.js";
import { api } from "./client.js";

type NewTask = components["schemas"]["TaskCreateRequest"];
const params = { path: { id: 1 } };

// @ts-expect-error TS2322: no such status
await api.POST("/api/tasks", { body: { title: "a", status: "done" } });
// @ts-expect-error TS2322: no such priority
await api.PATCH("/api/tasks/{id}", { params, body: { priority: "highest" } });
// @ts-expect-error TS2322: a task needs a title
await api.POST("/api/tasks", { body: { description: "a" } });
// @ts-expect-error TS2322: a title is never null
await api.PUT("/api/tasks/{id}", { params, body: { title: null } });
// @ts-expect-error TS2353: no such field
await api.POST("/api/tasks", { body: { title: "a", colour: "red" } satisfies NewTask });
// @ts-expect-error TS2554: a body is needed
await api.POST("/api/tasks");
// @ts-expect-error TS2322: an update names its tasks
await api.POST("/api/tasks/bulk", { body: { update: { changes: { status: "completed" } } } });
// @ts-expect-error TS2322: ids are numbers
await api.POST("/api/tasks/bulk", { body: { delete: ["1"] } });
// @ts-expect-error TS2322: an id is a number
await api.GET("/api/tasks/{id}", { params: { path: { id: "1" } } });
// @ts-expect-error TS2353: no such parameter
await api.GET("/api/tasks", { params: { query: { colour: "red" } } });
// @ts-expect-error TS2322: no such ordering
await api.GET("/api/tasks", { params: { query: { ordering: "colour" } } });
// @ts-expect-error TS2322: a repeatable parameter is a list
await api.GET("/api/tasks", { params: { query: { status: "pending" } } });
// @ts-expect-error TS2554: no such address
await api.GET("/api/task");
// @ts-expect-error TS2554: no such method
await api.DELETE("/api/tasks");

const page = await api.GET("/api/tasks");
// @ts-expect-error TS18048: there is no data where there is an error
page.data.results;
if (page.data) {
  // @ts-expect-error TS2532: a page may be empty
  page.data.results[0].title;
  // @ts-expect-error TS18047: nobody asked for a count
  page.data.count.toFixed();
  // @ts-expect-error TS2345: the last page has no cursor
  encodeURIComponent(page.data.next_cursor);
  for (const task of page.data.results) {
    // @ts-expect-error TS18047: not every task has a due time
    task.due_at.slice(0, 10);
    // @ts-expect-error TS2339: a task of a list is not in the trash
    task.deleted_at;
    // @ts-expect-error TS2367: no such status
    task.status === "done";
  }
} else {
  // @ts-expect-error TS2339: a plain problem lists no errors
  page.error.errors;
  // @ts-expect-error TS2367: no such kind of problem
  page.error.type === "/problems/colour";
  // A status may be one that is new.
  page.error.status === 418;
}

const feed = await api.GET("/api/tasks/changes");
for (const change of feed.data?.results ?? []) {
  // @ts-expect-error TS2339: a deleted task is gone
  change.task.title;
}
