import { readCloudEventsMapper } from './cloud-events/index.js';
import { readConnectionStatusMapper } from './connection-status/index.js';
import { readDittoMapper } from './ditto/index.js';
import { readHopLatencyMapper } from './hop-latency/index.js';
import { readImplicitThingCreationMapper } from './implicit-thing-creation/index.js';
import { readScriptMapper } from './java-script/index.js';
import { readNormalizedMapper } from './normalized/index.js';
import type { OptionsReader } from './options-reader.js';
import type { ConfiguredMapper } from './payload-mapper.js';
import { readRawMessageMapper } from './raw-message/index.js';
import { readTopicRulesMapper } from './topic-rules/index.js';
import { readUpdateTwinWithLiveResponseMapper } from './update-twin-with-live-response/index.js';

interface MapperType {
  /** Whether its name alone will do in a `payloadMapping`. */
  readonly needsOptions: boolean;
  readonly read: (reader: OptionsReader) => ConfiguredMapper;
}

/** By the alias that Ditto has for those that it has; a new one is a line here. */
export const mappers: ReadonlyMap<string, MapperType> = new Map([
  ['Ditto', { needsOptions: false, read: readDittoMapper }],
  ['JavaScript', { needsOptions: true, read: readScriptMapper }],
  ['Normalized', { needsOptions: false, read: readNormalizedMapper }],
  ['ConnectionStatus', { needsOptions: true, read: readConnectionStatusMapper }],
  ['RawMessage', { needsOptions: false, read: readRawMessageMapper }],
  ['ImplicitThingCreation', { needsOptions: true, read: readImplicitThingCreationMapper }],
  ['UpdateTwinWithLiveResponse', { needsOptions: false, read: readUpdateTwinWithLiveResponseMapper }],
  ['CloudEvents', { needsOptions: false, read: readCloudEventsMapper }],
  // Ditto has not got these.
  ['TopicRules', { needsOptions: true, read: readTopicRulesMapper }],
  ['HopLatency', { needsOptions: true, read: readHopLatencyMapper }],
]);
