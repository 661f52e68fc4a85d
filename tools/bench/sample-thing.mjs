// The thing of the benchmarks: about 1 kB of JSON, as an OpenTwins device has.

/** A thing with attributes and four features of a few properties. */
export function sampleThing(thingId) {
  const features = {};
  for (const name of ['velocity', 'direction', 'temperature', 'battery']) {
    features[name] = {
      definition: [`org.example:${name}:1.0.0`],
      properties: {
        value: 0,
        unit: 'si',
        time: 1_715_943_644_787,
        quality: 'measured',
        range: { min: -100, max: 100 },
      },
    };
  }
  return {
    thingId,
    policyId: 'bench:policy',
    attributes: {
      name: `Thing ${thingId}`,
      description: 'A thing of the benchmark',
      location: { building: 'A', floor: 3, room: '3.14' },
    },
    features,
  };
}

/** An event of about the size that Gemel stores. */
export function sampleEvent(id, revision, path, value) {
  return {
    action: 'modified',
    path,
    value,
    revision,
    timestamp: 1_715_943_644_787,
    headers: { 'correlation-id': 'a1b2c3d4-0000-4000-8000-000000000000', 'ditto-originator': 'nginx:ditto' },
  };
}
