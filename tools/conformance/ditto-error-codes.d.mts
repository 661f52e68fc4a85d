export const DITTO_ERROR_CODES: readonly string[];
