import type { Template } from '../placeholders/index.js';

/** Longest topic name or filter, in UTF-16 code units: at most three bytes each in 65,535 [MQTT-1.5.3]. */
const MAX_LENGTH = 21_845;
const SHARED = /^\$share\/[^/+#]+\/(.+)$/;

/** What is wrong with a topic filter; undefined when nothing is. */
export function mqttFilterFault(filter: string): string | undefined {
  if (filter === '' || filter.length > MAX_LENGTH || filter.includes('\0')) return 'must be an MQTT topic filter';
  const levels = filter.split('/');
  const misplaced = levels.some((level, index) =>
    // [MQTT-4.7.1-1], [MQTT-4.7.1-2]
    level.includes('#') ? level !== '#' || index !== levels.length - 1 : level.includes('+') && level !== '+',
  );
  return misplaced
    ? "must be an MQTT topic filter: '+' stands for a whole level, '#' for all levels at the end"
    : undefined;
}

/** What is wrong with the address of a target, as far as can be told before its placeholders are resolved. */
export function mqttAddressFault({ text }: Template): string | undefined {
  return /[+#\0]/.test(text.replaceAll(/\{\{.*?\}\}/gs, ''))
    ? "must be an MQTT topic name, which holds neither '+' nor '#'"
    : undefined;
}

/** The filter that topics must match: without the group of a shared subscription. */
export function unsharedFilter(address: string): string {
  return SHARED.exec(address)?.[1] ?? address;
}

/** Why nothing can be published to a topic, as part of a sentence; undefined when something can. */
export function topicNameFault(topic: string): string | undefined {
  if (topic === '') return 'it cannot be an MQTT topic name, which is never empty';
  if (topic.length > MAX_LENGTH) return `it cannot be an MQTT topic name, which has ${MAX_LENGTH} characters at most`;
  // [MQTT-3.3.2-2], [MQTT-1.5.3-2]
  return /[+#\0]/.test(topic)
    ? "it cannot be an MQTT topic name, which holds neither '+' nor '#' nor U+0000"
    : undefined;
}
