// What the types are, to the letter: it compiles where they are so.
import type { components, operations } from "./api.js";

type Schemas = components["schemas"];
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = { [Name in keyof T]: T[Name] };
type RequiredNames<T> = { [Name in keyof T]-?: object extends Pick<T, Name> ? never : Name }[keyof T];
declare function holds<_ extends true>(): void;

type Task = {
  id: number;
  title: string;
  description: string | null;
  status: "pending" | "in_progress" | "completed";
  priority: "low" | "normal" | "high" | "urgent";
  due_at: string | null;
  tags: string[];
  completed_at: string | null;
  created_at: string;
  updated_at: string;
  user_id: string;
  version: number;
};
type Editable = Pick<Task, "title" | "description" | "status" | "priority" | "due_at" | "tags">;
type Page<Row> = {
  count: number | null;
  next: string | null;
  previous: string | null;
  next_cursor: string | null;
  previous_cursor: string | null;
  results: Row[];
};

export function answers() {
  holds<Equal<Schemas["Task"], Task>>();
  holds<Equal<Schemas["TrashedTask"], Flat<Task & { deleted_at: string }>>>();
  holds<Equal<Schemas["TaskPage"], Page<Task>>>();
  holds<Equal<Schemas["TrashPage"], Page<Schemas["TrashedTask"]>>>();
  holds<Equal<Schemas["BulkDone"], { created: Task[]; updated: Task[]; deleted: number[] }>>();
  holds<Equal<Schemas["Changes"], { results: Schemas["Change"][]; next: string; has_more: boolean; held_back: boolean }>>();
  holds<
    Equal<Schemas["Change"], { id: number; deleted: false; task: Task } | { id: number; deleted: true; task: null }>
  >();
  holds<Equal<Schemas["TagList"], { results: { tag: string; count: number }[] }>>();
  holds<Equal<Schemas["Me"], { user_id: string; email: string | null; name: string | null }>>();
  holds<Equal<Schemas["TokenPair"], { access: string; refresh: string }>>();
}

export function bodies() {
  holds<Equal<Required<Schemas["TaskCreateRequest"]>, Flat<Editable>>>();
  holds<Equal<RequiredNames<Schemas["TaskCreateRequest"]>, "title">>();
  holds<Equal<Schemas["TaskUpdateRequest"], Flat<Partial<Editable>>>>();
  holds<Equal<Schemas["BulkUpdateRequest"], { ids: number[]; changes: Schemas["TaskUpdateRequest"] }>>();
  holds<
    Equal<
      Required<Schemas["BulkRequest"]>,
      { create: Schemas["TaskCreateRequest"][]; update: Schemas["BulkUpdateRequest"]; delete: number[] }
    >
  >();
  holds<Equal<RequiredNames<Schemas["BulkRequest"]>, never>>();
}

type Good = 200 | 201 | 204 | 304;
/** The document of an error's answer; "untyped" where the schema does not say, or leaves room for another type. */
type Document<Answer> = Answer extends { content: infer Types }
  ? Equal<keyof Types, "application/problem+json"> extends true
    ? Types[keyof Types]
    : "untyped"
  : "untyped";
type Documents<Answers> = { [Status in keyof Answers as Exclude<Status, Good>]: Document<Answers[Status]> };
type Errors = { [Name in Exclude<keyof operations, "health">]: Documents<operations[Name]["responses"]> };
type AnyOf<T> = T extends object ? T[keyof T] : never;

export function problems() {
  holds<Equal<AnyOf<AnyOf<Errors>>, Schemas["Problem"] | Schemas["ValidationProblem"]>>();
  holds<Equal<Errors["createTask"][422], Schemas["ValidationProblem"]>>();
  holds<Equal<Errors["createTask"][409 | 413], Schemas["Problem"]>>();
  holds<Equal<Errors["patchTask"][404 | 412], Schemas["Problem"]>>();
  holds<Equal<Errors["listChanges"][410], Schemas["Problem"]>>();
  holds<Equal<Errors["listTasks"][401 | 429 | 503 | "default"], Schemas["Problem"]>>();
  // By its type a program tells the two apart: openapi-typescript reads the known ones off the discriminator.
  holds<Equal<Schemas["Problem"]["type"] & Schemas["ValidationProblem"]["type"], never>>();
  holds<Equal<Schemas["Problem"]["status"], number>>();
  holds<Equal<Schemas["ValidationProblem"]["status"], 422>>();
  holds<Equal<Schemas["ValidationProblem"]["type"], "/problems/validation" | "/problems/idempotency-key-reused">>();
  holds<Equal<Schemas["ValidationProblem"]["errors"], Schemas["ProblemError"][]>>();
  holds<Equal<RequiredNames<Schemas["ProblemError"]>, "code" | "detail">>();
  holds<Equal<keyof Schemas["ProblemError"], "code" | "detail" | "pointer" | "parameter" | "header">>();
  holds<Equal<RequiredNames<Schemas["Problem"]>, keyof Schemas["Problem"]>>();
}

export function parameters() {
  type Query = NonNullable<operations["listTasks"]["parameters"]["query"]>;
  holds<Equal<RequiredNames<Query>, never>>();
  holds<Equal<Required<Query>["status"], Task["status"][]>>();
  holds<Equal<Required<Query>["priority"], Task["priority"][]>>();
  holds<Equal<Required<Query>["limit"], number>>();
  holds<Equal<Required<Query>["overdue"], boolean>>();
  holds<Equal<string extends Required<Query>["ordering"] ? true : false, false>>();
  holds<Equal<keyof NonNullable<operations["createTask"]["parameters"]["header"]>, "Idempotency-Key" | "Prefer">>();
  holds<Equal<keyof NonNullable<operations["patchTask"]["parameters"]["header"]>, "If-Match" | "Prefer">>();
  holds<Equal<keyof NonNullable<operations["deleteTask"]["parameters"]["header"]>, "If-Match">>();
  holds<Equal<keyof NonNullable<operations["deleteTaskForGood"]["parameters"]["header"]>, "If-Match">>();
  holds<Equal<keyof NonNullable<operations["getTask"]["parameters"]["header"]>, "If-None-Match">>();
}
