import 'reflect-metadata';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DEFAULT_TOPIC_POLICY, TOPIC, domainCodec, topicSpecs } from '@openclaw/contracts';
import { type OperatorEvent, type Role, unixMs } from '@openclaw/domain';
import {
  type EventLog,
  InMemoryJournalServer,
  InMemoryJournalStore,
  openEventLog,
  streamName,
} from '@openclaw/event-log';
import { guardOperators } from './operator-access';
import { OperatorDirectory } from './operator-directory';
import { Needs, Public } from './operator.guard';
import { hashToken, newToken } from './token';

@Controller()
class Routes {
  @Get('audited')
  @Needs('audit:read')
  audited(): string {
    return 'seen';
  }

  @Get('forgotten')
  forgotten(): string {
    return 'nobody said who may';
  }

  @Get('open')
  @Public()
  open(): string {
    return 'anybody';
  }
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const happened = { operatorId: 'ada', at: unixMs(0), command: { id: 'command-1', bodyHash: 'body-1' } };

describe('who may call', () => {
  let log: EventLog;
  let directory: OperatorDirectory;
  let app: NestExpressApplication;
  let revision = 0;
  const token = newToken('operator');

  const say = async (id: string, type: string, data: unknown, at: number): Promise<void> => {
    const event = { id: `${id}-${at}`, type, time: '2026-01-01T00:00:00Z', source: 'spec', data, metadata: {} };
    const result = await log.append(streamName(`operator/${id}`), at, event);
    if (result.outcome === 'conflict') throw new Error('somebody else wrote');
    await directory.reached(result.position, AbortSignal.timeout(5_000));
  };
  const happens = (event: OperatorEvent): Promise<void> => {
    const { type, data } = domainCodec.encode(event);
    return say('ada', type, data, (revision += 1));
  };
  const call = async (path: string, presented?: string): Promise<number> => {
    const headers = presented === undefined ? {} : { authorization: `Bearer ${presented}` };
    const response = await fetch(`${await app.getUrl()}/${path}`, { headers });
    await response.text();
    return response.status;
  };

  beforeAll(async () => {
    const store = new InMemoryJournalStore(new InMemoryJournalServer());
    await store.ensureTopics([topicSpecs(DEFAULT_TOPIC_POLICY).lifecycle]);
    log = await openEventLog(await store.open(TOPIC.lifecycle), { source: 'spec', role: 'writer' });
    directory = new OperatorDirectory(log);
    const module = class Hosting {} as Type;
    Module({ controllers: [Routes], providers: [{ provide: OperatorDirectory, useValue: directory }] })(module);
    app = await NestFactory.create<NestExpressApplication>(module, { logger: false });
    guardOperators(app, { trustedProxies: [], hashOf: hashToken }, quiet);
    await app.listen(0, '127.0.0.1');
    await happens({
      type: 'OperatorAdded',
      data: { ...happened, name: 'Ada', roles: ['auditor'], tokenHash: hashToken(token) },
    });
  });

  afterAll(async () => {
    await app.close();
    await directory.stop();
    await log.close();
  });

  it('an operator with a role that permits it, and no stranger', async () => {
    expect(await call('audited', token)).toBe(200);
    expect(await call('audited')).toBe(401);
    expect(await call('audited', newToken('operator'))).toBe(401);
  });

  it('nobody, where nobody said who may: closed by default', async () => {
    expect(await call('forgotten', token)).toBe(403);
    expect(await call('open')).toBe(200);
  });

  it('nobody whose role was taken away', async () => {
    const change = (before: Role, after: Role): Promise<void> =>
      happens({ type: 'OperatorRolesChanged', data: { ...happened, before: [before], roles: [after] } });
    await change('auditor', 'issuer');
    expect(await call('audited', token)).toBe(403);
    await change('issuer', 'admin');
    expect(await call('audited', token)).toBe(200);
  });

  it('nobody of whom there is news that this build cannot read, whatever it reads later', async () => {
    await say('ada', 'openclaw.operator.locked.v1', {}, (revision += 1));
    expect(await call('audited', token)).toBe(401);
    await happens({ type: 'OperatorTokenReplaced', data: { ...happened, tokenHash: hashToken(token) } });
    expect(await call('audited', token)).toBe(401);
  });
});
