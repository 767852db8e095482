/**
 * `<name>@<version>`, `master-key/7Kq@2`: what events, logs and errors may hold of a secret. Versions begin at 1; a
 * rotated secret is the next version of the same name.
 */
export type SecretRef = string & { readonly __brand: 'SecretRef' };

const NAME = /^[A-Za-z0-9][A-Za-z0-9/_.-]{0,199}$/;
const REF = /^([^@]+)@([1-9][0-9]{0,8})$/;

/** Throws `TypeError` for a name or version that no store would take. */
export const secretRef = (name: string, version: number): SecretRef => parseSecretRef(`${name}@${version}`).ref;

/** The parts of a reference. Throws `TypeError` for text that is none; it does not quote it, in case it is a secret. */
export const parseSecretRef = (
  text: string,
): { readonly ref: SecretRef; readonly name: string; readonly version: number } => {
  const [, name, version] = REF.exec(text) ?? [];
  if (name === undefined || !NAME.test(name)) {
    throw new TypeError('not a secret reference: <name>@<version>, the name of letters, digits and / _ . -');
  }
  return { ref: text as SecretRef, name, version: Number(version) };
};
