/** The CloudEvents `type` of a body with the version of its schema: `openclaw.pairing-code.revoked.v1`. */
export type WireType = `openclaw.${string}.${string}.v${number}`;

/** Tells the parts of a type apart; undefined when it is none of ours. Total. */
export const parseWireType = (
  type: string,
): { readonly noun: string; readonly event: string; readonly version: number } | undefined => {
  const [, noun, event, version] = WIRE_TYPE.exec(type) ?? [];
  if (noun === undefined || event === undefined || version === undefined) return undefined;
  return { noun, event, version: Number(version) };
};

const WIRE_TYPE = /^openclaw\.([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)\.v([1-9][0-9]{0,3})$/;
