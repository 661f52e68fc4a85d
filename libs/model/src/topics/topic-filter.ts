/** Whether a topic name falls under an MQTT topic filter; wildcards at the start never match topics that begin with `$`. */
export function matchesFilter(filter: string, topic: string): boolean {
  const levels = filter.split('/');
  const names = topic.split('/');
  // [MQTT-4.7.2-1]
  if (topic.startsWith('$') && (levels[0] === '#' || levels[0] === '+')) return false;
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true;
    if (index >= names.length || (level !== '+' && level !== names[index])) return false;
  }
  return levels.length === names.length;
}

/** {@link matchesFilter} for one filter, quick for the usual `prefix/#`. */
export function filterTest(filter: string): (topic: string) => boolean {
  const prefix = filter.slice(0, -2);
  if (!filter.endsWith('/#') || prefix.includes('+')) return (topic) => matchesFilter(filter, topic);
  return (topic) => topic.startsWith(prefix) && (topic.length === prefix.length || topic.charAt(prefix.length) === '/');
}
