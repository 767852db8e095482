import { fromJSON, type MessageTypeDefinition } from '@grpc/proto-loader';
import { encodeStatusDetails } from './status-details';

/** The standard messages as googleapis defines them, for an independent decoder (protobufjs). */
const field = (id: number, type: string, more: object = {}) => ({ id, type, ...more });
const definitions = fromJSON(
  {
    nested: {
      Status: {
        fields: {
          code: field(1, 'int32'),
          message: field(2, 'string'),
          details: field(3, 'Any', { rule: 'repeated' }),
        },
      },
      Any: { fields: { type_url: field(1, 'string'), value: field(2, 'bytes') } },
      ErrorInfo: {
        fields: {
          reason: field(1, 'string'),
          domain: field(2, 'string'),
          metadata: field(3, 'string', { keyType: 'string' }),
        },
      },
      RetryInfo: { fields: { retryDelay: field(1, 'Duration') } },
      Duration: { fields: { seconds: field(1, 'int64'), nanos: field(2, 'int32') } },
      BadRequest: { fields: { fieldViolations: field(1, 'FieldViolation', { rule: 'repeated' }) } },
      FieldViolation: { fields: { field: field(1, 'string'), description: field(2, 'string') } },
      RequestInfo: { fields: { requestId: field(1, 'string') } },
    },
  },
  { longs: Number, keepCase: true },
);

const decode = (name: string, bytes: Buffer): unknown =>
  (definitions[name] as MessageTypeDefinition<object, object>).deserialize(bytes);

interface DecodedStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly type_url: string; readonly value: Buffer }[];
}

describe('google.rpc.Status in the trailer', () => {
  it('says to a standard decoder what went wrong, when to retry, and which field is at fault', () => {
    const status = decode(
      'Status',
      encodeStatusDetails('openclaw.validator.stale', {
        retryAfterMs: 250_500,
        fieldViolations: [{ field: 'sourceIp', description: 'not an address: é' }],
        requestId: 'r-1',
        metadata: { freshnessAgeMs: '12000' },
      }),
    ) as DecodedStatus;
    expect(status).toMatchObject({ code: 14, message: 'The validator cannot prove that its knowledge is fresh.' });
    const details = status.details.map(({ type_url: url, value }) => {
      const name = url.replace('type.googleapis.com/google.rpc.', '');
      return [name, decode(name, value)];
    });
    expect(Object.fromEntries(details)).toEqual({
      ErrorInfo: {
        reason: 'VALIDATOR_STALE',
        domain: 'openclaw',
        metadata: { code: 'openclaw.validator.stale', freshnessAgeMs: '12000' },
      },
      RetryInfo: { retryDelay: { seconds: 250, nanos: 500_000_000 } },
      BadRequest: { fieldViolations: [{ field: 'sourceIp', description: 'not an address: é' }] },
      RequestInfo: { requestId: 'r-1' },
    });
  });

  it('holds nothing but the code when there is nothing more to say', () => {
    const status = decode('Status', encodeStatusDetails('openclaw.internal.fault')) as DecodedStatus;
    expect(status.details.map((detail) => detail.type_url)).toEqual(['type.googleapis.com/google.rpc.ErrorInfo']);
  });
});
