import type { JsonObject } from '../json/index.js';

/** What a default connection is made from; the settings of the embedded broker, and where the external one is. */
export interface DefaultMqttSettings {
  /** `mqtt://user:password@host:port`, or another scheme that MQTT connections take. */
  readonly url: string;
  /** Topic filters of what devices send; none when empty. */
  readonly sources: readonly string[];
  /** Address of twin events, messages, live commands and live events, with placeholders; none when empty. */
  readonly target: string;
  /** On whose authority both act. */
  readonly subjects: readonly string[];
}

/** What Telegraf reads in an OpenTwins installation. */
export const OPENTWINS_EXTRA_FIELDS = 'thingId,attributes/_parents,features/idSimulationRun/properties/value';

/** The JSON of a connection that does with an external broker what the embedded one does by itself. */
export function defaultMqttConnection({ url, sources, target, subjects }: DefaultMqttSettings): JsonObject {
  return {
    id: 'default-mqtt',
    name: 'Default MQTT connection',
    connectionType: 'mqtt-5',
    connectionStatus: 'open',
    uri: url,
    sources: sources.length === 0 ? [] : [{ addresses: sources, qos: 1, authorizationContext: subjects }],
    targets:
      target === ''
        ? []
        : [
            {
              address: target,
              topics: [
                `_/_/things/twin/events?extraFields=${OPENTWINS_EXTRA_FIELDS}`,
                '_/_/things/live/messages',
                '_/_/things/live/commands',
                '_/_/things/live/events',
              ],
              qos: 1,
              authorizationContext: subjects,
            },
          ],
  };
}
