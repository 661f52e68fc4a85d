import { eventually } from '@gemel/testkit/waiting';
import { call } from './api.js';
import type { Reachable } from './instances.js';

export interface Job {
  readonly jobId: string;
  readonly state: string;
  readonly nextLine?: number;
  readonly created: number;
  readonly failed: number;
}

/** Parts of each of the trees of `plantLines`, the root included. */
const PARTS = 100;

/** A policy, and twins in trees: the children first. */
export function plantLines(namespace: string, twins: number): readonly string[] {
  const rights = { grant: ['READ', 'WRITE'], revoke: [] };
  const owner = { subjects: { 'nginx:ditto': { type: 'test' } }, resources: { 'thing:/': rights, 'policy:/': rights } };
  const policyId = `${namespace}:policy`;
  const lines = [JSON.stringify({ kind: 'policy', policy: { policyId, entries: { owner } } })];
  for (let index = 0; index < twins; index++) {
    const root = `${namespace}:tree${String(Math.floor(index / PARTS))}`;
    const isRoot = index % PARTS === PARTS - 1 || index === twins - 1;
    const thing = {
      thingId: isRoot ? root : `${root}:part${String(index % PARTS)}`,
      policyId,
      attributes: isRoot ? { n: index } : { n: index, _parents: root },
      features: { state: { properties: { on: index % 2 === 0 } } },
    };
    lines.push(JSON.stringify({ kind: 'twin', thing }));
  }
  return lines;
}

/** Sends lines; rejects when the connection breaks. */
export async function sendLines(at: Reachable, path: string, lines: readonly string[]): Promise<Job> {
  const type = { 'content-type': 'application/x-ndjson' };
  const { status, body } = await call(at, 'POST', `/api/2/${path}`, lines.map((line) => `${line}\n`).join(''), type);
  expect({ status, body }).toMatchObject({ status: 202 });
  return body as Job;
}

export async function jobAt(at: Reachable, jobId: string): Promise<Job> {
  return (await call(at, 'GET', `/api/2/jobs/${jobId}`)).body as Job;
}

/** The job when it has come so far. */
export function jobUntil(at: Reachable, jobId: string, accept: (job: Job) => boolean): Promise<Job> {
  return eventually(() => jobAt(at, jobId), accept, 120_000);
}

/** Everything, as lines in their order. */
export async function exportLines(at: Reachable): Promise<readonly string[]> {
  const response = await fetch(`${at.http}/api/2/export?format=ndjson&policies=true`, {
    headers: { authorization: `Basic ${btoa('ditto:ditto')}` },
  });
  expect(response.status).toBe(200);
  return (await response.text()).trimEnd().split('\n');
}
