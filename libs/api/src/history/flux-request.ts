import { ANNOTATIONS, FluxInvalid } from '@gemel/model/flux';
import type { CsvDialect } from '@gemel/model/flux';
import { isJsonObject, member, parseJson } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';

export interface FluxRequest {
  readonly query: string;
  readonly dialect: CsvDialect;
}

/** What InfluxDB writes when the request does not say. */
const DEFAULT_DIALECT: CsvDialect = { header: true, delimiter: ',', annotations: [] };

/**
 * Reads the body of InfluxDB's `POST /api/v2/query`: JSON, or the query as it is with `application/vnd.flux`.
 * @throws JsonInvalid, FluxInvalid for members that would change the meaning and are not supported
 */
export function parseFluxRequest(contentType: string, body: string): FluxRequest {
  if (contentType.toLowerCase().startsWith('application/vnd.flux')) return { query: body, dialect: DEFAULT_DIALECT };
  const json = parseJson(body);
  if (!isJsonObject(json)) throw new FluxInvalid('The body must be a JSON object');
  const query = member(json, 'query');
  if (typeof query !== 'string') throw new FluxInvalid("The body needs 'query', a string");
  const type = member(json, 'type') ?? 'flux';
  if (type !== 'flux')
    throw new FluxInvalid(`Queries of the type '${describe(type)}' are not supported`, undefined, 'Send Flux.');
  for (const name of ['extern', 'params', 'now']) {
    const value = member(json, name);
    const given = isJsonObject(value) ? Object.keys(value).length > 0 : (value ?? null) !== null;
    if (given) throw new FluxInvalid(`The member '${name}' of the body is not supported`);
  }
  return { query, dialect: parseDialect(member(json, 'dialect') ?? {}) };
}

function parseDialect(json: JsonValue): CsvDialect {
  if (!isJsonObject(json)) throw new FluxInvalid("The member 'dialect' must be an object");
  const header = member(json, 'header') ?? DEFAULT_DIALECT.header;
  if (typeof header !== 'boolean') throw new FluxInvalid("The dialect's 'header' must be true or false");
  const delimiter = member(json, 'delimiter') ?? DEFAULT_DIALECT.delimiter;
  if (typeof delimiter !== 'string' || delimiter.length !== 1 || '\r\n"'.includes(delimiter)) {
    throw new FluxInvalid("The dialect's 'delimiter' must be one character");
  }
  return { header, delimiter, annotations: parseAnnotations(json) };
}

function parseAnnotations(json: JsonObject): CsvDialect['annotations'] {
  const annotations = member(json, 'annotations') ?? [];
  if (!Array.isArray(annotations)) throw new FluxInvalid("The dialect's 'annotations' must be an array");
  const wanted = annotations.map((name: JsonValue) => {
    const known = ANNOTATIONS.find((annotation) => annotation === name);
    if (known === undefined) throw new FluxInvalid(`The annotation '${describe(name)}' is not known`);
    return known;
  });
  return [...new Set(wanted)];
}

function describe(value: JsonValue): string {
  return typeof value === 'string' ? value.slice(0, 50) : JSON.stringify(value).slice(0, 50);
}
