import { parseStream, streamOf } from './streams';

describe('stream names', () => {
  it('never drift', () => {
    expect([
      streamOf.pairingCode('c-1'), streamOf.masterKey('m-1'), streamOf.operator('o-1'),
      streamOf.adminRoster('all'), streamOf.targetService('openai'), streamOf.subscription('a-1'),
      streamOf.redemption('c-1'), streamOf.usage('p-1', 3), streamOf.alert('f-1'),
    ]).toEqual([
      'pairing-code/c-1', 'master-key/m-1', 'operator/o-1', 'admin-roster/all', 'target-service/openai', 'subscription/a-1',
      'redemption/c-1', 'usage/p-1/3', 'alert/f-1',
    ]); // prettier-ignore
  });

  it('are read back as kind and id', () => {
    expect(parseStream('pairing-code/c-1')).toEqual({ kind: 'pairingCode', id: 'c-1' });
    expect(parseStream('usage/p-1/3')).toEqual({ kind: 'usage', id: 'p-1/3' });
    for (const foreign of ['', 'pairing-code', 'pairing-code/', '/c-1', 'log/openclaw.lifecycle.v1/0', 'writer/x']) {
      expect(parseStream(foreign)).toBeUndefined();
    }
  });
});
