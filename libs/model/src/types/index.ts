export { hasModel, layOver, modelOf, ownType } from './effective-type.js';
export type { EffectiveType } from './effective-type.js';
export { effectiveTypeJson, parseEffectiveType } from './effective-type-json.js';
export * from './errors.js';
export { instanceFeatures } from './instance-features.js';
export { NO_MAPPING, parseMigrationMapping } from './migration-mapping.js';
export type { MigrationMapping } from './migration-mapping.js';
export { changesBetween, migratedTwin, patchOf, undoing } from './plan-migration.js';
export type { ValueChange } from './plan-migration.js';
export { parseTypeModel } from './parse-type-model.js';
export {
  PoliciesTakeJob,
  TransferInvalid,
  parseTransfer,
  parseTransferLine,
  parseTransferLines,
  transferJson,
} from './transfer-items.js';
export type { PolicyItem, ThingItem, TransferItem, VersionItem } from './transfer-items.js';
export { TwinBreaksType } from './twin-breaks-type.js';
export { MODEL, TYPE_VERSION, strictest } from './type-model.js';
export type { TypeModel, Validation } from './type-model.js';
export { parseTypeReference } from './type-reference.js';
export type { TypeReference } from './type-reference.js';
export { compareVersions, newestIn, parseVersion } from './versions.js';
export type { Version } from './versions.js';
export { compileRules, newViolations } from './violations.js';
export type { Conformance, Violation } from './violations.js';
export { typeWarning } from './warning.js';
