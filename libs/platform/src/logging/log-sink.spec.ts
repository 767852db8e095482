import { Writable } from 'node:stream';
import { logSink } from './log-sink';
import { logSettingFaults } from './logger';

/** A stream that keeps what is written, as a terminal or not. */
const kept = (isTTY: boolean) => {
  const texts: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      texts.push(String(chunk));
      done();
    },
  });
  return { texts, stream: Object.assign(stream, { isTTY }) };
};

const LINE = '{"level":"warn","time":"2026-11-23T16:00:01.123Z","service":"issuer","lag":3,"msg":"it waits"}\n';

describe('the sink of the log', () => {
  it('writes JSON when nobody watches and a readable line on a terminal; a format that is asked for goes first', () => {
    const form = (format: 'auto' | 'json' | 'text', isTTY: boolean): string => {
      const { texts, stream } = kept(isTTY);
      logSink(format, stream).write(LINE);
      return texts.join('');
    };
    const readable = '16:00:01.123 WARN  issuer    it waits lag=3\n';
    expect([form('auto', false), form('auto', true)]).toEqual([LINE, readable]);
    expect([form('json', true), form('text', false)]).toEqual([LINE, readable]);
  });

  it('redacts before it writes, in both forms', () => {
    for (const format of ['json', 'text'] as const) {
      const { texts, stream } = kept(false);
      logSink(format, stream).write(LINE.replace('it waits', `ocpc_${'a'.repeat(68)}`));
      expect(texts.join('')).toContain('ocpc_[redacted]');
      expect(texts.join('')).not.toContain('aaaa');
    }
  });
});

describe('the variables of the log', () => {
  it('are refused with what to say instead', () => {
    expect(logSettingFaults({})).toEqual([]);
    expect(logSettingFaults({ OPENCLAW_LOG_LEVEL: 'debug', OPENCLAW_LOG_FORMAT: 'text' })).toEqual([]);
    expect(logSettingFaults({ OPENCLAW_LOG_LEVEL: 'loud', OPENCLAW_LOG_FORMAT: 'xml' })).toEqual([
      'OPENCLAW_LOG_LEVEL: say one of trace, debug, info, warn, error, fatal, silent',
      'OPENCLAW_LOG_FORMAT: say auto, json or text',
    ]);
  });
});
