import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage } from './proto-image';

/**
 * Readers and writers of messages of one proto package, as straight code: written to
 * `src/grpc/<name>-codec.generated.ts` by `grpc-codecs.spec.ts`. `read` and `written` name the messages to begin with;
 * those within them come along.
 */
export const renderCodecs = (
  image: readonly ProtoFile[],
  file: ProtoFile,
  { read, written }: { readonly read: readonly string[]; readonly written: readonly string[] },
): string => {
  const messages = messagesOf(image, file);
  const readers = closure(read, messages).map((message) => renderReader(message));
  const writers = closure(written, messages).map((message) => renderWriter(message));
  const enums = (file.enumType ?? []).filter(({ name }) => writers.some((text) => text.includes(`${constant(name)}[`)));
  const body = [...enums.map(renderEnum), ...readers, ...writers].join('\n\n');
  const names = [...new Set([...read, ...written].flatMap((name) => closure([name], messages)))];
  const own = names.map(({ name }) => name).filter((name) => file.messageType?.some((its) => its.name === name));
  return [
    `// Generated from ${file.name}: change that, then run the spec of generate/ with OPENCLAW_UPDATE_GOLDEN=1.`,
    '/* eslint-disable complexity -- generated: a branch a field */',
    "import type { ProtobufReader, ProtobufWriter } from './protobuf.codec';",
    `import type {\n${own.toSorted().map((name) => `  ${name},`).join('\n')}\n} from './${file.package.split('.')[1] ?? ''}-v1.generated';`,
    `import type { Outgoing${names.some(({ name }) => name === 'Timestamp') ? ', Timestamp' : ''} } from './well-known';`,
    '',
    `${body}\n`,
  ].join('\n'); // prettier-ignore
};

type Messages = ReadonlyMap<string, ProtoMessage>;

const messagesOf = (image: readonly ProtoFile[], file: ProtoFile): Messages => {
  const files = image.filter((each) => each === file || each.package === 'google.protobuf');
  return new Map(files.flatMap((each) => (each.messageType ?? []).map((message) => [message.name, message] as const)));
};

/** These and every message within them, inner ones first. */
const closure = (names: readonly string[], messages: Messages): readonly ProtoMessage[] => {
  const found = new Map<string, ProtoMessage>();
  const visit = (name: string): void => {
    const message = messages.get(name);
    if (message === undefined || found.has(name)) return;
    for (const field of message.field ?? []) if (field.type === 'TYPE_MESSAGE') visit(typeName(field));
    found.set(name, message);
  };
  for (const name of names) visit(name);
  return [...found.values()];
};

const typeName = ({ typeName: full = '' }: ProtoField): string => full.split('.').at(-1) ?? '';
const constant = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

const renderEnum = ({ name, value }: ProtoEnum): string => {
  const lines = value.map((each) => `  ${each.name}: ${each.number ?? 0},`);
  return `const ${constant(name)}: Readonly<Record<string, number>> = {\n${lines.join('\n')}\n};`;
};

const WIRE_TYPE: Readonly<Record<string, number>> = { TYPE_STRING: 2, TYPE_MESSAGE: 2 };
const tagOf = ({ number, type }: ProtoField): number => number * 8 + (WIRE_TYPE[type] ?? 0);

const renderReader = ({ name, field = [] }: ProtoMessage): string => {
  const declared = field.map((each) => `  ${initial(each)}`);
  const cases = field.map((each) => `      case ${tagOf(each)}:\n        ${readField(each)}\n        break;`);
  return [
    `export const read${name} = (from: ProtobufReader): ${name} => {`,
    ...declared,
    '  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {',
    '    switch (tag) {',
    ...cases,
    '      default:',
    '        from.skip(tag);',
    '    }',
    '  }',
    returned(field),
    '};',
  ].join('\n');
};

const returned = (field: readonly ProtoField[]): string => {
  const names = field.map(({ jsonName }) => jsonName).join(', ');
  const line = `  return { ${names} };`;
  return line.length <= 120 ? line : `  return {\n${field.map(({ jsonName }) => `    ${jsonName},\n`).join('')}  };`;
};

const initial = (field: ProtoField): string => {
  if (field.label === 'LABEL_REPEATED') return `const ${field.jsonName}: ${typeName(field)}[] = [];`;
  return `let ${field.jsonName} = ${field.type === 'TYPE_STRING' ? "''" : '0'};`;
};

const readField = (field: ProtoField): string => {
  const { jsonName: name, type, label } = field;
  if (label === 'LABEL_REPEATED' && type === 'TYPE_MESSAGE') {
    return `${name}.push(from.message(read${typeName(field)}));`;
  }
  const method = { TYPE_STRING: 'string', TYPE_UINT32: 'uint32' }[type];
  if (method === undefined) throw new Error(`a request has ${name} of ${type}: teach grpc-codecs.ts to read it`);
  return `${name} = from.${method}();`;
};

const renderWriter = ({ name, field = [] }: ProtoMessage): string =>
  [
    `export const write${name} = (to: ProtobufWriter, value: Outgoing<${name}>): void => {`,
    ...field.map((each) => `  ${writeField(each)}`),
    '};',
  ].join('\n');

const writeField = (field: ProtoField): string => {
  const { jsonName: name, label, type } = field;
  const tag = tagOf(field);
  const its = `value.${name}`;
  if (label === 'LABEL_REPEATED') {
    return `for (const item of ${its} ?? []) to.message(${tag}, item, write${typeName(field)});`;
  }
  if (type === 'TYPE_MESSAGE') return `if (${its} != null) to.message(${tag}, ${its}, write${typeName(field)});`;
  if (field.proto3Optional === true) return `if (${its} != null) to.uint32(${tag}, ${its});`;
  return writeScalar(field, tag, its);
};

/** What has the value that an absent field means is not written. */
const writeScalar = (field: ProtoField, tag: number, its: string): string => {
  const forms: Readonly<Record<string, string>> = {
    TYPE_STRING: `if (${its} !== undefined && ${its} !== '') to.string(${tag}, ${its});`,
    TYPE_BOOL: `if (${its} === true) to.bool(${tag}, true);`,
    TYPE_UINT32: `if (${its} !== undefined && ${its} !== 0) to.uint32(${tag}, ${its});`,
    TYPE_INT32: `if (${its} !== undefined && ${its} !== 0) to.uint32(${tag}, ${its});`,
    TYPE_INT64: `if (${its} !== undefined && ${its} !== '0') to.int64(${tag}, ${its});`,
    TYPE_ENUM: `if (${its} !== undefined) to.enum(${tag}, ${constant(typeName(field))}[${its}]);`,
  };
  const form = forms[field.type];
  if (form === undefined) throw new Error(`an answer has ${its} of ${field.type}: teach grpc-codecs.ts to write it`);
  return form;
};
