import type { ThingId } from '@gemel/model/ids';
import { VersionNotFound, parseVersion } from '@gemel/model/types';
import type { FrozenTemplate } from '../composition/index.js';
import type { SignalContext } from '../signals/index.js';
import { templateOf } from '../types/index.js';
import type { TypeCatalog } from '../types/index.js';
import type { TypeAccess } from './type-access.js';

/** What twins of versions of types begin as. */
export class FrozenTemplates {
  constructor(
    private readonly access: TypeAccess,
    private readonly catalog: TypeCatalog,
  ) {}

  /** @throws ThingNotAccessible, NotOfKind, TypeNotWhollyReadable, VersionInvalid, VersionNotFound */
  async of(typeId: ThingId, version: string, context: SignalContext): Promise<FrozenTemplate> {
    const { thing } = await this.access.readable(typeId, context);
    const found = await this.catalog.versions.get(typeId, parseVersion(version));
    if (found === undefined) throw new VersionNotFound(typeId, version);
    return { thing: templateOf(thing, found.type), children: found.children };
  }
}
