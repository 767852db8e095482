import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { reservePort } from '.';

const HOST = '127.0.0.1';

describe('a reserved port', () => {
  it('is given to nobody else until it is released, whether or not a server uses it', async () => {
    const reserved = await Promise.all(Array.from({ length: 50 }, () => reservePort(HOST)));
    expect(new Set(reserved.map(({ port }) => port)).size).toBe(50);
    for (const { release } of reserved) release();
  });

  it('is below the range from which outgoing connections take theirs', async () => {
    const { port, release } = await reservePort(HOST);
    expect(port).toBeLessThan(32_768);
    release();
    release(); // safe to repeat
  });

  it('can be listened on by its holder', async () => {
    const { port, release } = await reservePort(HOST);
    const server = createServer((socket) => socket.end()).listen(port, HOST);
    await once(server, 'listening');
    const client = connect(port, HOST);
    await once(client.resume(), 'end');
    server.close();
    release();
  });

  it('on an address of another network is a number nobody can check', async () => {
    const { port, release } = await reservePort('192.0.2.1');
    expect(port).toBeGreaterThan(0);
    release();
  });
});
