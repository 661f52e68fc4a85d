import { defineError } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';

export const VersionInvalid = defineError('gemel:composition.version.invalid', 400, (text: string) => ({
  message: `'${text.slice(0, 100)}' is no version.`,
  description: 'Versions are as in Semantic Versioning without build metadata, for example 1.4.0 or 2.0.0-beta.1.',
}));

export const VersionRangeInvalid = defineError('gemel:composition.version.range.invalid', 400, (text: string) => ({
  message: `'${text.slice(0, 100)}' is no range of versions.`,
  description:
    'Write a version, ^1.2.0, ~1.2.0, 1.x, * or comparisons such as >=1.2.0 <2.0.0, alternatives separated by ||.',
}));

export const TypeModelInvalid = defineError(
  'gemel:composition.type.model.invalid',
  400,
  (where: string, reason: string) => ({
    message: `The model of the type is not valid: ${where} ${reason}.`,
    description: 'It has extends, mixins, validation, attributes and features; docs/types.md says what each may hold.',
  }),
);

export const TypeBaseMissing = defineError('gemel:composition.type.base.missing', 422, (reference: string) => ({
  message: `The type takes from '${reference}', which does not exist, has no such version, or may not be read by you.`,
  description: 'Create the type or the version first, or name another one under extends or mixins.',
}));

export const TypeBaseCycle = defineError('gemel:composition.type.base.cycle', 409, (path: readonly string[]) => ({
  message: `The type would take from itself: ${path.join(' > ')}.`,
  description: 'Leave one of them out of extends or mixins.',
}));

export const TypeBasesTooMany = defineError('gemel:composition.type.base.toomany', 422, (max: number) => ({
  message: `The type takes from more than ${max} others, directly and through them.`,
  description: 'Freeze some of them as a version, which counts as one.',
}));

export const MigrationMappingInvalid = defineError(
  'gemel:composition.migration.mapping.invalid',
  400,
  (reason: string) => ({
    message: `The mapping of the migration is not valid: ${reason}.`,
    description:
      'It is an object with rename (pointer to pointer), remove (pointers) and set (pointer to value), all below /attributes or /features.',
  }),
);

export const TypeNotWhollyReadable = defineError('gemel:composition.type.unreadable', 403, (typeId: ThingId) => ({
  message: `You may read a part of the type ${typeId} only.`,
  description:
    'What a type asks of its twins, and its versions, are for those who may read all of it: ask for READ on thing:/.',
}));

export const VersionNotFound = defineError(
  'gemel:composition.version.notfound',
  404,
  (typeId: ThingId, version: string) => ({
    message: `The type ${typeId} has no version ${version}.`,
    description: 'GET the versions of the type to see which there are.',
  }),
);

export const VersionExists = defineError(
  'gemel:composition.version.exists',
  409,
  (typeId: ThingId, version: string) => ({
    message: `The type ${typeId} has a version ${version} already. Versions never change.`,
    description: 'Take a higher number.',
  }),
);

export const VersionNotNewer = defineError(
  'gemel:composition.version.older',
  409,
  (version: string, newest: string) => ({
    message: `The version ${version} is older than ${newest}, the newest one of the type.`,
    description: 'Take a higher number, or say "allowOlder": true to mend an older line.',
  }),
);

export const VersionsTooMany = defineError(
  'gemel:composition.version.toomany',
  422,
  (typeId: ThingId, max: number) => ({
    message: `The type ${typeId} has ${max} versions, which is the most.`,
    description: 'Make a new type that takes from this one.',
  }),
);

export const VersionRequestInvalid = defineError(
  'gemel:composition.version.request.invalid',
  400,
  (reason: string) => ({
    message: `The version cannot be made: ${reason}.`,
    description: 'Send an object with version, and note and allowOlder if wanted.',
  }),
);

export const MigrationNotFound = defineError(
  'gemel:composition.migration.notfound',
  404,
  (typeId: ThingId, id: string) => ({
    message: `The type ${typeId} has no migration '${id.slice(0, 100)}'.`,
    description: 'The answer to a migration names it.',
  }),
);

export const MigrationRequestInvalid = defineError('gemel:composition.migration.invalid', 400, (reason: string) => ({
  message: `The migration cannot be done: ${reason}.`,
  description: 'Send an object with to, and from and mapping if wanted.',
}));
