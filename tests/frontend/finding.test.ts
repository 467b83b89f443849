// Filters, orderings and pages by cursor.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api, create, good, pages, titles, type Query, type Task } from "./client.js";

before(async () => {
  for (let number = 1; number <= 25; number++) await create({ title: `Page ${number}`, tags: ["pages"] });
  await create({ title: "Water the plants", status: "in_progress", priority: "low", due_at: "2026-01-02T00:00:00Z" });
  await create({ title: "Paint the fence", status: "completed", priority: "urgent", due_at: "2026-01-01T00:00:00Z" });
});

test("filters and an ordering", async () => {
  const find = async (query: Query) => titles(good(await api.GET("/api/tasks", { params: { query } })).results);
  const both = ["Water the plants", "Paint the fence"];
  assert.deepEqual(await find({ status: ["in_progress", "completed"], ordering: "-due_at" }), both);
  assert.deepEqual(await find({ overdue: true }), both.slice(0, 1));
  assert.deepEqual(await find({ search: "plant", priority: ["low", "high"] }), both.slice(0, 1));
});

test("a day in a time zone", async () => {
  const on = async (due_on: string, time_zone: string) =>
    good(await api.GET("/api/tasks", { params: { query: { due_on, time_zone } } })).count;
  assert.deepEqual([await on("2026-01-01", "UTC"), await on("2025-12-31", "America/New_York")], [1, 1]);
});

test("every page by cursor, while a task comes and another goes", async () => {
  const seen: Task[] = [];
  for await (const tasks of pages({ tags_all: ["pages"], ordering: "-created_at", limit: 10 })) {
    seen.push(...tasks);
    if (seen.length === 10) {
      await create({ title: "In front of them all", tags: ["pages"] });
      await api.DELETE("/api/tasks/{id}", { params: { path: { id: seen[0]!.id } } });
    }
  }
  assert.deepEqual(
    titles(seen),
    Array.from({ length: 25 }, (_, index) => `Page ${25 - index}`),
  );
});

test("my tags, with how many tasks have each", async () => {
  const { results } = good(await api.GET("/api/tasks/tags"));
  assert.deepEqual(results, [{ tag: "pages", count: 25 }]);
});
