export type App = 'things' | 'extended-api' | 'ingest';

export interface ClusterOptions {
  readonly addresses: Readonly<Record<string, string | undefined>>;
  readonly replicas: number;
  /** @default all */
  readonly apps?: readonly App[];
  /** 0 takes free ones. */
  readonly ports: Readonly<Record<App, number>>;
  readonly database: string;
  readonly topic: string;
  readonly bucket: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
  readonly died: (replica: { readonly name: string }, how: string) => void;
}

export interface Cluster {
  /** Resolves when all are ready; rejects, with none left, when one is not. */
  start(): Promise<void>;
  urls(app: App): readonly string[];
  pids(app: App): readonly number[];
  kill(app: App, index: number): Promise<void>;
  /** Exit status. */
  terminate(app: App, index: number): Promise<number | null>;
  restart(app: App, index: number): Promise<void>;
  /** Exit statuses, by process. */
  stop(): Promise<Readonly<Record<string, number | null>>>;
}

export function createCluster(options: ClusterOptions): Promise<Cluster>;
