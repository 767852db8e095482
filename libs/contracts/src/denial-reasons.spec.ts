import { join } from 'node:path';
import { CHECK_ORDER, strangerReason } from '@openclaw/domain';
import { expectGoldenJson } from '@openclaw/contracts/testing';
import { GRPC_DENIAL, httpStatusOf } from './denial-reasons';
import { loadProtos } from './grpc';

describe('denial reasons on the wire', () => {
  it('never drift: name, what a stranger sees, gRPC name, HTTP status', () => {
    const table = CHECK_ORDER.map((reason) => ({
      reason,
      stranger: strangerReason(reason),
      grpc: GRPC_DENIAL[reason],
      http: httpStatusOf(reason),
    }));
    expectGoldenJson(join(__dirname, '../golden/denial-reasons.json'), table);
  });

  it('are exactly those of the proto file, in the order of the checks', () => {
    const definition = loadProtos()['openclaw.validator.v1.DenialReason'];
    const names = (definition?.type as { readonly value: readonly { readonly name: string }[] }).value.map(
      (its) => its.name,
    );
    const inOrder = CHECK_ORDER.map((reason) => GRPC_DENIAL[reason]);
    expect(names).toEqual(['DENIAL_REASON_UNSPECIFIED', 'DENIAL_REASON_INVALID_CODE', ...inOrder]);
  });

  it('a stranger learns no more from the HTTP status than from the reason', () => {
    const byStranger = new Map(CHECK_ORDER.map((reason) => [strangerReason(reason), httpStatusOf(reason)]));
    for (const reason of CHECK_ORDER) expect(httpStatusOf(reason)).toBe(byStranger.get(strangerReason(reason)));
    expect(httpStatusOf(undefined)).toBe(200);
  });
});
