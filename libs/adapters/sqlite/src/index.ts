export type { Bindable, Database, Row, Statement } from './database.js';
export { FolderInUse, lockFolder } from './lock-folder.js';
export type { FolderLock } from './lock-folder.js';
export { inTransaction, openDatabase } from './open-database.js';
export type { DatabaseOptions } from './open-database.js';
