export { readImplicitThingCreationMapper } from './implicit-thing-creation-mapper.js';
