/** Codes of Eclipse Ditto 3.9 that no request to solo alone yields, and why. */
export const OTHER_CODES = {
  'things:thing.toomanymodifyingrequests': 'needs a full queue: proven by Things: Mailbox limit',
  'things:thing.unavailable': 'a store that is away answers gemel:store.unavailable',
  'things:attribute.pointerinvalid': 'a trailing slash is passed over; other empty segments are json.pointer.invalid',
  'things:field.selection.invalid': 'of extraFields in the protocol; over HTTP unknown fields are passed over',
  'things:policy.id.missing': 'only of schema version 1, which Ditto has removed',
  'things:event.notallowed':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'policies:subjects.notfound': 'an entry always has subjects',
  'policies:resources.notfound': 'an entry always has resources',
  'policies:imports.notfound': 'a policy always has imports',
  'policies:policy.toomanymodifyingrequests': 'needs a full queue: proven by Policies: Mailbox limit',
  'policies:policy.unavailable': 'a store that is away answers gemel:store.unavailable',
  'command.headers.invalid': 'not raised: such headers are header.invalid',
  'unsupported.api.version':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'ask.error': 'no actors are asked',
  'enforcement.timeout': 'nothing is asked over a network to enforce',
  'service.timeout': 'no service is asked over a network',
  internalerror: 'a bug: proven by errors become a 500 that tells nothing but where to look when they are bugs',
  'too.many.requests': 'requests over HTTP are not throttled, as in Ditto',
  'namespacedentity.id.invalid': 'every id has an error of its own',
  'signal.unsupported': 'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'signal.enrichment.failed':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'streaming.subscription.not.found': 'of questions over connections: proven by questions over a source',
  'streaming.subscription.protocol.error':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'streaming.subscription.timeout':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'connectivity:connection.id.enforcement.failed':
    'of messages that come over connections: answered at the reply target',
  'connectivity:connection.timeout': 'of a test of a connection on which the other side stays silent for ten seconds',
  'connectivity:connection.unavailable':
    'of services and clusters that Gemel does not have, or of sending, which is in the log of the connection',
  'connectivity:connection.unauthorized':
    'of services and clusters that Gemel does not have, or of sending, which is in the log of the connection',
  'connectivity:connections.amount.illegal': 'Gemel has no limit of connections',
  'connectivity:message.mapper.config.failed':
    'of scripts that cannot be run: in the status and log of their connection',
  'connectivity:message.mapping.failed': 'of messages that come over connections: answered at the reply target',
  'connectivity:message.sending.failed':
    'of services and clusters that Gemel does not have, or of sending, which is in the log of the connection',
  'connectivity:kafka.message.rejected':
    'of services and clusters that Gemel does not have, or of sending, which is in the log of the connection',
  'connectivity:internalerror':
    'of services and clusters that Gemel does not have, or of sending, which is in the log of the connection',
  'connectivity:config.provider.failed':
    'of services and clusters that Gemel does not have, or of sending, which is in the log of the connection',
  'connectivity:config.provider.missing':
    'of services and clusters that Gemel does not have, or of sending, which is in the log of the connection',
  'connectivity:connectivity.config.unavailable':
    'of services and clusters that Gemel does not have, or of sending, which is in the log of the connection',
  'gateway:jwt.condition.failed': 'needs an OpenID provider: proven by prerequisite-conditions',
  'gateway:authentication.provider.unavailable': 'not raised',
  'gateway:publickey.provider.unavailable': 'needs an OpenID provider: proven by JWT / OIDC',
  'gateway:service.unavailable': 'not raised',
  'gateway:websocket.session.expired':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'gateway:websocket.session.closed':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'gateway:streaming.session.aborted':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'gateway:namespace.notaccessible': 'needs rules for namespaces',
  'gateway:internalerror': 'internalerror instead',
  'jwt:audience.invalid': 'needs an OpenID provider',
  'jwk:invalid': 'needs an OpenID provider',
  'acknowledgement:correlation-id.missing': 'of the Ditto Protocol: proven by acknowledgements of changes',
  'acknowledgement:ditto.acklabel.forbidden': 'of the Ditto Protocol: proven by acknowledgements of changes',
  'acknowledgement:label.invalid': 'over HTTP such a header is header.invalid',
  'acknowledgement:label.not.declared':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'acknowledgement:label.not.unique':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'acknowledgement:request.duplicate.correlation-id': 'needs two requests at once: proven by Messages: timeouts',
  'acknowledgement:request.parsing.failed': 'not raised',
  'messages:authorization.blocked': 'never raised in Ditto',
  'messages:featureid.invalid': 'only of the protocol',
  'messages:id.invalid': 'things:id.invalid over HTTP',
  'messages:messageformat.invalid': 'only of WoT',
  'placeholder:function.signature.invalid': 'of pipelines in connections',
  'placeholder:function.too.complex': 'of pipelines in connections',
  'placeholder:function.unknown': 'of pipelines in connections',
  'placeholder:placeholder.notresolvable': 'of connections',
  'placeholder:placeholder.reference.notsupported': 'of _copyPolicyFrom: proven by Things: Copy policy',
  'placeholder:placeholder.reference.unknownfield': 'of _copyPolicyFrom: proven by Things: Copy policy',
  'placeholder:unresolved':
    'of pipelines in connections; a name that is none in a subject is policies:subjectid.invalid',
  'thing-search:subscription.protocol.error':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'thing-search:query.time.exceeded': 'needs a slow query: proven by Search: Query limits',
  'thing-search:subscription.timeout':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'thing-search:subscription.not.found': 'of questions over connections: proven by questions over a source',
  'thing-search:subscription.aborted':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'protocoladapter:unknown.path':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'protocoladapter:invalid.path':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'protocoladapter:unknown.channel':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'protocoladapter:unknown.command':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'protocoladapter:unknown.response':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'protocoladapter:unknown.event':
    'of Ditto Protocol sessions (WebSocket, connections, streams of the past), which come later',
  'wot:tm.notfound': 'Web of Things comes later',
  'wot:definition.invalid': 'Web of Things comes later',
  'wot:tm.invalid': 'Web of Things comes later',
  'wot:tm.ref.invalid': 'Web of Things comes later',
  'wot:tm.placeholder.unresolved': 'Web of Things comes later',
  'wot:validation.error': 'Web of Things comes later',
  'wot:skeleton.generation.failed': 'Web of Things comes later',
  'wot:payload.validation.error': 'Web of Things comes later',
  'wot:internalerror': 'Web of Things comes later',
  'wot.validation.config:error': 'Web of Things comes later',
  'wot.validation.config:invalid': 'Web of Things comes later',
  'wot.validation.config:notaccessible': 'Web of Things comes later',
  'wot.validation.config:history.notfound': 'Web of Things comes later',
  'wot.validation.config:precondition.failed': 'Web of Things comes later',
  'wot.validation.config:precondition.notmodified': 'Web of Things comes later',
  'pubsub:abnormal.termination': 'no actors',
} as const;
