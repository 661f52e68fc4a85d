import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { GemelEvent } from '@gemel/model/signals';
import { ARCHIVED_EVERY } from '../ports/index.js';
import type { BaseState, EventLog, Position, StateArchive, StoredDocuments, Timers } from '../ports/index.js';
import { judge } from './judge.js';
import type { Evidence, Fault, Judgement } from './judge.js';

/** Entities, or events of the log, that are looked at together. */
const PAGE = 100;
/** Entities whose events are read at the same time. */
const TOGETHER = 8;
/** A fault counts when it was there each of so many times. */
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 500;
const BREATH_MS = 1;

/** Where a check is: it can be begun there again. `log`, `thing` or `policy`, a slash, and what was looked at last. */
export type Cursor = string;

/** One thing or policy, or the log at a position, of which something is wrong. */
export interface Finding extends Fault {
  readonly entity: GemelEvent['entity'] | 'log';
  /** Id, or position. */
  readonly id: string;
  /** Whether it is right now, since it was written anew; undefined when that was not asked for. */
  readonly repaired?: boolean | undefined;
}

export interface CheckProgress {
  readonly cursor: Cursor;
  readonly findings: readonly Finding[];
  /** Entities and events of the log that were looked at. */
  readonly checked: Readonly<Record<Finding['entity'], number>>;
  /** Entities whose places were still to be written. */
  readonly pending: number;
}

export interface CheckOptions {
  /** Begins behind it. @default the beginning */
  readonly from?: Cursor | undefined;
  /** Entities and events a second; as many as there is time for when absent. */
  readonly perSecond?: number | undefined;
  /** Whether documents that are wrong are written anew from the log. */
  readonly repair?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ConsistencyCheckParts {
  readonly documents: StoredDocuments;
  readonly log: Pick<EventLog, 'history'>;
  readonly archive: StateArchive;
  readonly timers: Timers;
}

const PHASES = ['log', 'thing', 'policy'] as const;
type Phase = (typeof PHASES)[number];

/**
 * Holds everything that is stored beside the log against it: page after page, in bounded memory, while others read and write.
 * What is wrong is looked at again before it counts; the log itself is never changed.
 */
export class ConsistencyCheck {
  constructor(private readonly parts: ConsistencyCheckParts) {}

  /** A step for each page. @throws StoreUnavailable; go on from the last cursor */
  async *run({ from = 'log/', perSecond, repair = false, signal }: CheckOptions = {}): AsyncIterable<CheckProgress> {
    const begin = parseCursor(from);
    const { timers } = this.parts;
    for (const phase of PHASES.slice(PHASES.indexOf(begin.phase))) {
      let after: string | undefined = phase === begin.phase ? begin.after : '';
      while (after !== undefined && signal?.aborted !== true) {
        const began = timers.now();
        const page: Page =
          phase === 'log' ? await this.#log(Number(after), repair) : await this.#entities(phase, after);
        const findings = await this.#confirmed(page, repair);
        const cursor = `${phase}/${page.last}`;
        yield { cursor, findings, checked: { ...NONE, [phase]: page.size }, pending: page.pending };
        after = page.next;
        const leastMs = perSecond === undefined ? 0 : (1_000 * page.size) / perSecond;
        await this.#sleep(leastMs - (timers.now() - began), signal);
      }
    }
  }

  async #log(after: Position, repair: boolean): Promise<Page> {
    const { documents } = this.parts;
    const written = await documents.written();
    const { events, faults, next } = await documents.logPage(after, PAGE);
    const suspects = new Map<string, Suspect>();
    for (const entity of ['thing', 'policy'] as const) {
      const due = events.filter((event) => event.entity === entity && event.position <= written);
      for (const id of await documents.missing(entity, [...new Set(due.map((event) => event.id))])) {
        suspects.set(`${entity}/${id}`, { entity, id });
      }
    }
    const wrong: Finding[] = [];
    for (const { position, detail, mend } of faults) {
      const fault = { entity: 'log', id: String(position), detail } as const;
      if (repair) await mend?.();
      if (mend === undefined) wrong.push({ ...fault, kind: 'log' });
      else wrong.push({ ...fault, kind: 'index', ...(repair ? { repaired: true } : undefined) });
    }
    const last = String(next ?? events.at(-1)?.position ?? after);
    return {
      size: events.length,
      pending: 0,
      last,
      next: next === undefined ? undefined : String(next),
      suspects: [...suspects.values()],
      wrong,
    };
  }

