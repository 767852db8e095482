import {
  SecretNotFound, type SecretRef, type SecretStore, SecretStoreClosed, SecretStoreReadOnly, type SecretStoreReadiness,
  SecretValue, parseSecretRef,
} from '@openclaw/secret-store'; // prettier-ignore

/**
 * The variable that holds a secret: `openai/prod@2` is in `OPENCLAW_SECRET_OPENAI_PROD_2`. Only variables of this form
 * can be referred to, so that nobody reaches a database password by naming it as a master key.
 */
export const variableOf = (ref: SecretRef): string => {
  const { name, version } = parseSecretRef(ref);
  return `OPENCLAW_SECRET_${name.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}_${version}`;
};

/**
 * Secrets that the operator gave the process in its environment, to be referred to by name; read-only. The environment
 * is copied at the start: a changed value needs a new version and a restart.
 */
export class EnvironmentSecretStore implements SecretStore {
  readonly kind = 'environment';
  readonly #values: ReadonlyMap<string, SecretValue>;
  #closed = false;

  /** Throws `RangeError`, naming the variable, for a value that no secret can have. */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    const given = Object.entries(env).filter(([variable]) => variable.startsWith('OPENCLAW_SECRET_'));
    this.#values = new Map(given.map(([variable, value]) => [variable, secretOf(variable, value ?? '')]));
  }

  async put(): Promise<SecretRef> {
    this.#mustBeOpen();
    throw new SecretStoreReadOnly('secrets of the environment are set where the process is started');
  }

  async get(ref: SecretRef): Promise<SecretValue> {
    this.#mustBeOpen();
    const value = this.#values.get(variableOf(ref));
    if (value === undefined) throw new SecretNotFound(ref);
    return value;
  }

  async delete(): Promise<void> {
    this.#mustBeOpen();
    throw new SecretStoreReadOnly('secrets of the environment are removed where the process is started');
  }

  async readiness(): Promise<SecretStoreReadiness> {
    this.#mustBeOpen();
    return { ready: true };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new SecretStoreClosed('the secret store is closed');
  }
}

const secretOf = (variable: string, value: string): SecretValue => {
  try {
    return new SecretValue(value);
  } catch (error) {
    throw new RangeError(`${variable}: ${error instanceof Error ? error.message : 'not a secret'}`);
  }
};
