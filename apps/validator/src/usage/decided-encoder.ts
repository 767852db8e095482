import { encodePosition, httpStatusOf, streamOf, usageCodec } from '@openclaw/contracts';
import type { Decision } from '../validate-code/decision';
import { recordable, recordableAddress, type UseRequest } from '../validate-code/use-request';
import { RememberedJson } from './remembered-json';

export interface DecidedRecord {
  readonly partition: number;
  readonly sequence: number;
  readonly use: UseRequest;
  readonly decision: Decision;
  readonly latencyUs: number;
}

/** What is the same in every record of a partition. */
interface PartitionForm {
  readonly toId: string;
  readonly toTime: string;
  readonly toRevision: string;
}

/**
 * Writes the record of a decision: the very bytes that `usageCodec` and `encodeOuterForm` make of it (a property test
 * compares them), in a fifth of their time, because every request pays for it.
 */
export class DecidedEncoder {
  readonly #forms: readonly PartitionForm[];
  readonly #toSequence: string;
  readonly #toDecidedAt: string;
  readonly #words = new RememberedJson(recordable);
  readonly #addresses = new RememberedJson(recordableAddress);
  readonly #endpoints = new RememberedJson((text) => text); // fit for the record when it was read

  constructor(producer: string, validator: string, partitions: number) {
    const source = JSON.stringify(validator);
    this.#forms = Array.from({ length: partitions }, (_, partition) => formOf(producer, partition, source));
    this.#toSequence = `"producer":${JSON.stringify(producer)},"sequence":`;
    this.#toDecidedAt = `,"validator":${source},"time":`;
  }

  encode(record: DecidedRecord): Buffer {
    const { partition, sequence, use, decision } = record;
    const form = this.#forms[partition];
    if (form === undefined) throw new RangeError(`no partition ${partition}`);
    const time = new Date(decision.decidedAtMs).toISOString();
    const trace = use.traceparent === '' ? '' : `,"traceparent":${JSON.stringify(use.traceparent)}`;
    return Buffer.from(
      `${form.toId}${sequence}${form.toTime}${time}${form.toRevision}${sequence}${trace},"data":{${this.#data(record)}}}`,
    );
  }

  #data({ sequence, use, decision, latencyUs }: DecidedRecord): string {
    const { code, reason, decidedAtMs, logId, position, freshnessAgeMs } = decision;
    const { service, resource, action } = use.scope;
    const outcome = reason === undefined ? '"outcome":"allowed",' : `"outcome":"denied","reason":"${reason}",`;
    const of =
      code === undefined
        ? ''
        : `,"codeId":${JSON.stringify(code.codeId)},"masterKeyId":${JSON.stringify(code.masterKeyId)}`;
    const from = use.sourceIp === '' ? '' : `,"sourceIp":${this.#addresses.of(use.sourceIp)}`;
    const endpoint = use.endpoint === '' ? '' : `,"endpoint":${this.#endpoints.of(use.endpoint)}`;
    const request = use.requestId === '' ? '' : `,"requestId":${JSON.stringify(recordable(use.requestId))}`;
    const place = JSON.stringify(encodePosition({ logId, offset: position }));
    return (
      `${outcome}${this.#toSequence}${sequence}${this.#toDecidedAt}${decidedAtMs}${of}${from}` +
      `,"service":${this.#words.of(service)},"resource":${this.#words.of(resource)},"action":${this.#words.of(action)}` +
      `${endpoint},"httpStatus":${httpStatusOf(reason)},"latencyUs":${latencyUs},"position":${place}` +
      `,"revision":${code?.revision ?? 0},"freshnessAgeMs":${freshnessAgeMs}${request}`
    );
  }
}

const formOf = (producer: string, partition: number, source: string): PartitionForm => {
  const stream = JSON.stringify(streamOf.usage(producer, partition));
  const type = JSON.stringify(usageCodec.forms.UsageDecided.wireType);
  const id = JSON.stringify(`${producer}/${partition}/`).slice(0, -1); // goes on
  return {
    toId: `{"specversion":"1.0","id":${id}`,
    toTime: `","source":${source},"type":${type},"subject":${stream},"time":"`,
    toRevision: `","datacontenttype":"application/json","stream":${stream},"revision":`,
  };
};
