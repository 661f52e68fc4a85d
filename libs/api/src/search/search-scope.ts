import type { SearchRequest } from '@gemel/application/search';
import { parseSearchNamespaces } from '@gemel/model/rql';
import { listOf } from '../http/index.js';
import type { ApiRequest } from '../http/index.js';

/** Where a caller asks to look, and what keeps them to where they may: also when a cursor says where. @throws SearchNamespacesInvalid */
export function searchScope(
  request: ApiRequest,
  values: readonly string[],
): Pick<SearchRequest, 'namespaces' | 'within'> {
  const asked = listOf(values);
  return {
    namespaces: asked === undefined ? undefined : parseSearchNamespaces(asked),
    within: (namespaces) => request.searchedNamespaces(namespaces),
  };
}

/** As `searchScope`, of what has no cursor. @throws SearchNamespacesInvalid, NamespaceNotAccessible */
export function searchedNamespaces(request: ApiRequest, values: readonly string[]): SearchRequest['namespaces'] {
  return request.searchedNamespaces(searchScope(request, values).namespaces);
}
