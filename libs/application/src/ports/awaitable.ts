/** What is there at once, or comes later: a promise for each answer that memory has would be much of what the answer takes. */
export type Awaitable<T> = T | Promise<T>;