  async #entities(entity: GemelEvent['entity'], after: string): Promise<Page> {
    const ids = await this.parts.documents.ids(entity, after, PAGE);
    const judgements = await this.#judge(entity, ids);
    const suspects = [...judgements].filter(([, { faults }]) => faults.length > 0).map(([id]) => ({ entity, id }));
    const pending = [...judgements.values()].filter(({ isPending }) => isPending).length;
    const last = ids.at(-1) ?? after;
    return { size: ids.length, pending, last, next: ids.length < PAGE ? undefined : last, suspects, wrong: [] };
  }

  /** By id; without those that were written meanwhile. */
  async #judge(entity: GemelEvent['entity'], ids: readonly string[]): Promise<ReadonlyMap<string, Judgement>> {
    const { documents } = this.parts;
    const written = await documents.written();
    const [found, missing] = [await documents.look(entity, ids), new Set(await documents.missing(entity, ids))];
    const judgements = new Map<string, Judgement>();
    const open = ids.filter((id) => found.has(id) || missing.has(id));
    for (let from = 0; from < open.length; from += TOGETHER) {
      const portion = open.slice(from, from + TOGETHER).map(async (id) => {
        const stored = found.get(id);
        const past = await this.#past(entity, id, stored?.state.revision ?? Number.MAX_SAFE_INTEGER);
        const placesOf = (state: BaseState) => documents.placesOf(state);
        judgements.set(id, judge({ stored, ...past, written, placesOf }));
      });
      await Promise.all(portion);
      // A store in the process answers without leaving anybody else a turn.
      await this.#sleep(BREATH_MS);
    }
    return judgements;
  }

  /** What leads to a revision, and what comes after it. */
  async #past(entity: GemelEvent['entity'], id: string, revision: number): Promise<Pick<Evidence, 'base' | 'events'>> {
    const { log } = this.parts;
    const to = Number.MAX_SAFE_INTEGER;
    if (revision < ARCHIVED_EVERY) {
      const events = await log.history(entity, id, { from: 1, to });
      // Most have changed seldom, and of them nothing was removed.
      if (events[0]?.event.revision === 1) return { base: undefined, events };
    }
    const base = await this.#base(entity, id, revision);
    return { base, events: await log.history(entity, id, { from: (base?.state.revision ?? 0) + 1, to }) };
  }

  async #base(entity: GemelEvent['entity'], id: string, revision: number): Promise<BaseState | undefined> {
    const { archive } = this.parts;
    if (entity === 'thing') {
      const thingId = parseThingId(id);
      const state = await archive.pastThing(thingId, { revision });
      return state && { entity, id: thingId, state };
    }
    const policyId = parsePolicyId(id);
    const state = await archive.pastPolicy(policyId, { revision });
    return state && { entity, id: policyId, state };
  }

  async #confirmed({ suspects, wrong }: Page, repair: boolean): Promise<readonly Finding[]> {
    const findings = [...wrong];
    for (const { entity, id } of suspects) {
      const fault = await this.#fault(entity, id);
      if (fault === undefined) continue;
      const { last, faults } = fault;
      const repaired = repair ? await this.#repair(entity, id, last) : undefined;
      for (const each of faults) findings.push({ entity, id, ...each, ...(repair ? { repaired } : undefined) });
    }
    return findings;
  }

  /** What is wrong with it each time that it is looked at; undefined when nothing is. */
  async #fault(entity: GemelEvent['entity'], id: string): Promise<Judgement | undefined> {
    let judgement: Judgement | undefined;
    for (let look = 1; look <= LOOKS; look += 1) {
      if (look > 1) await this.#sleep(BETWEEN_LOOKS_MS);
      judgement = (await this.#judge(entity, [id])).get(id);
      if (judgement === undefined || judgement.faults.length === 0) return undefined;
    }
    return judgement;
  }

  /** Whether it is right now. */
  async #repair(entity: GemelEvent['entity'], id: string, last: BaseState | undefined): Promise<boolean> {
    if (last === undefined) return false;
    const { documents } = this.parts;
    const stored = (await documents.look(entity, [id])).get(id);
    await documents.rewrite(last, stored?.state.revision ?? 0);
    const judgement = (await this.#judge(entity, [id])).get(id);
    return judgement?.faults.length === 0;
  }

  async #sleep(ms: number, signal: AbortSignal = new AbortController().signal): Promise<void> {
    if (ms > 0) await this.parts.timers.sleep(ms, signal);
  }
}

interface Suspect {
  readonly entity: GemelEvent['entity'];
  readonly id: string;
}

interface Page {
  readonly size: number;
  readonly pending: number;
  /** What was looked at last. */
  readonly last: string;
  /** Behind what to go on; undefined at the end. */
  readonly next: string | undefined;
  readonly suspects: readonly Suspect[];
  readonly wrong: readonly Finding[];
}

const NONE = { log: 0, thing: 0, policy: 0 };

function parseCursor(cursor: Cursor): { readonly phase: Phase; readonly after: string } {
  const phase = PHASES.find((each) => cursor.startsWith(`${each}/`));
  if (phase === undefined) throw new TypeError(`'${cursor}' is no place to go on from: a check prints them`);
  const after = cursor.slice(phase.length + 1);
  return { phase, after: phase === 'log' && !/^\d+$/.test(after) ? '0' : after };
}
