import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect as connectHttp2, constants } from 'node:http2';
import {
  Client, type ClientDuplexStream, Metadata, type ServiceError, compressionAlgorithms, credentials, status,
} from '@grpc/grpc-js'; // prettier-ignore
import { service as healthService } from 'grpc-health-check';
import { GrpcError, GrpcServer, type GrpcServerOptions, type GrpcStream, Health, type StreamListener } from '.';

const asIs = (bytes: Buffer): Buffer => bytes;
const METHOD = '/test.v1.Test/Call';
const STREAM = '/test.v1.Test/Stream';
const definition = (path: string) => ({ path, requestDeserialize: asIs, responseSerialize: asIs });

/** Gives each message back. */
class Echo implements StreamListener<Buffer> {
  constructor(private readonly call: GrpcStream<Buffer>) {}
  onMessage(message: Buffer): void {
    if (!this.call.write(Buffer.from(message))) this.call.pause();
  }
  onEnd(): void {
    this.call.end();
  }
  onDrain(): void {
    this.call.resume();
  }
  onCancelled(): void {
    // It has nothing to stop.
  }
}

describe('the gRPC server, called by grpc-js', () => {
  const open: { close(): void | Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  const served = async (
    add: (server: GrpcServer) => void,
    options: Partial<GrpcServerOptions> = {},
  ): Promise<{ readonly server: GrpcServer; readonly port: number; readonly client: Client }> => {
    const server = new GrpcServer({ statusOf: () => ({ code: 13, details: 'a fault' }), ...options });
    add(server);
    const port = await server.listen(0, '127.0.0.1');
    open.push({ close: () => server.close(0) });
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    open.push(client);
    return { server, port, client };
  };

  const called = (client: Client, message: Buffer, metadata = new Metadata(), options = {}): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(METHOD, asIs, asIs, message, metadata, options, (error: ServiceError | null, answer) =>
        error === null && answer !== undefined ? resolve(answer) : reject(error ?? new Error('nothing')),
      );
    });

  it('answers in the same turn or later, small and up to the largest message that it takes', async () => {
    const { client } = await served(
      (server) =>
        server.unary(definition(METHOD), (message) => (message.length > 10 ? Promise.resolve(message) : message)),
      { messageBytesMax: 1_000_000 },
    );
    for (const size of [0, 1, 100, 70_000, 1_000_000]) {
      const message = Buffer.alloc(size, 'x');
      // Bytes of the request are good during the call only: large answers show it, they are copied here.
      expect((await called(client, message)).equals(message)).toBe(true);
    }
    const tooLong = called(client, Buffer.alloc(1_000_001));
    await expect(tooLong).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });

  it('gives metadata to handlers, and their status with its text and trailers to clients', async () => {
    const { client } = await served((server) =>
      server.unary(definition(METHOD), (_message, call) => {
        const details = `100 % ünïcode\n${call.header('asked') ?? ''}`;
        throw new GrpcError({
          code: status.ABORTED,
          details,
          trailers: { 'more-bin': Buffer.of(0, 255), more: 'text' },
        });
      }),
    );
    const metadata = new Metadata();
    metadata.set('asked', 'for this');
    const error = (await called(client, Buffer.alloc(1), metadata).catch((thrown: unknown) => thrown)) as ServiceError;
    expect(error).toMatchObject({ code: status.ABORTED, details: '100 % ünïcode\nfor this' });
    expect(error.metadata.get('more-bin')).toEqual([Buffer.of(0, 255)]);
    expect(error.metadata.get('more')).toEqual(['text']);
  });

  it('makes of whatever is thrown what it was told to make, and of no method and compressed messages UNIMPLEMENTED', async () => {
    const { client } = await served((server) =>
      server.unary(definition(METHOD), () => Promise.reject(new Error('a secret'))),
    );
    await expect(called(client, Buffer.alloc(1))).rejects.toMatchObject({ code: status.INTERNAL, details: 'a fault' });
    const { client: none } = await served(() => undefined);
    await expect(called(none, Buffer.alloc(1))).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
    const compressing = new Client(
      `127.0.0.1:${client.getChannel().getTarget().split(':').at(-1)}`,
      credentials.createInsecure(),
      {
        'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
      },
    );
    open.push(compressing);
    const error = (await called(compressing, Buffer.alloc(1000)).catch((thrown: unknown) => thrown)) as ServiceError;
    expect(error).toMatchObject({ code: status.UNIMPLEMENTED });
    expect(error.metadata.get('grpc-accept-encoding')).toEqual(['identity']);
  });

  it('ends a call at its deadline, or at its own limit when that is earlier, and tells the handler', async () => {
    const told: string[] = [];
    const { client } = await served(
      (server) =>
        server.unary(definition(METHOD), (message, call) => {
          const { signal } = call;
          return new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              told.push(message.toString());
              resolve(message);
            });
          });
        }),
      { unaryMsMax: 150 },
    );
    const soon = called(client, Buffer.from('a'), new Metadata(), { deadline: Date.now() + 50 });
    await expect(soon).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    const never = called(client, Buffer.from('b'), new Metadata(), { deadline: Date.now() + 60_000 });
    await expect(never).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(told).toEqual(['a', 'b']);
  });

  it('tells the handler when the client cancels', async () => {
    const cancelled = Promise.withResolvers<boolean>();
    const begun = Promise.withResolvers<void>();
    const { client } = await served((server) =>
      server.unary(definition(METHOD), (message, call) => {
        call.signal.addEventListener('abort', () => cancelled.resolve(call.isOver));
        begun.resolve();
        return cancelled.promise.then(() => message);
      }),
    );
    const call = client.makeUnaryRequest(METHOD, asIs, asIs, Buffer.alloc(1), () => undefined);
    await begun.promise;
    call.cancel();
    expect(await cancelled.promise).toBe(true);
  });

  const streamed = (client: Client): ClientDuplexStream<Buffer, Buffer> =>
    client.makeBidiStreamRequest(STREAM, asIs, asIs);

  it('streams both ways, in order, and holds a writer up whose reader does not read', async () => {
    const { client, server } = await served((its) => its.stream(definition(STREAM), (call) => new Echo(call)));
    const call = streamed(client);
    const count = 400;
    const sizes: number[] = [];
    call.pause();
    for (let i = 0; i < count; i += 1) call.write(Buffer.alloc(10_000 + i));
    call.end();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    call.on('error', reject);
    call.on('end', resolve);
    call.on('data', (message: Buffer) => {
      sizes.push(message.length);
      expect(server.heldBytes).toBeLessThan(1_000_000);
    });
    call.resume();
    await promise;
    expect(sizes).toEqual(Array.from({ length: count }, (_, i) => 10_000 + i));
    expect(server.heldBytes).toBe(0);
  });

  it('takes services as grpc-js has them, and says of health what was set', async () => {
    const health = new Health();
    const { client } = await served((server) => health.addTo(server, healthService));
    const { Check, Watch } = healthService;
    if (Check === undefined || Watch === undefined) throw new Error('grpc.health.v1 has changed');
    const check = (service: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          Check.path,
          Check.requestSerialize,
          Check.responseDeserialize,
          { service },
          (error, answer) => (error === null ? resolve(answer) : reject(error)),
        );
      });
    await expect(check('a')).rejects.toMatchObject({ code: status.NOT_FOUND });
    const watched = client.makeServerStreamRequest(Watch.path, Watch.requestSerialize, Watch.responseDeserialize, {
      service: 'a',
    });
    watched.on('error', () => undefined);
    const next = async (): Promise<unknown> => ((await once(watched, 'data')) as [unknown])[0];
    expect(await next()).toEqual({ status: 'SERVICE_UNKNOWN' });
    health.set('a', 'SERVING');
    expect(await next()).toEqual({ status: 'SERVING' });
    expect(await check('a')).toEqual({ status: 'SERVING' });
    watched.cancel();
  });

  it('stops when the calls in hand have ended, and takes no new ones meanwhile', async () => {
    const release = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { client, server, port } = await served((its) =>
      its.unary(definition(METHOD), async () => {
        begun.resolve();
        await release.promise;
        return Buffer.from('done');
      }),
    );
    const inHand = called(client, Buffer.alloc(1));
    await begun.promise;
    const closed = server.close(60_000);
    const late = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    open.push(late);
    await expect(called(late, Buffer.alloc(1))).rejects.toMatchObject({ code: status.UNAVAILABLE });
    release.resolve();
    expect((await inHand).toString()).toBe('done');
    await closed;
    expect(server.connectionCount).toBe(0);
  });

  it('keeps the connection of a known caller when strangers open more than it takes', async () => {
    const { client, port, server } = await served(
      (its) =>
        its.unary(definition(METHOD), (message, call) => {
          call.vouch();
          return message;
        }),
      { limits: { connectionsMax: 10 } },
    );
    await called(client, Buffer.alloc(1));
    const strangers = Array.from({ length: 50 }, () => connectPlain(port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(strangers.slice(-5).map((socket) => once(socket, 'connect')));
    await called(client, Buffer.alloc(1));
    expect(client.getChannel().getConnectivityState(false)).toBe(2); // the first connection is still the one
    expect(server.connectionCount).toBeLessThanOrEqual(10);
    for (const socket of strangers) socket.destroy();
  });

  it('answers in words of HTTP who speaks HTTP/2 and no gRPC', async () => {
    const { port } = await served((server) => server.unary(definition(METHOD), (message) => message));
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const answer = async (headers: Record<string, string>): Promise<number> => {
      const request = session.request(headers);
      request.end();
      const [seen] = (await once(request, 'response')) as [{ readonly ':status'?: number }];
      request.resume();
      return seen[':status'] ?? 0;
    };
    expect(await answer({ ':path': '/' })).toBe(constants.HTTP_STATUS_METHOD_NOT_ALLOWED);
    expect(await answer({ ':path': METHOD, ':method': 'POST' })).toBe(constants.HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE);
    session.close();
  });
});
