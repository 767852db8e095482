import { type ChannelCredentials, Client, Metadata, type ServiceError, credentials } from '@grpc/grpc-js';
import { serviceDefinition } from '@openclaw/contracts';

type Service = Parameters<typeof serviceDefinition>[0];

/** What a call got: its message, or its status with what the trailer says. */
export interface GrpcAnswer {
  /** Canonical status number; 0 = OK. */
  readonly status: number;
  readonly message: string;
  readonly body: Record<string, unknown>;
  /** google.rpc.Status of the trailer, as text with its bytes: enough to look for a word. */
  readonly details: string;
}

const DEADLINE_MS = 10_000;

/** A grpc-js client of a published service, with an operator's token. */
export const grpcCaller = (
  address: string,
  token: string,
  service: Service = 'openclaw.issuer.v1.IssuerService',
  secure: ChannelCredentials = credentials.createInsecure(),
) => {
  const client = new Client(address, secure);
  const methods = serviceDefinition(service);
  const call = (method: string, request: object, more: Record<string, string> = {}): Promise<GrpcAnswer> => {
    const definition = methods[method];
    if (definition === undefined) throw new Error(`${service} has no ${method}`);
    const metadata = new Metadata();
    if (token !== '') metadata.set('authorization', `Bearer ${token}`);
    for (const [name, value] of Object.entries(more)) metadata.set(name, value);
    const { path, requestSerialize, responseDeserialize } = definition;
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        { deadline: Date.now() + DEADLINE_MS },
        (error, response) => resolve(error === null ? answered(response) : failed(error)),
      );
    });
  };
  return Object.assign(call, { close: () => client.close() });
};

const answered = (response: unknown): GrpcAnswer => ({
  status: 0,
  message: '',
  body: response as Record<string, unknown>,
  details: '',
});

const failed = ({ code, details, metadata }: ServiceError): GrpcAnswer => ({
  status: code,
  message: details,
  body: {},
  details: metadata.get('grpc-status-details-bin').map(String).join(),
});
