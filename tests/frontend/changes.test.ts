// A client that keeps a copy of all its tasks, and follows what becomes of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, create, good, pages, refused, type Task } from "./client.js";

class Mirror {
  readonly tasks = new Map<number, Task>();
  #since: string | undefined;

  async catchUp(limit = 200): Promise<number> {
    let told = 0;
    for (let more = true; more;) {
      const since = this.#since === undefined ? {} : { since: this.#since };
      const page = good(await api.GET("/api/tasks/changes", { params: { query: { limit, ...since } } }));
      for (const change of page.results) {
        if (change.deleted) this.tasks.delete(change.id);
        else this.tasks.set(change.id, change.task);
      }
      told += page.results.length;
      this.#since = page.next;
      more = page.has_more;
    }
    return told;
  }
}

async function onServer(): Promise<Task[]> {
  const tasks: Task[] = [];
  for await (const page of pages({ limit: 7 })) tasks.push(...page);
  return tasks;
}

/** Changes that were written just now appear once no older transaction is open. */
async function holdsAll(mirror: Mirror): Promise<void> {
  const byId = (a: Task, b: Task) => a.id - b.id;
  const deadline = Date.now() + 20_000;
  for (;;) {
    await mirror.catchUp(5);
    try {
      return assert.deepEqual([...mirror.tasks.values()].sort(byId), await onServer());
    } catch (difference) {
      if (Date.now() > deadline) throw difference;
    }
  }
}

const at = (task: Task) => ({ params: { path: { id: task.id } } });

test("a follower holds exactly what the server holds", async () => {
  const mirror = new Mirror();
  const tasks: Task[] = [];
  for (let number = 0; number < 12; number++) tasks.push(await create({ title: `Task ${number}` }));
  await holdsAll(mirror);
  assert.equal(mirror.tasks.size, 12);
  const [first, second, third] = tasks as [Task, Task, Task];
  await api.PATCH("/api/tasks/{id}", { ...at(first), body: { status: "completed" } });
  await api.DELETE("/api/tasks/{id}", at(second));
  await api.DELETE("/api/tasks/{id}", at(third));
  await api.POST("/api/tasks/{id}/restore", at(third));
  await holdsAll(mirror);
  assert.equal(mirror.tasks.get(first.id)?.status, "completed");
  assert.equal(mirror.tasks.size, 11);
  assert.equal(await mirror.catchUp(), 0);
});

test("six tabs write at once, and a follower misses nothing", async () => {
  const mirror = new Mirror();
  const write = async (tab: number) => {
    for (let number = 0; number < 10; number++) {
      const task = await create({ title: `Tab ${tab}, ${number}` });
      if (number % 2) await api.PATCH("/api/tasks/{id}", { ...at(task), body: { priority: "high" } });
      if (number % 3 === 0) await api.DELETE("/api/tasks/{id}", at(task));
    }
  };
  let writing = true;
  const tabs = Promise.all([1, 2, 3, 4, 5, 6].map(write)).finally(() => (writing = false));
  while (writing) await mirror.catchUp(5);
  await tabs;
  await holdsAll(mirror);
});

test("a place in the feed that was made up is refused", async () => {
  const problem = refused(await api.GET("/api/tasks/changes", { params: { query: { since: "made-up" } } }));
  assert.equal(problem.type, "/problems/validation");
  assert.deepEqual(
    problem.errors.map((error) => error.parameter),
    ["since"],
  );
});
