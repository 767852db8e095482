export {
  CODE_LENGTH,
  CODE_PATTERN,
  CODE_PREFIX,
  codeHint,
  generateCode,
  hasCodeForm,
  parseCode,
  redactCodes,
  type ParsedCode,
  type PlainCode,
  type RandomSource,
} from './code-format';
export { codeDigest, isSecretOf, pepper, secretOf, type Pepper } from './code-hash';
