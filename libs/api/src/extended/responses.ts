import type { ResponseDescription } from '../http/index.js';
import { TEXT, THING } from './wire.js';

type Responses = Readonly<Record<number, ResponseDescription>>;

const LIST = {
  oneOf: [
    { type: 'array', items: THING },
    { type: 'object', required: ['items'] },
  ],
};

export const DONE_RESPONSE: Responses = {
  200: { description: 'Done; the body is an empty JSON string.', schema: TEXT },
};
export const NO_CONTENT_RESPONSE: Responses = { 204: { description: 'Done.' } };
export const THING_RESPONSE: Responses = { 200: { description: 'The thing without `_isType`.', schema: THING } };
export const LIST_RESPONSE: Responses = {
  200: { description: 'An array, or `{items, cursor}` when there are more pages.', schema: LIST },
};
export const CREATED_RESPONSE: Responses = { 201: { description: 'Created: the thing.', schema: THING } };
export const ADDRESSED: Responses = {
  404: { description: 'It does not exist or you may not read it.' },
  412: { description: 'It is of the other kind.' },
};
export const BODY_REFUSED: Responses = {
  400: { description: 'The body is empty though a thing is to be created, or it is not valid.' },
  442: {
    description: 'The body holds a restricted attribute: `_isType`, `_parents`, `type` or `copyOf`.',
  },
};
export const LINK_REFUSED: Responses = {
  ...BODY_REFUSED,
  404: { description: 'The parent does not exist or you may not read it.' },
  409: { description: 'It would be part of itself; nothing was changed.' },
  412: { description: 'Parent or child are of the other kind.' },
};
export const TREE_REFUSED: Responses = {
  ...ADDRESSED,
  400: { description: 'An identifier exists already or is not valid; nothing was created.' },
  409: {
    description: 'It contains itself, or two parts would share an identifier; nothing was created.',
  },
  422: { description: 'It has too many things for one request; nothing was created.' },
  442: BODY_REFUSED[442] ?? { description: '' },
};
