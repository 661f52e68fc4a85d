export { ExportStream } from './export-stream.js';
export { importStep } from './import-step.js';
export { addVersion, isKnownVersion } from './import-version.js';
export { structureFaults } from './structure-faults.js';
export type { StructureFault } from './structure-faults.js';
export { untouched } from './untouched.js';
export { Transfer } from './transfer.js';
export type { ExportScope } from './transfer.js';
