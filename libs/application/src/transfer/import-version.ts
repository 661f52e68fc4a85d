import { jsonEquals } from '@gemel/model/json';
import { VersionExists } from '@gemel/model/types';
import type { VersionItem } from '@gemel/model/types';
import type { SignalContext } from '../signals/index.js';
import type { TypeAccess } from '../type-versions/index.js';
import { parseTypeVersion, typeVersionJson } from '../types/index.js';
import type { TypeCatalog } from '../types/index.js';

/** Versions never change: the same again is fine, another one is not. @throws VersionExists, what makes no version */
export async function isKnownVersion({ thingId, content }: VersionItem, catalog: TypeCatalog): Promise<boolean> {
  const version = parseTypeVersion(thingId, content);
  const known = await catalog.versions.get(thingId, version.version);
  if (known === undefined) return false;
  if (!jsonEquals(typeVersionJson(known), typeVersionJson(version))) throw new VersionExists(thingId, version.version);
  return true;
}

/** @throws ThingNotAccessible, a 403 of Ditto's */
export async function addVersion(
  { thingId, content }: VersionItem,
  { access, catalog }: { readonly access: TypeAccess; readonly catalog: TypeCatalog },
  caller: SignalContext,
): Promise<void> {
  await access.writable(thingId, caller);
  await catalog.versions.add(parseTypeVersion(thingId, content));
}
