import { type Attributes, type Histogram, type Meter, type MeterProvider, metrics } from '@opentelemetry/api';
import { type HistogramName, METRICS, type ObservedName } from './metric-catalogue';

const SCOPE = 'openclaw';
/** By provider: what was made before OpenTelemetry was started does nothing for ever. */
const histograms = new WeakMap<MeterProvider, Map<HistogramName, Histogram>>();

/** Records one value in the unit of the catalogue; does nothing while telemetry is off. */
export const recordValue = (name: HistogramName, value: number, attributes?: Attributes): void => {
  const provider = metrics.getMeterProvider();
  const known = histograms.get(provider) ?? new Map<HistogramName, Histogram>();
  histograms.set(provider, known);
  const histogram = known.get(name) ?? meterOf().createHistogram(name, METRICS[name]);
  known.set(name, histogram);
  histogram.record(value, attributes);
};

/** A histogram to keep: for hot paths. Call after the start of telemetry. */
export const histogramOf = (name: HistogramName): Pick<Histogram, 'record'> =>
  meterOf().createHistogram(name, METRICS[name]);

export interface Observed {
  readonly value: number;
  readonly attributes?: Attributes;
}

/**
 * Reads a metric at each export, until the returned function is called. `read` may wait for a store; when it rejects,
 * nothing is told that time. Call after the start of telemetry.
 */
export const observe = (
  name: ObservedName,
  read: () => readonly Observed[] | Promise<readonly Observed[]>,
): (() => void) => {
  const form = METRICS[name];
  const meter = meterOf();
  const instrument =
    form.kind === 'counter' ? meter.createObservableCounter(name, form) : meter.createObservableGauge(name, form);
  const callback: Parameters<typeof instrument.addCallback>[0] = async (result) => {
    const seen = await Promise.resolve()
      .then(read)
      .catch(() => []);
    for (const { value, attributes } of seen) result.observe(value, attributes);
  };
  instrument.addCallback(callback);
  return () => instrument.removeCallback(callback);
};

const meterOf = (): Meter => metrics.getMeter(SCOPE);

/** Counts by a few texts, at the price of a map: read by `observe` when it is exported. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  read(attributesOf: (what: string) => Attributes): readonly Observed[] {
    return [...this.#counts].map(([what, value]) => ({ value, attributes: attributesOf(what) }));
  }
}
