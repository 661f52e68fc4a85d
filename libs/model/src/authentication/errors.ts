import { defineError } from '../errors/index.js';

const CHECK_CREDENTIALS = 'Check if your credentials were correct.';

/** Nobody is who they say they are: no credentials, or wrong ones. */
export const AuthenticationFailed = defineError(
  'gateway:authentication.failed',
  401,
  (message: string, description: string = CHECK_CREDENTIALS) => ({ message, description }),
);
