export { createTypeServices } from './create-type-services.js';
export type { TypeServices } from './create-type-services.js';
export { FrozenTemplates } from './frozen-templates.js';
export { TypeAccess } from './type-access.js';
export type { FrozenTypes, VersionRequest } from './frozen-types.js';
export type { MigrationRequest, Migrations } from './migrations.js';
export type { TwinReports } from './twin-reports.js';
export type { TypeModels } from './type-models.js';
export type { Dependents, TypeImpact } from './type-impact.js';
