import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader';
import type { ProtoImage } from '../../generate/proto-image';
import { loadProtos, PROTO, serviceDefinition } from './protos';
import type { Decision, ValidateRequest, ValidateResult } from './validator-v1.generated';
import { fromDuration, fromTimestamp, toDuration, toTimestamp, type Outgoing } from './well-known';

const golden = JSON.parse(readFileSync(resolve(__dirname, '../../golden/proto-image.json'), 'utf8')) as ProtoImage;
const protos = loadProtos();

/** Sends a message over the wire form and back. */
const carried = <T extends object>(name: string, message: Outgoing<T>): T => {
  const type = protos[name] as MessageTypeDefinition<object, object>;
  return type.deserialize(type.serialize(message)) as T;
};

describe('proto files, as the loader reads them', () => {
  it('hold the messages, field numbers and enum numbers of the stored descriptor, and nothing else', () => {
    const ours = golden.file.filter((file) => file.package.startsWith('openclaw.'));
    const stored = ours.flatMap((file) => [
      ...(file.messageType ?? []).map((its) => [`${file.package}.${its.name}`, numbersOf(its.field ?? [])] as const),
      ...(file.enumType ?? []).map((its) => [`${file.package}.${its.name}`, numbersOf(its.value)] as const),
    ]);
    expect(loadedNumbers(protos)).toEqual(Object.fromEntries(stored));
  });

  it('give each service with its methods', () => {
    for (const name of Object.values(PROTO).flatMap(({ services }) => [...services])) {
      const stored = golden.file.flatMap((file) => file.service ?? []).find((each) => name.endsWith(`.${each.name}`));
      expect(Object.keys(serviceDefinition(name, protos))).toEqual(stored?.method.map((method) => method.name));
    }
    expect(serviceDefinition('openclaw.validator.v1.ValidatorService').ValidateStream).toMatchObject({
      path: `/${PROTO.validator.package}.ValidatorService/ValidateStream`,
      requestStream: true,
      responseStream: true,
    });
  });

  it('a refused code is an answer like any other, and limits that do not exist are told from limits that are used up', () => {
    const decision = carried<Decision>('openclaw.validator.v1.Decision', {
      allowed: false,
      reason: 'DENIAL_REASON_ALREADY_USED',
      expiresAt: toTimestamp(1_800_000_000_123),
      remaining: { uses: 0 },
    });
    expect(decision).toMatchObject({ allowed: false, reason: 'DENIAL_REASON_ALREADY_USED', codeId: '' });
    expect(fromTimestamp(decision.expiresAt)).toBe(1_800_000_000_123);
    expect(decision.remaining?.uses).toBe(0);
    expect(decision.remaining?.rate).toBeUndefined();
  });

  it('a newer client may send fields that we do not know, and we still read ours', () => {
    const type = protos['openclaw.validator.v1.ValidateRequest'] as MessageTypeDefinition<object, object>;
    const unknownField = Buffer.from([0xfa, 0x3e, 0x01, 0x78]); // field 1007, length-delimited, "x"
    const bytes = Buffer.concat([type.serialize({ code: 'c', action: 'a' }), unknownField]);
    expect(type.deserialize(bytes)).toMatchObject({ code: 'c', action: 'a' } satisfies Outgoing<ValidateRequest>);
  });

  it('a result is either a decision or a fault', () => {
    const result = carried<ValidateResult>('openclaw.validator.v1.ValidateResult', {
      fault: { code: 'openclaw.validator.stale' },
    });
    expect([result.result, result.fault?.code, result.decision]).toEqual([
      'fault',
      'openclaw.validator.stale',
      undefined,
    ]);
  });
});

describe('times on the wire', () => {
  it('read back what they wrote, before and after 1970, forwards and backwards', () => {
    const instant = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
    fc.assert(fc.property(instant, (ms) => expect(fromTimestamp(toTimestamp(ms))).toBe(ms)));
    fc.assert(fc.property(instant, (ms) => expect(fromDuration(toDuration(ms))).toBe(ms)));
    fc.assert(fc.property(instant, (ms) => expect(toTimestamp(ms).nanos).toBeGreaterThanOrEqual(0)));
  });

  it('are refused when they are no times', () => {
    for (const wrong of [{ seconds: 'x', nanos: 0 }, { seconds: '1', nanos: -1 }, { seconds: '1', nanos: 1e9 }, null]) {
      expect(fromTimestamp(wrong)).toBeUndefined();
    }
    for (const wrong of [{ seconds: '1', nanos: -1 }, { seconds: '9'.repeat(30), nanos: 0 }, undefined]) {
      expect(fromDuration(wrong)).toBeUndefined();
    }
  });
});

type Numbered = { readonly name: string; readonly number?: number | undefined };
const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const numbersOf = (members: readonly Numbered[]): Record<string, number> =>
  Object.fromEntries(members.map(({ name, number }) => [camelCase(name), number ?? 0]));

const loadedNumbers = (definitions: PackageDefinition): Record<string, Record<string, number>> => {
  const ours = Object.entries(definitions).filter(([name]) => name.startsWith('openclaw.'));
  return Object.fromEntries(
    ours.flatMap(([name, definition]) => {
      if (!('format' in definition)) return [];
      const { field, value } = definition.type as { field?: Numbered[]; value?: Numbered[] };
      return [[name, numbersOf(field ?? value ?? [])]];
    }),
  );
};
