export { Transfer } from './transfer.js';
export type { ExportScope, ImportMode } from './transfer.js';
