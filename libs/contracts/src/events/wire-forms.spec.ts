import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { CloudEvent, type CloudEventV1 } from 'cloudevents';
import { encodeOuterForm, parseOuterForm, type StreamName } from '@openclaw/event-log';
import {
  ALERT_EXAMPLES,
  DEAD_LETTER_EXAMPLES,
  expectGolden,
  DOMAIN_EXAMPLES,
  USAGE_EXAMPLES,
} from '@openclaw/contracts/testing';
import { renderSchema } from '../../generate/event-schemas';
import { jsonText } from '../../generate/json-text';
import { alertCodec } from './alert.events';
import type { BodyCodec } from './body-codec';
import type { BodyForm, NamedEvent } from './body-form';
import { deadLetterCodec } from './dead-letter.events';
import { domainCodec } from './domain.events';
import { usageCodec } from './usage.events';
import { parseWireType } from './wire-type';

const room = resolve(__dirname, '../..');
const schemaFile = (name: string): string => resolve(room, `events/v1/${name}.schema.json`);
const readJson = (file: string): object => JSON.parse(readFileSync(file, 'utf8')) as object;

/** One codec with its examples, with the types of its events forgotten. */
interface Family {
  readonly codec: BodyCodec<NamedEvent>;
  readonly examples: readonly NamedEvent[];
}
const family = <Event extends NamedEvent>(codec: BodyCodec<Event>, examples: readonly Event[]): Family => ({
  codec: codec as unknown as BodyCodec<NamedEvent>,
  examples,
});
const FAMILIES = [
  family(domainCodec, DOMAIN_EXAMPLES),
  family(usageCodec, USAGE_EXAMPLES),
  family(alertCodec, ALERT_EXAMPLES),
  family(deadLetterCodec, DEAD_LETTER_EXAMPLES),
];
const forms = FAMILIES.flatMap(({ codec, examples }) =>
  Object.entries<BodyForm>(codec.forms).map(([name, form]) => ({
    name,
    form,
    codec,
    wireType: form.wireType,
    examples: examples.filter((example) => example.type === name),
  })),
);

/** A record as the log stores it, with a writer, a time and an actor that never change. */
const record = (event: NamedEvent, codec: BodyCodec<NamedEvent>, index: number): Buffer => {
  const { type, terminal, data } = codec.encode(event);
  return encodeOuterForm('example/1' as StreamName, terminal ? 'terminal' : index + 1, {
    id: `example-${index + 1}`,
    type,
    time: '2026-01-02T03:04:05.678Z',
    source: 'openclaw/issuer/issuer-0',
    data,
    metadata: {
      authid: 'operator-1',
      authtype: 'user',
      sourceip: '198.51.100.1',
      reason: 'because',
      commandid: 'command-1',
      correlationid: 'correlation-1',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
  });
};

const draft2020 = addFormats(new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }));
const draft07 = addFormats(new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true }));
const outerForm = draft2020.compile(readJson(schemaFile('outer-form')));

describe.each(forms)('$wireType', ({ name, form, codec, wireType, examples }) => {
  const schema = renderSchema(name, form);
  const { $schema: _, ...withoutDialect } = schema;
  const [valid2020, valid07] = [draft2020.compile(schema), draft07.compile(withoutDialect)];

  it('has an example, and its stored records never drift', () => {
    expect(examples.length).toBeGreaterThan(0);
    const lines = examples.map((example, index) => record(example, codec, index).toString());
    expectGolden(resolve(room, `golden/events/${wireType}.ndjson`), `${lines.join('\n')}\n`);
  });

  it('has a published schema that never drifts', () => expectGolden(schemaFile(wireType), jsonText(schema)));

  it('is written as its schema says, in both dialects', () => {
    for (const example of examples) {
      const { data } = codec.encode(example);
      expect([valid2020(data), valid2020.errors]).toEqual([true, null]);
      expect([valid07(data), valid07.errors]).toEqual([true, null]);
    }
  });

  it('is read back as it was', () => {
    for (const example of examples) {
      const { type, data } = codec.encode(example);
      expect(codec.decode(type, JSON.parse(JSON.stringify(data)))).toEqual({ understood: true, event: example });
    }
  });

  it('an old reader takes a record that a newer writer has added a field to, and reads the same', () => {
    for (const example of examples) {
      const data = { ...(codec.encode(example).data as object), aFieldOfTomorrow: { deep: [1, 'two'] } };
      expect(valid2020(data)).toBe(true);
      expect(readable(codec.decode(wireType, data))).toEqual(readable({ understood: true, event: example }));
    }
  });

  it('without a field that it needs it is not understood, and the reason names the field, not its value', () => {
    for (const example of examples) {
      const data = codec.encode(example).data as Record<string, unknown>;
      for (const field of requiredOf(schema)) {
        const { [field]: removed, ...rest } = data;
        expect(removed).toBeDefined();
        expect([field, valid2020(rest)]).toEqual([field, false]);
        const decoded = codec.decode(wireType, rest);
        expect(decoded).toMatchObject({ understood: false, reason: expect.stringContaining(field) as string });
      }
    }
  });

  it('is a CloudEvent for anyone: the official SDK and the published outer form take the stored records', () => {
    const lines = readFileSync(resolve(room, `golden/events/${wireType}.ndjson`), 'utf8')
      .trimEnd()
      .split('\n');
    for (const line of lines) {
      const json = JSON.parse(line) as CloudEventV1<unknown>;
      expect(new CloudEvent(json).validate()).toBe(true);
      expect([outerForm(json), outerForm.errors]).toEqual([true, null]);
      expect(parseOuterForm(Buffer.from(line))).toMatchObject({ ok: true, outer: { type: wireType } });
    }
  });
});

describe('published forms', () => {
  it('no two events share a type, and every type is one of ours', () => {
    const types = forms.map((each) => each.wireType);
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) expect(type).toMatch(/^openclaw\.[a-z-]+\.[a-z-]+\.v[1-9]\d*$/);
  });

  it('nothing is published but what is written, or was written and is still read', () => {
    const today = new Map(
      forms.map(({ wireType }) => [wireType.replace(/\.v\d+$/, ''), parseWireType(wireType)?.version ?? 0]),
    );
    for (const file of readdirSync(resolve(room, 'events/v1')).filter((name) => name !== 'outer-form.schema.json')) {
      const [, event = '', version] = /^(.*)\.v(\d+)\.schema\.json$/.exec(file) ?? [];
      expect([file, Number(version) <= (today.get(event) ?? 0)]).toEqual([file, true]);
    }
  });
});

/** The members that every shape of a body needs. */
const requiredOf = (schema: Readonly<Record<string, unknown>>): readonly string[] => {
  const shapes = (schema['oneOf'] ?? [schema]) as readonly { readonly required?: readonly string[] }[];
  const [first, ...others] = shapes.map((shape) => shape.required ?? []);
  return (first ?? []).filter((field) => others.every((required) => required.includes(field)));
};

/** Loose bodies (OCSF) keep what they do not know; all others leave it out. */
const readable = (decoded: object): unknown =>
  JSON.parse(
    JSON.stringify(decoded, (key: string, value: unknown) => (key === 'aFieldOfTomorrow' ? undefined : value)),
  );
