export {
  get,
  merge,
  openThings,
  openWithCar,
  owner,
  put,
  reader,
  remove,
  stranger,
  thingId,
  verdict,
} from './opened-things.js';
