export { CLAIM, mailboxPath, messageAddressAt, messagePath, parseSubject } from './address.js';
export type { MessageAddress } from './address.js';
export { contentForm, isMediaType, payloadContent, payloadValue } from './content.js';
export type { ContentForm } from './content.js';
export * from './errors.js';
