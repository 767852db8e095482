import { z } from 'zod';
import { Upcasters, type Step } from '../upcasters/upcaster';
import { bodyCodec } from './body-codec';
import { event } from './body-form';
import { encodeBody } from './domain.events';
import { DOMAIN_EXAMPLES } from '@openclaw/contracts/testing';

/** An event in its third version: first it said an hour, then minutes, now milliseconds and why. */
interface Paused {
  readonly type: 'Paused';
  readonly data: { readonly forMs: number; readonly why: string };
}
const steps: readonly Step[] = [
  {
    from: 'openclaw.example.paused.v1',
    to: 'openclaw.example.paused.v2',
    up: ({ hours, ...rest }) => ({ ...rest, minutes: Number(hours) * 60 }),
  },
  {
    from: 'openclaw.example.paused.v2',
    to: 'openclaw.example.paused.v3',
    up: ({ minutes, ...rest }) => ({ ...rest, forMs: Number(minutes) * 60_000 }),
  },
];
const codec = bodyCodec<Paused>(
  {
    Paused: event('openclaw.example.paused.v3', z.object({ forMs: z.int(), why: z.string().default('not said') })),
  },
  new Upcasters(steps),
);

describe('body codec', () => {
  it.each([
    ['openclaw.example.paused.v1', { hours: 2 }],
    ['openclaw.example.paused.v2', { minutes: 120 }],
    ['openclaw.example.paused.v3', { forMs: 7_200_000 }],
  ])('reads %s as the event of today', (type, data) => {
    const paused: Paused = { type: 'Paused', data: { forMs: 7_200_000, why: 'not said' } };
    expect(codec.decode(type, data)).toEqual({ understood: true, event: paused });
  });

  it('writes only the version of today', () => {
    expect(codec.encode({ type: 'Paused', data: { forMs: 1, why: 'x' } })).toEqual({
      type: 'openclaw.example.paused.v3',
      terminal: false,
      data: { forMs: 1, why: 'x' },
    });
  });

  it('does not understand a version of tomorrow, so that its stream is quarantined and not half understood', () => {
    const decoded = codec.decode('openclaw.example.paused.v4', { forMs: 1, why: 'x', onlyAtNight: true });
    expect(decoded).toEqual({
      understood: false,
      reason: 'openclaw.example.paused.v4: not a type that this version knows',
    });
  });

  it('does not understand an old body that is broken, although it could be upcast', () => {
    expect(codec.decode('openclaw.example.paused.v1', {}).understood).toBe(false);
  });

  it.each([[undefined], [null], [[]], ['text'], [7], [new Date('x')]])(
    'does not understand the body %p, and says so',
    (data) => {
      expect(codec.decode('openclaw.example.paused.v3', data).understood).toBe(false);
    },
  );

  it.each(['', 'constructor', '__proto__', 'Paused', 'openclaw.example.paused'])(
    'does not take %j for a type',
    (type) => {
      expect(codec.decode(type, { forMs: 1, why: 'x' }).understood).toBe(false);
    },
  );

  it('names what is wrong with a body without repeating what stood there', () => {
    const decoded = codec.decode('openclaw.example.paused.v3', { forMs: 'a secret', why: { of: 'mine' } });
    expect(decoded).toEqual({
      understood: false,
      reason: 'openclaw.example.paused.v3: forMs: invalid_type, why: invalid_type',
    });
  });

  it('refuses to write what its own readers would not understand', () => {
    expect(() => codec.encode({ type: 'Paused', data: { forMs: 1.5, why: 'x' } })).toThrow(TypeError);
  });

  it('refuses to write an event with a member that the schema would drop: no fact is lost silently', () => {
    const [issued] = DOMAIN_EXAMPLES;
    if (issued?.type !== 'PairingCodeIssued') throw new Error('the first example is a code that was issued');
    const settings = { ...issued.data.settings, onlyOnSundays: true };
    const widened = { ...issued, data: { ...issued.data, settings } };
    expect(() => encodeBody(widened)).toThrow('settings.onlyOnSundays');
  });
});

describe('upcasters', () => {
  const step = (from: Step['from'], to: Step['to']): Step => ({ from, to, up: (data) => data });

  it('lead only from one version of an event to the next', () => {
    for (const to of ['openclaw.a.b.v1', 'openclaw.a.b.v3', 'openclaw.a.c.v2', 'openclaw.c.b.v2'] as const) {
      expect(() => new Upcasters([step('openclaw.a.b.v1', to)])).toThrow(TypeError);
    }
  });

  it('are one per version', () => {
    const twice = [step('openclaw.a.b.v1', 'openclaw.a.b.v2'), step('openclaw.a.b.v1', 'openclaw.a.b.v2')];
    expect(() => new Upcasters(twice)).toThrow(TypeError);
  });
});
