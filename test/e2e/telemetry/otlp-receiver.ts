import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it was exported, with the service that it came from. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly links: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ReceivedMetric {
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  readonly kind: 'histogram' | 'counter' | 'gauge';
  readonly points: readonly Readonly<Record<string, unknown>>[];
}

interface Valued {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string; readonly boolValue?: boolean };
}
interface Scoped {
  readonly resource: { readonly attributes: readonly Valued[] };
}
interface RawSpan extends Omit<ReceivedSpan, 'service' | 'links' | 'attributes'> {
  readonly links?: readonly { readonly spanId: string }[];
  readonly attributes: readonly Valued[];
}
type RawData = { readonly dataPoints: readonly { readonly attributes: readonly Valued[] }[] };
interface RawMetric {
  readonly name: string;
  readonly unit: string;
  readonly histogram?: RawData;
  readonly sum?: RawData;
  readonly gauge?: RawData;
}
interface Body {
  readonly resourceSpans?: readonly (Scoped & {
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  })[];
  readonly resourceMetrics?: readonly (Scoped & {
    readonly scopeMetrics: readonly { readonly metrics: readonly RawMetric[] }[];
  })[];
}

/** An OpenTelemetry collector for tests: takes OTLP over HTTP as JSON and keeps everything, byte for byte. */
export class OtlpReceiver {
  /** Each request as it came: its path and body. */
  readonly requests: { readonly path: string; readonly text: string }[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer();
    const receiver = new OtlpReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.requests.push({ path: request.url ?? '', text: Buffer.concat(chunks).toString('utf8') });
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Everything of one signal as text. */
  text(signal: 'traces' | 'metrics' | 'logs'): string {
    return this.requests.flatMap(({ path, text }) => (path === `/v1/${signal}` ? [text] : [])).join('\n');
  }

  spans(): readonly ReceivedSpan[] {
    return this.#bodies('traces').flatMap(({ resourceSpans = [] }) =>
      resourceSpans.flatMap(({ resource, scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) =>
          spans.map((span) => ({
            ...span,
            service: serviceOf(resource),
            links: (span.links ?? []).map(({ spanId }) => spanId),
            attributes: plain(span.attributes),
          })),
        ),
      ),
    );
  }

  metrics(): readonly ReceivedMetric[] {
    return this.#bodies('metrics').flatMap(({ resourceMetrics = [] }) =>
      resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics.map((metric) => received(metric, serviceOf(resource)))),
      ),
    );
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #bodies(signal: 'traces' | 'metrics'): readonly Body[] {
    return this.requests.flatMap(({ path, text }) => (path === `/v1/${signal}` ? [JSON.parse(text) as Body] : []));
  }
}

const received = ({ name, unit, histogram, sum, gauge }: RawMetric, service: string): ReceivedMetric => ({
  service,
  name,
  unit,
  kind: histogram !== undefined ? 'histogram' : sum !== undefined ? 'counter' : 'gauge',
  points: (histogram ?? sum ?? gauge)?.dataPoints.map(({ attributes }) => plain(attributes)) ?? [],
});

const plain = (attributes: readonly Valued[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const serviceOf = ({ attributes }: Scoped['resource']): string => String(plain(attributes)['service.name']);
