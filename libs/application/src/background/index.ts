export { inBackground } from './in-background.js';
