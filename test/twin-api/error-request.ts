/** A request that an error code answers. */
export interface ErrorRequest {
  readonly code: string;
  readonly status: number;
  readonly method: string;
  readonly path: string;
  /** User; `ditto` when absent. */
  readonly as?: string;
  readonly body?: string;
  /** Content type, if it is not the usual one. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
