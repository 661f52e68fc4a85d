import { parsePolicyId } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import type { ApiRequest } from '../http/index.js';

/** The policy in the path; one without a namespace is of the default one. @throws PolicyIdInvalid */
export function policyIdIn(request: ApiRequest, defaultNamespace: string): PolicyId {
  const text = request.param('policyId');
  return parsePolicyId(text.startsWith(':') ? defaultNamespace + text : text);
}
