import { ProtobufReader, ProtobufWriter } from './protobuf.codec';
import type {
  ValidateBatchRequest,
  ValidateBatchResponse,
  ValidateRequest,
  ValidateResponse,
  ValidateStreamRequest,
  ValidateStreamResponse,
} from './validator-v1.generated';
import {
  readValidateBatchRequest,
  readValidateRequest,
  readValidateStreamRequest,
  writeValidateBatchResponse,
  writeValidateResponse,
  writeValidateStreamResponse,
} from './validator-v1-codec.generated';
import type { Outgoing } from './well-known';

/** A method for a server: where it is called, and how its messages are read and written. */
export interface ServedMethod<Request, Response> {
  readonly path: string;
  /** Throws when the bytes are no message. */
  readonly requestDeserialize: (bytes: Buffer) => Request;
  /** The bytes are good until the next message is written: copy what has to last. */
  readonly responseSerialize: (response: Outgoing<Response>) => Buffer;
}

const writer = new ProtobufWriter();

const served = <Request, Response>(
  name: string,
  read: (from: ProtobufReader) => Request,
  write: (to: ProtobufWriter, value: Outgoing<Response>) => void,
): ServedMethod<Request, Response> => ({
  path: `/openclaw.validator.v1.ValidatorService/${name}`,
  requestDeserialize: (bytes) => read(new ProtobufReader(bytes)),
  responseSerialize: (response) => writer.written(response, write),
});

/** The hot methods of the validator, read and written by straight code; `serviceDefinition` has them all, for clients. */
export const VALIDATOR_METHODS = {
  validate: served<ValidateRequest, ValidateResponse>('Validate', readValidateRequest, writeValidateResponse),
  validateBatch: served<ValidateBatchRequest, ValidateBatchResponse>(
    'ValidateBatch',
    readValidateBatchRequest,
    writeValidateBatchResponse,
  ),
  validateStream: served<ValidateStreamRequest, ValidateStreamResponse>(
    'ValidateStream',
    readValidateStreamRequest,
    writeValidateStreamResponse,
  ),
};
