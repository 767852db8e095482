import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BasicConstraintsExtension, type JsonGeneralName, SubjectAlternativeNameExtension, X509CertificateGenerator,
} from '@peculiar/x509'; // prettier-ignore

const DAY_MS = 86_400_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Files of one certificate; the key is for its owner alone. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateWish {
  readonly name: string;
  /** Besides `localhost` and 127.0.0.1. */
  readonly names?: readonly JsonGeneralName[];
  /** Its last day lies behind us. */
  readonly expired?: boolean;
}

/** A certificate authority of a test, with its certificate in a file. */
export class TestAuthority {
  private constructor(
    private readonly folder: string,
    private readonly keys: webcrypto.CryptoKeyPair,
    private readonly subject: string,
    readonly caFile: string,
  ) {}

  static async in(folder: string, name = 'authority'): Promise<TestAuthority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const subject = `CN=${name}`;
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: subject,
      notBefore: new Date(Date.now() - 30 * DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    });
    const caFile = join(folder, `${name}.pem`);
    writeFileSync(caFile, certificate.toString('pem'));
    return new TestAuthority(folder, keys, subject, caFile);
  }

  async issue({ name, names = [], expired = false }: CertificateWish): Promise<CertificateFiles> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: `CN=${name}`,
      issuer: this.subject,
      notBefore: new Date(Date.now() - 10 * DAY_MS),
      notAfter: new Date(Date.now() + (expired ? -DAY_MS : DAY_MS)),
      signingKey: this.keys.privateKey,
      publicKey: keys.publicKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
          ...names,
        ]),
      ],
    });
    const files = { cert: join(this.folder, `${name}.cert.pem`), key: join(this.folder, `${name}.key.pem`) };
    writeFileSync(files.cert, certificate.toString('pem'));
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    writeFileSync(
      files.key,
      `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, '$&\n').trim()}\n-----END PRIVATE KEY-----\n`,
    );
    chmodSync(files.key, 0o600);
    return files;
  }
}

const serial = (): string => Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex');
