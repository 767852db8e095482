/**
 * Names of streams: kind, slash, id. Part of the wire form, because acceptance is per stream: a writer that named a
 * stream otherwise would race with nobody.
 */
export const streamOf = {
  pairingCode: (codeId: string) => `pairing-code/${codeId}`,
  masterKey: (masterKeyId: string) => `master-key/${masterKeyId}`,
  operator: (operatorId: string) => `operator/${operatorId}`,
  adminRoster: (id: string) => `admin-roster/${id}`,
  targetService: (service: string) => `target-service/${service}`,
  subscription: (account: string) => `subscription/${account}`,
  redemption: (codeId: string) => `redemption/${codeId}`,
  usage: (producer: string, partition: number) => `usage/${producer}/${partition}`,
  detectionSettings: (id: string) => `detection-settings/${id}`,
  alertHandling: (findingUid: string) => `alert-handling/${findingUid}`,
  alert: (findingUid: string) => `alert/${findingUid}`,
} as const;

export type StreamKind = keyof typeof streamOf;

/** The kind and id of a stream; undefined when it is none of ours (the log's own streams are not). */
export const parseStream = (name: string): { readonly kind: StreamKind; readonly id: string } | undefined => {
  const slash = name.indexOf('/');
  const kind = KINDS.get(name.slice(0, slash));
  const id = name.slice(slash + 1);
  return slash < 0 || kind === undefined || id === '' ? undefined : { kind, id };
};

const KINDS: ReadonlyMap<string, StreamKind> = new Map(
  (Object.keys(streamOf) as StreamKind[]).map((kind) => [streamOf[kind]('', 0).replace(/\/.*$/, ''), kind]),
);
