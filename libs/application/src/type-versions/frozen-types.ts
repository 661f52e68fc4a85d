import { parentLinks } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { VersionExists, VersionNotFound, VersionNotNewer, VersionsTooMany, compareVersions } from '@gemel/model/types';
import type { Version } from '@gemel/model/types';
import type { Clock } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import { MAX_VERSIONS } from '../types/index.js';
import type { ChildLink, TypeCatalog, TypeVersion } from '../types/index.js';
import { idOf } from '../composition/index.js';
import { childTypesOf } from './criteria.js';
import type { TypeAccess } from './type-access.js';

/** What is to be frozen. */
export interface VersionRequest {
  readonly version: Version;
  readonly note: string | undefined;
  /** Allows a version that is older than the newest one. */
  readonly allowOlder: boolean;
}

export interface FrozenTypesParts {
  readonly access: TypeAccess;
  readonly catalog: TypeCatalog;
  readonly search: Pick<SearchService, 'all'>;
  readonly clock: Clock;
}

/** Versions of types: made once, never changed, and there for as long as the store is. */
export class FrozenTypes {
  constructor(private readonly parts: FrozenTypesParts) {}

  /**
   * Freezes a type as it is now, with all that it takes from others and the counts of its children.
   * @throws VersionExists, VersionNotNewer, VersionsTooMany; what the catalog refuses
   */
  async create(
    typeId: ThingId,
    { version, note, allowOlder }: VersionRequest,
    context: SignalContext,
  ): Promise<TypeVersion> {
    const { access, catalog, clock } = this.parts;
    const { thing, revision } = await access.writable(typeId, context);
    const known = (await catalog.versions.list(typeId)).map((each) => each.version);
    if (known.includes(version)) throw new VersionExists(typeId, version);
    if (known.length >= MAX_VERSIONS) throw new VersionsTooMany(typeId, MAX_VERSIONS);
    const newest = known.at(-1);
    if (newest !== undefined && !allowOlder && compareVersions(version, newest) < 0)
      throw new VersionNotNewer(version, newest);
    const { type } = await catalog.resolve(typeId, thing, access.source(context));
    const children = await this.#children(typeId, context);
    const frozen: TypeVersion = { version, type, children, revision, frozenAt: clock.now(), note };
    if (!(await catalog.versions.add(frozen))) throw new VersionExists(typeId, version);
    return frozen;
  }

  /** The oldest first. */
  async list(typeId: ThingId, context: SignalContext): Promise<readonly TypeVersion[]> {
    await this.parts.access.readable(typeId, context);
    return this.parts.catalog.versions.list(typeId);
  }

  /** @throws VersionNotFound */
  async get(typeId: ThingId, version: Version, context: SignalContext): Promise<TypeVersion> {
    await this.parts.access.readable(typeId, context);
    const found = await this.parts.catalog.versions.get(typeId, version);
    if (found === undefined) throw new VersionNotFound(typeId, version);
    return found;
  }

  async #children(typeId: ThingId, context: SignalContext): Promise<readonly ChildLink[]> {
    const children = await this.parts.search.all(childTypesOf(typeId), context);
    const links = children.flatMap((child) =>
      parentLinks(child, 'type')
        .filter(({ parentId }) => parentId === typeId)
        .map(({ count }) => ({ child, count })),
    );
    return Promise.all(
      links.map(async ({ child, count }) => {
        const childId = idOf(child);
        const versions = await this.parts.catalog.versions.list(childId);
        return { typeId: childId, count, version: versions.at(-1)?.version };
      }),
    );
  }
}
