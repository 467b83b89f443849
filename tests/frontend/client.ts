// What a frontend writes once: a client of the generated types that adds the token.
import createClient from "openapi-fetch";
import type { components, operations, paths } from "./api.js";

type Schemas = components["schemas"];
export type Task = Schemas["Task"];
export type NewTask = Schemas["TaskCreateRequest"];
export type Problem = Schemas["Problem"] | Schemas["ValidationProblem"];

export function clientOf(token: string) {
  const client = createClient<paths>({ baseUrl: process.env["API"] ?? "" });
  client.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${token}`);
    },
  });
  return client;
}

export const api = clientOf(process.env["TOKEN"] ?? "");
export const stranger = clientOf(process.env["STRANGERS_TOKEN"] ?? "");

/** What a good answer holds; only one to `Prefer: return=minimal` holds nothing. */
export function good<Data>(answer: { data?: Data; error?: Problem }): Exclude<Data, undefined> {
  if (answer.error) throw new Error(`${answer.error.status} ${answer.error.detail}`);
  return answer.data as Exclude<Data, undefined>;
}

/** The error of an answer that must not be a good one. */
export function refused(answer: { data?: unknown; error?: Problem }): Problem {
  if (!answer.error) throw new Error("This was not refused.");
  return answer.error;
}

export async function create(body: NewTask): Promise<Task> {
  return good(await api.POST("/api/tasks", { body }));
}

export type Query = NonNullable<operations["listTasks"]["parameters"]["query"]>;

/** Page after page of the tasks that fit, by cursor. */
export async function* pages(query: Query): AsyncGenerator<Task[]> {
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const from = cursor === undefined ? {} : { cursor };
    const page: Schemas["TaskPage"] = good(await api.GET("/api/tasks", { params: { query: { ...query, ...from } } }));
    yield page.results;
    cursor = page.next_cursor;
  }
}

export const tag = (task: Task) => `"${task.version}"`;
export const titles = (tasks: readonly Task[]) => tasks.map((task) => task.title);
