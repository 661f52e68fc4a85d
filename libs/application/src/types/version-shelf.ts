import type { ThingId } from '@gemel/model/ids';
import { compareVersions, parseVersion } from '@gemel/model/types';
import type { Version } from '@gemel/model/types';
import type { Clock, RecordStore } from '../ports/index.js';
import { parseTypeVersion, typeVersionJson } from './type-version.js';
import type { TypeVersion } from './type-version.js';

const KIND = 'type-version';
/** Versions in memory, which never change. */
const MAX_HELD = 500;
/** Most versions of one type. */
export const MAX_VERSIONS = 1_000;
/** How long a new version may go unnoticed by types that take from a range. */
const LIST_MS = 2_000;

/** Versions of types, in the store of records. */
export class VersionShelf {
  readonly #held = new Map<string, TypeVersion>();
  readonly #lists = new Map<ThingId, { readonly versions: readonly Version[]; readonly until: number }>();

  constructor(
    private readonly records: RecordStore,
    private readonly clock: Clock,
  ) {}

  async get(typeId: ThingId, version: Version): Promise<TypeVersion | undefined> {
    const key = keyOf(typeId, version);
    const held = this.#held.get(key);
    if (held !== undefined) return held;
    const record = await this.records.record(KIND, key);
    if (record === undefined) return undefined;
    const found = parseTypeVersion(typeId, record.content);
    if (this.#held.size >= MAX_HELD) this.#held.clear();
    this.#held.set(key, found);
    return found;
  }

  /** The oldest first. */
  async list(typeId: ThingId): Promise<readonly TypeVersion[]> {
    const records = await this.records.records(KIND, { prefix: keyOf(typeId, ''), limit: MAX_VERSIONS });
    return records
      .map(({ content }) => parseTypeVersion(typeId, content))
      .toSorted((a, b) => compareVersions(a.version, b.version));
  }

  /** Those that there are, possibly without the ones of the last two seconds. */
  async known(typeId: ThingId): Promise<readonly Version[]> {
    const now = this.clock.now();
    const known = this.#lists.get(typeId);
    if (known !== undefined && now < known.until) return known.versions;
    const records = await this.records.records(KIND, { prefix: keyOf(typeId, ''), limit: MAX_VERSIONS });
    const versions = records.map(({ key }) => parseVersion(key.slice(key.lastIndexOf('/') + 1)));
    if (this.#lists.size >= MAX_HELD) this.#lists.clear();
    this.#lists.set(typeId, { versions, until: now + LIST_MS });
    return versions;
  }

  /** False when there is one with its number. */
  async add(version: TypeVersion): Promise<boolean> {
    const { typeId } = version.type;
    this.#lists.delete(typeId);
    return this.records.insertRecord(KIND, keyOf(typeId, version.version), typeVersionJson(version));
  }
}

/** No id holds a slash. */
function keyOf(typeId: ThingId, version: string): string {
  return `${typeId}/${version}`;
}
