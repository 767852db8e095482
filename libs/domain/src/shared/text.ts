/** What is wrong with a text that people wrote to name or describe something; undefined = nothing. */
export const lineFault = (value: string, charactersMax: number): string | undefined => {
  if (value.length > charactersMax) return `longer than ${charactersMax} characters`;
  // Some stores and terminals cannot hold these, and nobody types them into a name.
  if (CONTROL.test(value) || !value.isWellFormed()) return 'holds a control character or half a character';
  return undefined;
};

const CONTROL = /\p{Cc}/u;

/** Length of a well-formed text in UTF-8, in bytes. */
export const utf8Bytes = (text: string): number => {
  let bytes = 0;
  for (const character of text) bytes += bytesOf(character.codePointAt(0) ?? 0);
  return bytes;
};

const bytesOf = (codePoint: number): number => {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x1_0000 ? 3 : 4;
};
