export { Checkpoints } from './checkpoints.js';
export { checkBindable } from './database.js';
export type { Bindable, Database, Row, Statement } from './database.js';
export { FolderInUse, FolderUnusable, lockFolder } from './lock-folder.js';
export type { FolderLock } from './lock-folder.js';
export { DatabaseUnusable, inTransaction, openDatabase } from './open-database.js';
export type { DatabaseOptions } from './open-database.js';
export { storageFault } from './storage-fault.js';
export type { StorageFault } from './storage-fault.js';
