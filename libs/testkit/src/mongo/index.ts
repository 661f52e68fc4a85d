export { EmptiedDatabases } from './emptied-databases.js';
