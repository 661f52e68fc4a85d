import fc from 'fast-check';
import {
  beginTrace,
  continueTrace,
  parseTraceContext,
  repeatableStep,
  traceContextOf,
  traceHeadersOf,
} from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;
const UUID = '6f1c2c1e-98f1-4d52-8a3b-0c5d9e7f1a2b';

describe('parseTraceContext', () => {
  it('reads traceparent and tracestate', () => {
    expect(parseTraceContext(PARENT, 'a=1,b=2')).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      flags: '01',
      state: 'a=1,b=2',
    });
  });

  it.each([
    ['nothing', undefined],
    ['other text', 'hello'],
    ['upper case', PARENT.toUpperCase()],
    ['a trace id of zeroes', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span id of zeroes', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the version that cannot be', `ff-${TRACE}-${SPAN}-01`],
    ['more than version 00 has', `${PARENT}-00`],
    ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ])('finds none in %s', (_what, text) => {
    expect(parseTraceContext(text, 'a=1')).toBeUndefined();
  });

  it('reads what it knows of a later version', () => {
    expect(parseTraceContext(`01-${TRACE}-${SPAN}-ff-more`)).toMatchObject({ traceId: TRACE, flags: '03' });
  });

  it.each(['', 'x'.repeat(513), 'a=\n'])('leaves out a tracestate that cannot be passed on', (state) => {
    expect(parseTraceContext(PARENT, state)?.state).toBeUndefined();
  });

  it('reads the headers of a signal, whatever their case', () => {
    expect(traceContextOf({ Traceparent: PARENT, tracestate: 'a=1' })).toMatchObject({ spanId: SPAN, state: 'a=1' });
    expect(traceContextOf({ tracestate: 'a=1' })).toBeUndefined();
  });
});

describe('a step of a trace', () => {
  const context = parseTraceContext(PARENT, 'a=1') ?? beginTrace(UUID, UUID);

  it('keeps the trace, its flags and its state, and has a span of its own', () => {
    const next = continueTrace(context, UUID);
    expect(next).toEqual({ ...context, spanId: '8a3b0c5d9e7f1a2b' });
    expect(traceHeadersOf(next)).toEqual({ traceparent: `00-${TRACE}-8a3b0c5d9e7f1a2b-01`, tracestate: 'a=1' });
  });

  it('is the same when it is repeated, and another one for another step', () => {
    const step = repeatableStep(context, 'target:a:0');
    expect(repeatableStep(context, 'target:a:0')).toEqual(step);
    expect(repeatableStep(context, 'target:a:1').spanId).not.toBe(step.spanId);
    expect(step.spanId).not.toBe(context.spanId);
  });

  it('can always be read by the next one', () => {
    fc.assert(
      fc.property(fc.uuid({ version: 4 }), fc.uuid({ version: 4 }), fc.string(), (trace, span, name) => {
        for (const step of [beginTrace(trace, span), repeatableStep(beginTrace(trace, span), name)]) {
          const headers = traceHeadersOf(step);
          expect(parseTraceContext(headers['traceparent'], headers['tracestate'])).toEqual(step);
        }
      }),
    );
  });
});
