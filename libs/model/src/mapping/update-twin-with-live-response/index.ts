export { readUpdateTwinWithLiveResponseMapper } from './update-twin-with-live-response-mapper.js';
