import type { MappingScripts, OpenScript } from '@gemel/application/ports';
import type { MappingScript } from '@gemel/model/mapping';
import { formatTopic, parseTopic } from '@gemel/model/protocol';
import type { JsonObject } from '@gemel/model/json';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const FAILED = expect.objectContaining({ code: 'connectivity:message.mapping.failed', status: 400 });

const event: JsonObject = {
  topic: 'example/car/things/twin/events/modified',
  headers: { 'correlation-id': 'c-1' },
  path: '/features/gps',
  value: { properties: { speed: 7 } },
  revision: 3,
};

/** What everything promises that runs mapping scripts. */
export function describeMappingScripts(name: string, scripts: MappingScripts): void {
  describe(`${name} as runner of mapping scripts`, () => {
    const opened: OpenScript[] = [];

    afterEach(() => {
      for (const script of opened.splice(0)) script.close();
    });

    async function open(script: Partial<MappingScript>): Promise<OpenScript> {
      const one = await scripts.open(
        { incoming: undefined, outgoing: undefined, loadsByteBuffer: false, loadsLong: false, ...script },
        'mine',
      );
      opened.push(one);
      return one;
    }

    function map(script: OpenScript, payload: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) {
      const bytes = typeof payload === 'string' ? bytesOf(payload) : payload;
      return script.incoming?.({ headers, payload: bytes }, {}) ?? [];
    }

    function mapOut(script: OpenScript, topic = 'example/car/things/twin/events/modified') {
      return script.outgoing?.({ topic: parseTopic(topic), json: { ...event, topic } }, {}) ?? [];
    }

    const echo = (expression: string) =>
      `function mapToDittoProtocolMsg(headers, textPayload, bytePayload, contentType) {
        return Ditto.buildDittoProtocolMsg('a', 'b', 'things', 'twin', 'commands', 'modify', '/attributes/x', {}, ${expression});
      }`;

    describe('in', () => {
      it('makes a message of headers, text, bytes and content type', async () => {
        const script = await open({
          incoming: echo(
            '{ headers: headers, text: textPayload, bytes: Ditto.arrayBufferToString(bytePayload), type: contentType }',
          ),
        });
        const headers = { 'content-type': 'text/plain', device_id: 'sensor' };
        const [envelope] = map(script, 'süß', headers);
        expect(envelope && formatTopic(envelope.topic)).toBe('a/b/things/twin/commands/modify');
        expect(envelope).toMatchObject({
          path: ['attributes', 'x'],
          value: { headers, text: 'süß', bytes: 'sÃ¼Ã\u009f', type: 'text/plain' },
        });
      });

      it('makes several, or none', async () => {
        const script = await open({
          incoming: `function mapToDittoProtocolMsg(headers, text) {
            if (text === 'none') return null;
            if (text === 'nothing') return undefined;
            return text.split(',').map((part) => part && Ditto.buildDittoProtocolMsg(
              'a', part, 'things', 'twin', 'commands', 'delete', '/', {})).map((one) => one || null);
          }`,
        });
        expect(map(script, 'x,,y').map(({ topic }) => topic.name)).toEqual(['x', 'y']);
        expect([map(script, 'none'), map(script, 'nothing'), map(script, '')]).toEqual([[], [], []]);
      });

      it('calls the form with the whole message when the script has it, declared as it likes', async () => {
        const script = await open({
          incoming: `const mapToDittoProtocolMsgWrapper = ({ headers, textPayload, bytePayload, contentType }) => ({
            topic: 'a/b/things/live/messages/x', path: '/inbox/messages/x', headers,
            value: [textPayload, bytePayload.byteLength, contentType ?? 'none'],
          });`,
        });
        expect(map(script, 'abc', { h: '1' })).toMatchObject([{ headers: { h: '1' }, value: ['abc', 3, 'none'] }]);
      });

      it('reads bytes as numbers, and with the libraries that it asks for', async () => {
        const bytes = Uint8Array.from([0x09, 0xef, 0x03, 0xf7, 0x2a]);
        const views = await open({
          incoming: echo(`(() => { const view = new DataView(bytePayload);
            return [view.getInt16(0) / 100, view.getInt16(2), view.getUint8(4)]; })()`),
        });
        expect(map(views, bytes)).toMatchObject([{ value: [25.43, 1015, 42] }]);
        const buffers = await open({
          incoming: echo(`[parseInt(Ditto.asByteBuffer(bytePayload).toHex(), 16),
            Ditto.asByteBuffer(bytePayload).readInt16(), dcodeIO.Long.fromString('9007199254740993').add(1).toString()]`),
          loadsByteBuffer: true,
          loadsLong: true,
        });
        expect(map(buffers, bytes)).toMatchObject([{ value: [0x09ef03f72a, 0x09ef, '9007199254740994'] }]);
      });

      it('knows the language of 2020', async () => {
        const script = await open({
          incoming: echo(
            '`${JSON.parse(textPayload)?.a?.b ?? "none"} ${2n ** 64n} ${[..."ab"].flatMap((c) => [c, c]).join("")}`',
          ),
        });
        expect(map(script, '{}')).toMatchObject([{ value: 'none 18446744073709551616 aabb' }]);
      });

      it('takes messages as they are without a script for them', async () => {
        const script = await open({ outgoing: 'function mapFromDittoProtocolMsg() { return null; }' });
        expect(map(script, JSON.stringify(event))).toMatchObject([{ path: ['features', 'gps'] }]);
      });

      it.each([
        ['throws', 'throw new Error("broken")', 'broken'],
        ['throws a text', 'throw "broken"', 'broken'],
        ['throws nothing', 'throw null', ''],
        ['throws what cannot be shown', 'throw { toString() { throw 1; } }', ''],
        ['calls what is not there', 'nothing()', 'nothing'],
        ['gives a text', 'return "text"', 'something else'],
        ['gives a list of numbers', 'return [1]', 'something else'],
        ['gives what JSON cannot hold', 'const a = {}; a.a = a; return a', 'circular'],
      ])('refuses what a script %s for', async (_what, body, reason) => {
        const script = await open({
          incoming: `function mapToDittoProtocolMsg(h, text) { if (text) { ${body} } return null; }`,
        });
        expect(() => map(script, 'x')).toThrow(FAILED);
        expect(() => map(script, 'x')).toThrow(new RegExp(`'mine'.*${reason}`));
        expect(map(script, '')).toEqual([]);
      });

      it('refuses a message that is none of the Ditto Protocol', async () => {
        const script = await open({
          incoming: 'function mapToDittoProtocolMsg() { return { topic: "a/b/c", path: "/" }; }',
        });
        expect(() => map(script, 'x')).toThrow(
          expect.objectContaining({ code: 'protocoladapter:unknown.topicpath', status: 400 }),
        );
      });
    });

    describe('out', () => {
      it('makes a payload, headers and a content type of the parts of a signal', async () => {
        const script = await open({
          outgoing: `function mapFromDittoProtocolMsg(namespace, name, group, channel, criterion, action, path, dittoHeaders, value, status, extra) {
            return Ditto.buildExternalMsg({ 'Correlation-Id': dittoHeaders['correlation-id'], n: 7 },
              JSON.stringify([namespace, name, group, channel, criterion, action, path, value, status, extra]), null, 'application/json');
          }`,
        });
        const [message] = mapOut(script);
        expect(message?.headers).toEqual({ 'correlation-id': 'c-1', n: '7', 'content-type': 'application/json' });
        expect(JSON.parse(String(message?.payload))).toEqual([
          'example',
          'car',
          'things',
          'twin',
          'events',
          'modified',
          '/features/gps',
          event['value'],
          null,
          null,
        ]);
        expect(String(mapOut(script, 'a/b/things/live/messages/x/y')[0]?.payload)).toContain('"x/y"');
        expect(String(mapOut(script, 'a/b/policies/announcements/subjectDeletion')[0]?.payload)).toContain(
          '"none","announcements","subjectDeletion"',
        );
      });

      it('has what the form with the whole message of Ditto’s documentation calls', async () => {
        const script = await open({
          outgoing: `function mapFromDittoProtocolMsgWrapper(msg) {
            const parts = msg.topic.split('/');
            return { textPayload: hasChannel(parts[2]) + parts[3] + hasChannel('policies') };
          }`,
        });
        expect(mapOut(script)).toMatchObject([{ payload: 'truetwinfalse' }]);
      });

      it('gives the whole signal, its revision too, to the other form', async () => {
        const script = await open({
          outgoing: `function mapFromDittoProtocolMsgWrapper(msg) { return [null, { textPayload: String(msg.revision) }, { textPayload: 'x' }]; }`,
        });
        expect(mapOut(script)).toEqual([
          { headers: {}, payload: '3' },
          { headers: {}, payload: 'x' },
        ]);
      });

      it('sends bytes', async () => {
        const script = await open({
          outgoing: `function mapFromDittoProtocolMsgWrapper() {
            return [Ditto.buildExternalMsg({}, null, Ditto.stringToArrayBuffer('\\u0000ÿa')),
              { bytePayload: new Uint8Array([1, 2, 255]).subarray(1) }];
          }`,
        });
        expect(mapOut(script).map(({ payload }) => Buffer.from(payload))).toEqual([
          Buffer.from([0, 255, 97]),
          Buffer.from([2, 255]),
        ]);
      });

      it('drops what the script does not want, and takes signals as they are without a script for them', async () => {
        const dropping = await open({ outgoing: 'function mapFromDittoProtocolMsg() { return null; }' });
        expect(mapOut(dropping)).toEqual([]);
        const [message] = mapOut(await open({ incoming: 'function mapToDittoProtocolMsg() { return null; }' }));
        expect(message?.headers).toEqual({ 'content-type': 'application/vnd.eclipse.ditto+json' });
        expect(JSON.parse(String(message?.payload))).toEqual(event);
      });
    });

    describe('and whatever it does', () => {
      it('keeps its variables from one message to the next', async () => {
        const script = await open({ incoming: `let count = 0; ${echo('++count')}` });
        map(script, 'x');
        expect(map(script, 'x')).toMatchObject([{ value: 2 }]);
      });

      it('sees neither the process nor another script', async () => {
        const script = await open({
          incoming: `globalThis.mark = 1; Object.prototype.polluted = 1; Array.prototype.map = null; ${echo(
            '["process", "require", "console", "fetch", "setTimeout", "std", "os", "mark"].filter((name) => name in globalThis)',
          )}`,
        });
        expect(map(script, 'x')).toMatchObject([{ value: ['mark'] }]);
        const other = await open({ incoming: echo('[typeof mark, typeof ({}).polluted, typeof [].map]') });
        expect(map(other, 'x')).toMatchObject([{ value: ['undefined', 'undefined', 'function'] }]);
        expect('polluted' in {}).toBe(false);
      });

      it.each([
        ['loops', 'for (;;) {}'],
        ['loops and catches', 'for (;;) { try { for (;;) {} } catch (e) {} }'],
        ['searches without end', '/^(a+)+$/.test("a".repeat(40) + "b")'],
        ['sorts again and again', 'const a = Array.from({ length: 50_000 }, (_, i) => -i); for (;;) a.slice().sort()'],
        [
          'copies a long text again and again',
          'const s = "x".repeat(1_000_000); for (let i = 0; ; i++) s.replaceAll("x", i % 10)',
        ],
        ['recurses', 'const f = () => f(); f()'],
        ['recurses and catches', 'const f = () => { try { f(); } finally { f(); } }; f()'],
        ['eats memory', 'const all = []; for (;;) all.push(new Uint8Array(100_000))'],
        ['makes a long text', 'let s = "x"; for (;;) s += s'],
        ['nests without end', 'let a = []; for (let i = 0; i < 100_000; i++) a = [a]; JSON.stringify(a)'],
      ])('harms only its own message when it %s', async (_what, body) => {
        const incoming = `function mapToDittoProtocolMsg(h, text) { if (text === 'bad') { ${body} } return null; }`;
        const [script, other] = [await open({ incoming }), await open({ incoming: echo('1') })];
        expect(() => map(script, 'bad')).toThrow(FAILED);
        expect(map(script, 'good')).toEqual([]);
        expect(map(other, 'bad')).toMatchObject([{ value: 1 }]);
      });

      it('is left alone for a while when it takes too much again and again', async () => {
        const script = await open({
          incoming: 'function mapToDittoProtocolMsg(h, text) { for (;text;) {} return null; }',
        });
        for (let time = 0; time < 3; time++) expect(() => map(script, 'bad')).toThrow(/ran for more than/);
        expect(() => map(script, '')).toThrow(/left alone for another \d+ s/);
      });

      it.each([
        ['has a fault in its syntax', 'function ('],
        ['throws at once', 'throw new Error("no")'],
        ['loops at once', 'for (;;) {}'],
      ])('is not opened when it %s', async (_what, text) => {
        for (const script of [{ incoming: text }, { outgoing: text }]) {
          await expect(open(script)).rejects.toMatchObject({
            code: 'connectivity:message.mapper.config.failed',
            status: 400,
          });
        }
      });

      it.each([
        ['does not parse', 'const a = 1;\nconst b = ;\n', 2],
        ['throws at once', 'const a = 1;\n\nthrow new Error("no");', 3],
      ])('says which line is wrong when it %s', async (_what, text, line) => {
        for (const [option, script] of Object.entries({
          incomingScript: { incoming: text },
          outgoingScript: { outgoing: text },
        })) {
          await expect(open(script)).rejects.toThrow(
            new RegExp(`/mappingDefinitions/mine/options/${option} .*\\(line ${String(line)}\\)`),
          );
        }
      });

      it('says which line has thrown when it maps', async () => {
        const script = await open({ incoming: 'function mapToDittoProtocolMsg() {\n  return nothing.there;\n}' });
        expect(() => map(script, 'x')).toThrow(/line 2/);
      });

      it('may be closed twice, and maps nothing afterwards', async () => {
        const script = await open({ incoming: echo('1') });
        script.close();
        script.close();
        expect(() => map(script, 'x')).toThrow(FAILED);
      });
    });
  });
}
