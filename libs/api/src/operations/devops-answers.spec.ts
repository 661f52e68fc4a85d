import type { JsonObject } from '@gemel/model/json';
import type { LoggerConfig } from '@gemel/model/operations';
import { answerOther, devopsAnswers, othersAnswers } from './devops-answers.js';
import type { OwnDevops } from './devops-answers.js';

function aProcess(instance: string, services: readonly string[]): OwnDevops & { readonly set: LoggerConfig[] } {
  const set: LoggerConfig[] = [];
  const levels = { configs: () => set, set: (config: LoggerConfig) => set.push(config) > 0 };
  return { instance, services, levels, set, config: (service, path) => ({ service, path: path ?? null }) };
}

describe('Operations: what other processes answer', () => {
  it.each<[JsonObject, readonly string[], JsonObject]>([
    [{ what: 'levels', named: [] }, ['search', 'things'], { type: 'devops.responses:retrieveLoggerConfig' }],
    [
      { what: 'config', named: ['things'], path: 'ditto.info' },
      ['things'],
      { config: { service: 'things', path: 'ditto.info' } },
    ],
    [
      { what: 'level', named: ['things', 'b'], config: { level: 'debug', logger: 'ROOT' } },
      ['things'],
      { type: 'devops.responses:changeLogLevel', successful: true, instance: 'b' },
    ],
  ])('is to %j, of services %j, %j', (request, services, body) => {
    const answers = othersAnswers([answerOther(aProcess('b', ['search', 'things']), request)]);
    expect(answers.map(({ service, instance }) => [service, instance])).toEqual(services.map((name) => [name, 'b']));
    expect(answers[0]?.body).toMatchObject(body);
  });

  it.each<JsonObject>([
    { what: 'level', named: ['things', 'other'], config: { level: 'off' } },
    { what: 'level', named: ['gateway'], config: { level: 'off' } },
    { what: 'something new' },
    {},
  ])('is nothing, and changes nothing, for %j', (request) => {
    const own = aProcess('b', ['things']);
    expect(answerOther(own, request)).toEqual({ responses: [] });
    expect(own.set).toEqual([]);
  });

  it('is as one would answer oneself', () => {
    const own = aProcess('b', ['things']);
    const request = { what: 'levels', named: [], includeDisabled: true } as const;
    expect(othersAnswers([answerOther(own, request)])).toEqual(devopsAnswers(own, request));
  });

  it('is left out where it cannot be read', () => {
    expect(
      othersAnswers([{}, { responses: 7 }, { responses: [7, { service: 'x' }, { service: 1, instance: 'i' }] }]),
    ).toEqual([]);
  });
});
