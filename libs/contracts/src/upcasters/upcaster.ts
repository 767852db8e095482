import { parseWireType, type WireType } from '../events/wire-type';

export type Body = Readonly<Record<string, unknown>>;

/** Reads one version of an event as the next. */
export interface Step {
  readonly from: WireType;
  readonly to: WireType;
  readonly up: (data: Body) => Body;
}

/**
 * How older versions of events are read today. A step is pure and never throws; what it gives is checked against the
 * newer schema afterwards. When to write what:
 *  - a new member that a reader may ignore: optional in the schema, same version, nothing else;
 *  - a new member that today's code needs and older records lack: same version, a `default` in the schema that says
 *    what its absence meant;
 *  - anything an older reader would get wrong, above all a member that RESTRICTS (a reader that ignores it would allow
 *    more): the next version, so that older readers quarantine the stream instead, and a step from the last one.
 */
export class Upcasters {
  readonly #byType: ReadonlyMap<string, Step>;

  /** Throws `TypeError` when a step does not lead to the next version of the same event, or two start at one version. */
  constructor(steps: readonly Step[]) {
    for (const step of steps) assertNextVersion(step);
    this.#byType = new Map(steps.map((step) => [step.from, step]));
    if (this.#byType.size !== steps.length) throw new TypeError('two upcasters start at the same version');
  }

  /** Today's type and body of an event of any age; the same as given when nothing has to be done. */
  upcast(type: string, data: Body): { readonly type: string; readonly data: Body } {
    const step = this.#byType.get(type);
    return step === undefined ? { type, data } : this.upcast(step.to, step.up(data));
  }
}

const assertNextVersion = ({ from, to }: Step): void => {
  const [older, newer] = [parseWireType(from), parseWireType(to)];
  const isNext =
    older !== undefined &&
    newer?.version === older.version + 1 &&
    `${newer.noun}.${newer.event}` === `${older.noun}.${older.event}`;
  if (!isNext) throw new TypeError(`an upcaster leads from ${from} to ${to}: that is not the next version of it`);
};
