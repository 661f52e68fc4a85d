export * from './opened-things.js';
