import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage } from './proto-image';

/**
 * TypeScript types of one proto package, for messages as `GRPC_LOADER_OPTIONS` give them. Written to
 * `src/grpc/<name>.generated.ts` by `grpc-messages.spec.ts`, which fails when the proto files say something else.
 */
export const renderMessages = (file: ProtoFile): string => {
  const enums = (file.enumType ?? []).map(renderEnum);
  const messages = (file.messageType ?? []).map((message) => renderMessage(message, file.package));
  const body = [...enums, ...messages].join('\n\n');
  const imports = WELL_KNOWN.filter((name) => new RegExp(`: (readonly )?${name}\\b`).test(body));
  const head = `// Generated from ${file.name}: change that, then run the spec of generate/ with OPENCLAW_UPDATE_GOLDEN=1.`;
  const importLine = imports.length > 0 ? `import type { ${imports.join(', ')} } from './well-known';\n\n` : '';
  return `${head}\n${importLine}${body}\n`;
};

const LINE_WIDTH = 120;
const WELL_KNOWN = ['Duration', 'FieldMask', 'Timestamp'];

/** Laid out as prettier does: on one line, else after the name, else a line each. */
const renderEnum = ({ name, value }: ProtoEnum): string => {
  const names = value.map((each) => `'${each.name}'`);
  const onOneLine = names.join(' | ');
  const candidates = [`export type ${name} = ${onOneLine};`, `export type ${name} =\n  ${onOneLine};`];
  const fits = (text: string): boolean => text.split('\n').every((line) => line.length <= LINE_WIDTH);
  return candidates.find(fits) ?? `export type ${name} =\n${names.map((each) => `  | ${each}`).join('\n')};`;
};

const renderMessage = (message: ProtoMessage, ownPackage: string): string => {
  const lines = (message.field ?? []).map((field) => `  readonly ${renderField(field, ownPackage)};`);
  const choices = (message.oneofDecl ?? [])
    .map((_, index) => renderOneof(message, index))
    .filter((line) => line !== '');
  const all = [...lines, ...choices];
  if (all.length === 0) return `export type ${message.name} = Readonly<Record<string, never>>;`;
  return `export interface ${message.name} {\n${all.join('\n')}\n}`;
};

/** Fields of a oneof and `optional` fields are absent when they are not set; other messages are null. */
const renderField = (field: ProtoField, ownPackage: string): string => {
  const type = typeOf(field, ownPackage);
  if (field.label === 'LABEL_REPEATED') return `${field.jsonName}: readonly ${type}[]`;
  if (field.oneofIndex !== undefined) return `${field.jsonName}?: ${type}`;
  return `${field.jsonName}: ${type}${field.type === 'TYPE_MESSAGE' ? ' | null' : ''}`;
};

/** The virtual field that says which member of a oneof is set; nothing for the oneof that every `optional` implies. */
const renderOneof = (message: ProtoMessage, index: number): string => {
  const members = (message.field ?? []).filter((field) => field.oneofIndex === index && field.proto3Optional !== true);
  const names = members.map((field) => `'${field.jsonName}'`).join(' | ');
  return members.length === 0 ? '' : `  readonly ${message.oneofDecl?.[index]?.name ?? ''}?: ${names};`;
};

const SCALARS: Readonly<Record<string, string>> = {
  TYPE_STRING: 'string',
  TYPE_BOOL: 'boolean',
  TYPE_BYTES: 'Buffer',
  TYPE_INT32: 'number',
  TYPE_UINT32: 'number',
  TYPE_DOUBLE: 'number',
  TYPE_INT64: 'string',
  TYPE_UINT64: 'string',
};

const typeOf = (field: ProtoField, ownPackage: string): string => {
  const name = SCALARS[field.type] ?? nameOf(field.typeName ?? '', ownPackage);
  if (name === undefined) throw new Error(`no TypeScript type for ${field.type} ${field.typeName ?? ''}`);
  return name;
};

const nameOf = (typeName: string, ownPackage: string): string | undefined =>
  [ownPackage, 'google.protobuf']
    .filter((its) => typeName.startsWith(`.${its}.`))
    .map((its) => typeName.slice(its.length + 2))
    .at(0);
