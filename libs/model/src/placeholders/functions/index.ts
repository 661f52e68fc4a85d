import { base64Decode } from './base64-decode.js';
import { base64Encode } from './base64-encode.js';
import { fallback } from './default.js';
import { filter } from './filter.js';
import { format } from './format.js';
import { join } from './join.js';
import { lower } from './lower.js';
import type { PipelineFunction } from './pipeline-function.js';
import { remove } from './delete.js';
import { replace } from './replace.js';
import { split } from './split.js';
import { substringAfter } from './substring-after.js';
import { substringBefore } from './substring-before.js';
import { trim } from './trim.js';
import { upper } from './upper.js';
import { urlDecode } from './url-decode.js';
import { urlEncode } from './url-encode.js';

export type { PipelineFunction } from './pipeline-function.js';

/** By name after `fn:`. */
export const pipelineFunctions: ReadonlyMap<string, PipelineFunction> = new Map(
  Object.entries({
    'base64-decode': base64Decode,
    'base64-encode': base64Encode,
    default: fallback,
    delete: remove,
    filter,
    format,
    join,
    lower,
    replace,
    split,
    'substring-after': substringAfter,
    'substring-before': substringBefore,
    trim,
    upper,
    'url-decode': urlDecode,
    'url-encode': urlEncode,
  }),
);
