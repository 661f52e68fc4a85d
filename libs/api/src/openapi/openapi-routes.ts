import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { defineRoute } from '../http/index.js';
import { RouteUnknown } from '../http/index.js';
import type { Reply, Route } from '../http/index.js';
import { openapiDocument } from './openapi-document.js';

const tag = 'Documentation';
const HTML = 'text/html; charset=utf-8';

/** Everything the pages load comes from this server. */
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/** Files of swagger-ui-dist that the page loads, with their content types. */
const ASSETS: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

/**
 * The routes given, with those that describe them: `/openapi.json`, a page to try them at `/apidoc/`, and the start
 * page. Documents are made, and files read, when asked for.
 */
export function withDocumentation(routes: readonly Route[], version: string): readonly Route[] {
  const all: Route[] = [...routes];
  let document: string | undefined;
  all.push(
    defineRoute({
      method: 'GET',
      path: '/openapi.json',
      summary: 'Describe this API as OpenAPI 3.1',
      tag,
      access: 'none',
      responses: { 200: { description: 'The description.', schema: { type: 'object' } } },
      handler: () => {
        document ??= JSON.stringify(openapiDocument(all, version));
        return { status: 200, headers: { 'content-type': 'application/json' }, body: document };
      },
    }),
    page('/', 'Start page', START_PAGE),
    page('/apidoc', 'Page to try the API', TRY_PAGE),
    page('/docs', "Page to try the API, where OpenTwins' extended API has it", TRY_PAGE),
    defineRoute({
      method: 'GET',
      path: '/apidoc/:file',
      summary: 'Files of the page to try the API',
      tag,
      access: 'none',
      responses: {
        200: { description: 'The file.', mediaType: '*/*' },
        404: { description: 'There is no such file.', mediaType: 'text/plain' },
      },
      handler: (request) => asset(request.param('file')),
    }),
  );
  return all;
}

function page(path: string, summary: string, body: string): Route {
  return defineRoute({
    method: 'GET',
    path,
    summary,
    tag,
    access: 'none',
    responses: { 200: { description: 'The page.', mediaType: 'text/html' } },
    handler: () => ({ status: 200, headers: { 'content-type': HTML, 'content-security-policy': POLICY }, body }),
  });
}

async function asset(file: string): Promise<Reply> {
  if (file === 'try.js') return { status: 200, headers: { 'content-type': 'text/javascript' }, body: TRY_SCRIPT };
  const type = ASSETS.get(file);
  if (type === undefined) throw new RouteUnknown(`/apidoc/${file}`);
  const body = await readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`));
  return { status: 200, headers: { 'content-type': type, 'cache-control': 'max-age=3600' }, body };
}

const START_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Gemel</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}</style>
<h1>Gemel</h1>
<p>Digital twins, served from here.</p>
<ul>
<li><a href="/apidoc/">Try the API</a>
<li><a href="/openapi.json">OpenAPI description</a>
<li><a href="/api/2/things">Things</a>
<li><a href="/health">Health</a>
</ul>
</html>
`;

const TRY_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Gemel API</title>
<link rel="icon" href="/apidoc/favicon-32x32.png">
<link rel="stylesheet" href="/apidoc/swagger-ui.css">
<div id="api"></div>
<script src="/apidoc/swagger-ui-bundle.js"></script>
<script src="/apidoc/try.js"></script>
</html>
`;

const TRY_SCRIPT = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, docExpansion: 'none' });
`;
