import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { ServerCredentials } from '@grpc/grpc-js';
import { z } from 'zod';
import { type ListenAddress, refusePlainTextBeyondLoopback } from '../config/read-config';

/** What a listener shows of itself, and by whom its clients must be certified; read once, at the start. */
export interface ListenerTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Clients without a certificate of this authority are refused; undefined: they need none. */
  readonly clientCa: Buffer | undefined;
}

/** Variables that every service shares; one process has one certificate. */
export const tlsVariables = {
  OPENCLAW_TLS_CERT_FILE: z.string().optional(),
  OPENCLAW_TLS_KEY_FILE: z.string().optional(),
  OPENCLAW_TLS_CLIENT_CA_FILE: z.string().optional(),
};

type TlsVariables = z.output<z.ZodObject<typeof tlsVariables>> & {
  readonly OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK: boolean;
};

/**
 * The certificate of a process and every fault of it, before a port opens; without one, plain text is for loopback only
 * unless it is asked for by name.
 */
export const listenerSecurity = (
  values: TlsVariables,
  listens: Readonly<Record<string, ListenAddress>>,
): { readonly tls: ListenerTls | undefined; readonly faults: readonly string[] } => {
  const { OPENCLAW_TLS_CERT_FILE: certFile, OPENCLAW_TLS_KEY_FILE: keyFile } = values;
  const { OPENCLAW_TLS_CLIENT_CA_FILE: caFile, OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK: isAllowed } = values;
  if (certFile === undefined && keyFile === undefined) {
    const orphan = caFile === undefined ? [] : ['OPENCLAW_TLS_CLIENT_CA_FILE: needs a certificate of our own, too'];
    return { tls: undefined, faults: [...refusePlainTextBeyondLoopback(listens, isAllowed), ...orphan] };
  }
  if (certFile === undefined) return refused('OPENCLAW_TLS_CERT_FILE: needed with a key');
  if (keyFile === undefined) return refused('OPENCLAW_TLS_KEY_FILE: needed with a certificate');
  return readTls(certFile, keyFile, caFile);
};

const readTls = (certFile: string, keyFile: string, caFile: string | undefined) => {
  const faults: string[] = [];
  const cert = certificateOf('OPENCLAW_TLS_CERT_FILE', certFile, faults);
  const key = privateKeyOf(keyFile, cert, faults);
  const clientCa = caFile === undefined ? undefined : certificateOf('OPENCLAW_TLS_CLIENT_CA_FILE', caFile, faults);
  if (cert === undefined || key === undefined || faults.length > 0) return { tls: undefined, faults };
  return { tls: { cert: cert.pem, key, clientCa: clientCa?.pem }, faults: [] };
};

/** For a listener of `node:tls`; undefined: plain text. */
export const tlsOptions = (tls: ListenerTls | undefined) => {
  if (tls === undefined) return undefined;
  const { cert, key, clientCa: ca } = tls;
  const asked = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
  return { cert, key, minVersion: 'TLSv1.2' as const, ...asked };
};

/** For `NestFactory.create`; nothing without TLS. */
export const httpsOptions = (tls: ListenerTls | undefined) => {
  const options = tlsOptions(tls);
  return options === undefined ? {} : { httpsOptions: options };
};

/** For `Server.bindAsync` of grpc-js. */
export const grpcCredentials = (tls: ListenerTls | undefined): ServerCredentials => {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { cert_chain: tls.cert, private_key: tls.key };
  return ServerCredentials.createSsl(tls.clientCa ?? null, [pair], tls.clientCa !== undefined);
};

const refused = (fault: string) => ({ tls: undefined, faults: [fault] });

interface Certificate {
  readonly pem: Buffer;
  readonly x509: X509Certificate;
}

const certificateOf = (variable: string, path: string, faults: string[]): Certificate | undefined => {
  try {
    const pem = readFileSync(path);
    const x509 = new X509Certificate(pem);
    if (Date.parse(x509.validTo) < Date.now()) faults.push(`${variable}: the certificate in ${path} has expired`);
    if (Date.parse(x509.validFrom) > Date.now())
      faults.push(`${variable}: the certificate in ${path} is not valid yet`);
    return { pem, x509 };
  } catch {
    faults.push(`${variable}: ${path} cannot be read, or holds no certificate in PEM form`);
    return undefined;
  }
};

const OTHERS_MAY_READ = 0o077;

const privateKeyOf = (path: string, cert: Certificate | undefined, faults: string[]): Buffer | undefined => {
  const variable = 'OPENCLAW_TLS_KEY_FILE';
  try {
    if ((statSync(path).mode & OTHERS_MAY_READ) !== 0) faults.push(`${variable}: others may read ${path}; chmod 600`);
    const pem = readFileSync(path);
    const key = createPrivateKey(pem);
    if (cert !== undefined && !cert.x509.checkPrivateKey(key)) {
      faults.push(`${variable}: the key in ${path} is not the one of the certificate`);
    }
    return pem;
  } catch {
    faults.push(`${variable}: ${path} cannot be read, or holds no private key in PEM form`);
    return undefined;
  }
};
