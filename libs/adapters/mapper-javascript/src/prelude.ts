/**
 * What every script finds: the functions of the `Ditto` scope and, for scripts that define only one of the two forms, the
 * other one (Ditto, "Payload mapping": helper functions). They are properties, so that a script may declare any of the names
 * again, as `const` too.
 */
export const PRELUDE = `
globalThis.Ditto = (function () {
  function topicOf(namespace, name, group, channel, criterion, action) {
    var parts = [namespace, name, group];
    if (channel !== 'none') parts.push(channel);
    parts.push(criterion);
    if (action !== undefined && action !== null && action !== '') parts.push(action);
    return parts.join('/');
  }
  function partsOf(topic) {
    var parts = topic.split('/');
    var hasChannel = parts[2] === 'things';
    var next = hasChannel ? 4 : 3;
    return {
      namespace: parts[0],
      name: parts[1],
      group: parts[2],
      channel: hasChannel ? parts[3] : 'none',
      criterion: parts[next],
      action: parts.slice(next + 1).join('/'),
    };
  }
  return {
    buildTopic: topicOf,
    splitTopic: partsOf,
    buildDittoProtocolMsg: function (
      namespace, name, group, channel, criterion, action, path, dittoHeaders, value, status, extra
    ) {
      return {
        topic: topicOf(namespace, name, group, channel, criterion, action),
        path: path,
        headers: dittoHeaders,
        value: value,
        status: status,
        extra: extra,
      };
    },
    buildExternalMsg: function (headers, textPayload, bytePayload, contentType) {
      return { headers: headers, textPayload: textPayload, bytePayload: bytePayload, contentType: contentType };
    },
    arrayBufferToString: function (arrayBuffer) {
      var bytes = new Uint8Array(arrayBuffer);
      var text = '';
      for (var at = 0; at < bytes.length; at += 4096)
        text += String.fromCharCode.apply(null, bytes.subarray(at, at + 4096));
      return text;
    },
    stringToArrayBuffer: function (string) {
      var bytes = new Uint8Array(string.length);
      for (var at = 0; at < string.length; at++) bytes[at] = string.charCodeAt(at);
      return bytes.buffer;
    },
    asByteBuffer: function (arrayBuffer) {
      return dcodeIO.ByteBuffer.wrap(arrayBuffer.slice(0));
    },
  };
})();

globalThis.mapToDittoProtocolMsg = function (headers, textPayload, bytePayload, contentType) {
  return JSON.parse(textPayload);
};

globalThis.mapToDittoProtocolMsgWrapper = function (externalMsg) {
  return mapToDittoProtocolMsg(
    externalMsg.headers, externalMsg.textPayload, externalMsg.bytePayload, externalMsg.contentType
  );
};

globalThis.mapFromDittoProtocolMsg = function (
  namespace, name, group, channel, criterion, action, path, dittoHeaders, value, status, extra
) {
  return Ditto.buildExternalMsg(
    dittoHeaders,
    JSON.stringify(Ditto.buildDittoProtocolMsg(
      namespace, name, group, channel, criterion, action, path, dittoHeaders, value, status, extra
    )),
    null,
    'application/vnd.eclipse.ditto+json'
  );
};

globalThis.hasChannel = function (group) {
  return group === 'things';
};

globalThis.mapFromDittoProtocolMsgWrapper = function (dittoProtocolMsg) {
  var topic = Ditto.splitTopic(dittoProtocolMsg.topic);
  return mapFromDittoProtocolMsg(
    topic.namespace, topic.name, topic.group, topic.channel, topic.criterion, topic.action,
    dittoProtocolMsg.path, dittoProtocolMsg.headers, dittoProtocolMsg.value, dittoProtocolMsg.status,
    dittoProtocolMsg.extra
  );
};
`;

/**
 * Functions that are called for each message; they take and give texts, which is what crosses the border fastest. Bytes
 * come out as a text with one character for each.
 */
export const ENTRY_IN = `(function (parse, stringify) {
  return function (headers, textPayload, bytePayload, contentType) {
    var mapped = mapToDittoProtocolMsgWrapper({
      headers: parse(headers), textPayload: textPayload, bytePayload: bytePayload, contentType: contentType,
    });
    return mapped === undefined || mapped === null ? undefined : stringify(mapped);
  };
})(JSON.parse, JSON.stringify)`;

export const ENTRY_OUT = `(function (parse, stringify, textOf, isArray, isView, Bytes) {
  function carried(message) {
    if (message === undefined || message === null) return null;
    var bytes = message.bytePayload;
    var hasBytes = bytes !== undefined && bytes !== null;
    if (hasBytes && isView(bytes)) bytes = new Bytes(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice().buffer;
    return {
      headers: message.headers,
      contentType: message.contentType,
      text: message.textPayload,
      bytes: hasBytes ? textOf(bytes) : undefined,
    };
  }
  return function (message) {
    var mapped = mapFromDittoProtocolMsgWrapper(parse(message));
    if (mapped === undefined || mapped === null) return undefined;
    return stringify((isArray(mapped) ? mapped : [mapped]).map(carried));
  };
})(JSON.parse, JSON.stringify, Ditto.arrayBufferToString, Array.isArray, ArrayBuffer.isView, Uint8Array)`;
