import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { domainEvent } from '@openclaw/contracts/testing';
import { renderSchema } from '../../generate/event-schemas';
import { decodeBody, domainCodec, encodeBody, type DomainEvent } from './domain.events';

const ajv = addFormats(new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }));
const published = new Map(
  Object.entries(domainCodec.forms).map(([name, form]) => [
    form.wireType as string,
    ajv.compile(renderSchema(name, form)),
  ]),
);
const onTheLog = (event: DomainEvent): Record<string, unknown> =>
  JSON.parse(JSON.stringify(encodeBody(event).data)) as Record<string, unknown>;

/** One member somewhere in a body, replaced. */
const withReplaced = (body: unknown, path: readonly number[], value: unknown): unknown => {
  const [step, ...rest] = path;
  if (step === undefined || typeof body !== 'object' || body === null) return value;
  const keys = Object.keys(body);
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return value;
  const inner = withReplaced((body as Record<string, unknown>)[key], rest, value);
  return Array.isArray(body)
    ? body.map((its: unknown, i) => (String(i) === key ? inner : its))
    : { ...body, [key]: inner };
};

describe('laws of the body codec', () => {
  it('any event of the domain is read back as it was', () => {
    fc.assert(
      fc.property(domainEvent, (event) => {
        expect(decodeBody(encodeBody(event).type, onTheLog(event))).toEqual({ understood: true, event });
      }),
      { numRuns: 1000 },
    );
  });

  it('any member of tomorrow, under any name that is not ours, changes nothing', () => {
    fc.assert(
      fc.property(domainEvent, fc.string({ minLength: 1 }), fc.jsonValue(), (event, name, value) => {
        const body = onTheLog(event);
        fc.pre(!Object.hasOwn(body, name));
        const extended: unknown = JSON.parse(
          `{${JSON.stringify(name)}:${JSON.stringify(value)},${JSON.stringify(body).slice(1)}`,
        );
        expect(decodeBody(encodeBody(event).type, extended)).toEqual({ understood: true, event });
      }),
    );
  });

  it('code and published schema agree on every body, also on broken ones', () => {
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 1.5, 2 ** 53, '', 'x'.repeat(600), null, [], {}));
    fc.assert(
      fc.property(domainEvent, fc.array(fc.nat(20), { maxLength: 4 }), odd, (event, path, value) => {
        const body = withReplaced(onTheLog(event), path, value);
        const { type } = encodeBody(event);
        expect([body, decodeBody(type, body).understood]).toEqual([body, published.get(type)?.(body)]);
      }),
      { numRuns: 3000 },
    );
  });

  it('decoding is total and never repeats what a body holds', () => {
    const type = fc.oneof(fc.constantFrom(...published.keys()), fc.string());
    fc.assert(
      fc.property(type, fc.jsonValue(), (its, value) => {
        const decoded = decodeBody(its, { secretOfMine: 'canary-4711', codeId: { canary: 'canary-4711' }, value });
        if (!decoded.understood) expect(decoded.reason).not.toContain('canary-4711');
      }),
    );
  });
});
