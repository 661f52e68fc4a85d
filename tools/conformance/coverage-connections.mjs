// What users of Ditto's connections see (management, types, mapping, placeholders), and the tests that prove each row. A test is named
// as in coverage.mjs.

const MANAGEMENT = ['the management of connections'];
const MAPPING = ['the payload mapping of connections'];
const TEMPLATES = ['templates'];
const SCRIPTS = 'scripts that map payloads';
const DECLINES = 'a target whose other side declines messages';
const FUNCTIONS = ['pipeline functions'];

/** `[row, titles of tests, why it is not there]`; the last only without tests. */
export const COVERAGE_CONNECTIONS = {
  'Model of a connection': [
    ['create, read, modify, delete, open, close', MANAGEMENT],
    ['model fields', ['reads what Ditto has, with its defaults', 'reads everything that is supported']],
    [
      'source fields',
      ['reads how payloads are mapped, acknowledged and answered', 'reads everything that is supported'],
    ],
    ['target fields', ['reads how payloads are mapped, acknowledged and answered', 'reads the parameters of a topic']],
    ['topic: twin events', ['publish what a topic asks for, as a reader of their own that begins now', ...MAPPING]],
    ['topics: live messages, commands and events', ['LiveTarget']],
    ['topic: connection announcements', ['announcements of a connection']],
    ['topic: policy announcements', ['announcements of policies']],
    ['topic parameters namespaces, filter, extraFields', ['reads the parameters of a topic', ...MAPPING]],
    [
      'client count',
      [
        'the part of a client',
        'a connection with several clients',
        'is told of each of its clients',
        'the balance of clients',
        'share the clients of a connection: each message once',
      ],
    ],
    [
      'consumer count',
      ['the consumers of a client', 'several consumers, each message once and in the order of its thing'],
    ],
    ['limit: 10 mappers, 10 messages each', ['refuses %j by its path', 'no message to more than ten']],
    ['response diversion', ['answers that are diverted', 'bring an answer to the connection to which it is diverted']],
  ],
  Sources: [
    [
      'header mapping',
      ['map headers and enforce what messages may be about', 'with headers and an address of its own'],
    ],
    ['enforcement', ['map headers and enforce what messages may be about', 'what breaks the enforcement']],
    ['reply target, default address', ['with the response, where the message says', ...MAPPING]],
    ['reply target, address, header mapping, payload mapping', ['with headers and an address of its own']],
    [
      'expected response types',
      ['nothing when %s', 'no refusal when %s', 'to be delivered again what is not acknowledged in time'],
    ],
    [
      'error responses of failures',
      ['with a refusal', 'what breaks the enforcement, and what cannot be read', ...MAPPING],
    ],
    ['authorization subjects with placeholders', ['takes the subjects of a message']],
    [
      'several mappers, several messages; settlement waits for all',
      ['each message with every mapper', 'what one mapper can, when another one cannot'],
    ],
    [
      'mapping conditions',
      ['each message with every mapper whose conditions hold', 'the condition %s is %s', ...MAPPING],
    ],
    ['acknowledgement requests with filter', ['when all have, whom it asks', 'nothing that it does not ask for']],
    ['declared acknowledgements', ['when all have, whom it asks', 'nothing with %s']],
    [
      'settlement by status: 408, 424, 5xx again',
      [
        'to be delivered again what is not acknowledged in time',
        'as a subscriber says with status %i',
        'have a change delivered again that a device could not take for now',
        'have a change delivered once that a device will never take',
      ],
    ],
    ['commands on policies', ['commands on policies, too']],
    ['search and history over connections', ['questions over a source', 'PullSubscriptions']],
    ['history of policies and checkPermissions over connections', ['questions about policies over a source']],
    [
      'answers to live messages and commands at the reply target',
      ['a live message over a source', 'a live command over a source'],
    ],
    ['a message that is never acknowledged does not come for ever', ['Redeliveries']],
  ],
  Targets: [
    ['address placeholders, unresolved ones drop', ['with headers and an address of its own', 'LiveTarget']],
    ['header mapping', ['maps headers']],
    [
      'issued acknowledgements',
      ['acknowledges what the other side has taken or refused', 'acknowledges what its transport has taken'],
    ],
    ['live responses of an endpoint', ['answers for a device when the other side says %s']],
    ['weak acknowledgements', ['acknowledges weakly what it leaves out']],
    ['thing-json in headers and addresses', TEMPLATES],
    ['order per thing, nothing lost at QoS 1', ['publish in order without waiting for each']],
    [
      'a queue that is full: waits, says so, keeps the order',
      [DECLINES, 'waits for room, says so, and brings all then'],
    ],
  ],
  'Ways and faults': [
    ['Hono', ['come in over the Kafka of Hono']],
    ['a replica that dies: status, metrics, logs', ['tell the truth about a connection when the one that has it dies']],
    [
      'pipelines: hops, schemas, dead letters, rules',
      [
        'are bridged from MQTT to Kafka',
        'docs/pipelines.md',
        'dead letters that go to another connection',
        'are checked, and what breaks the schema',
        'become quantities by their topics',
      ],
    ],
    ['payloads of a megabyte, both ways', ['takes a megabyte', 'brings a megabyte']],
    [
      'certificates: CA, and the wrong one',
      [
        'trusts only whom its certificates vouch for, and says',
        'says what is wrong, and loses nothing until it is mended',
      ],
    ],
    [
      'accounts: the wrong password',
      [
        'says that user or password are wrong, and where to mend them',
        'a connection to Kafka with SASL %s',
        'says what is wrong, and loses nothing until it is mended',
      ],
    ],
    ['SASL of Kafka: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512', ['a connection to Kafka with SASL %s']],
    ['a broker that restarts', ['loses nothing and keeps the order when its broker restarts under load']],
    ['a network that is cut, or silent', ['loses nothing and keeps the order: %s']],
    ['clients that processes share, and one dies', ['is shared by both processes, by the one that is left']],
    [
      'dead letters to a connection of another process',
      ['all come, also those of the time when that process is killed'],
    ],
    ['consumers that are slow', ['publishes as fast as the other side takes, is well, and loses nothing']],
    ['a process that is killed', ['loses nothing and keeps the order when the process that has it is killed']],
    [
      'HMAC three ways',
      [
        'are those of the example in the documentation of AWS',
        'are those of Azure Monitor',
        'are those of Azure shared access',
      ],
    ],
    ['OAuth2 two ways', ['gets a new token when the one it has is not accepted any more']],
    ['SSH tunnel', ['SSH tunnel']],
  ],
  'Payload mappers': [
    ['Ditto', ['the mapper Ditto']],
    ['JavaScript', [SCRIPTS, ...MAPPING]],
    [
      'JavaScript: a script that cannot be run is refused',
      ['a script that cannot be run', 'a script that broke after it was stored'],
    ],
    ['JavaScript: limits, loops, memory, recursion', [SCRIPTS]],
    ['JavaScript: bytebuffer.js, long.js', [SCRIPTS]],
    ['JavaScript: CommonJS modules', ['modules of scripts', 'require the modules of the folder']],
    ['Normalized', ['the mapper Normalized']],
    ['ConnectionStatus', ['the mapper ConnectionStatus']],
    ['RawMessage', ['the mapper RawMessage']],
    ['ImplicitThingCreation', ['the mapper ImplicitThingCreation', ...MAPPING]],
    ['UpdateTwinWithLiveResponse', ['the mapper UpdateTwinWithLiveResponse']],
    ['CloudEvents', ['the mapper CloudEvents']],
  ],
  'Placeholders and functions': [
    ...['thing, policy, entity', 'header', 'topic', 'resource', 'request', 'time', 'thing-json', 'source'].map(
      (prefix) => [prefix, ['resolves %j to %j']],
    ),
    ['feature, several for merges', ['names each feature that a merge touches']],
    ['connection', ['announcements of a connection']],
    ['jwt, policy-entry', ['Token integration actions']],
    ['ref', ['the mapper ImplicitThingCreation']],
    ['group-by', ['Operator metrics']],
    ['the 16 functions', FUNCTIONS],
    ['a function at the beginning', TEMPLATES],
    ['at most 10 functions', ['refuses %j with %s']],
    ['deleted and unresolved differ', ['leaves %j %s']],
    ['several values', ['stands for every combination of several values']],
  ],
};
