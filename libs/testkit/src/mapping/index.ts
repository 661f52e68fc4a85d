export { MAPPED_AT, mapIn, mapOut, mapperOf, mappedJson } from './given-mapper.js';
