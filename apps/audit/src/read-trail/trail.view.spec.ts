import { changesOf, withoutHashes } from './trail.view';

describe('an entry of the trail, as auditors see it', () => {
  it('has no hash of a code, of a token or of a request, however deep', () => {
    const data = {
      codeId: 'c-1',
      secret: { codeHash: 'aa', pepperKeyId: 'p' },
      tokenHash: 'bb',
      list: [{ command: { id: 'x', bodyHash: 'cc' } }],
    };
    expect(withoutHashes(data)).toEqual({
      codeId: 'c-1',
      secret: { pepperKeyId: 'p' },
      list: [{ command: { id: 'x' } }],
    });
  });

  it('tells old and new value of what changed', () => {
    const change = { setting: 'label', before: 'a', after: 'b' };
    expect(changesOf({ changes: [change] })).toEqual([change]);
    expect(changesOf({ settings: {} })).toEqual([]);
    expect(changesOf(null)).toEqual([]);
  });
});
