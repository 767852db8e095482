import { AcceptanceState, judge } from './acceptance';

describe('the acceptance rule', () => {
  it('accepts exactly the next revision of an open stream', () => {
    expect(judge({ revision: 2, closed: false }, 3)).toEqual({ accepted: true, revision: 3, closes: false });
    for (const claim of [1, 2, 4]) expect(judge({ revision: 2, closed: false }, claim)).toEqual({ accepted: false });
  });

  it('accepts a terminal event at whatever revision, but only on a stream that exists', () => {
    expect(judge({ revision: 7, closed: false }, 'terminal')).toEqual({ accepted: true, revision: 8, closes: true });
    expect(judge({ revision: 0, closed: false }, 'terminal')).toEqual({ accepted: false });
  });

  it('accepts nothing on a closed stream, neither its next revision, nor its first again, nor another end', () => {
    for (const claim of [1, 9, 'terminal'] as const) {
      expect(judge({ revision: 8, closed: true }, claim)).toEqual({ accepted: false });
    }
  });

  it('a copy judges alike, and goes on alone', () => {
    const state = new AcceptanceState();
    state.admit('a', 1);
    state.admit('a', 'terminal');
    state.admit('b', 1);
    const again = state.copy();
    state.admit('b', 2);
    expect(again.of('a')).toEqual({ revision: 2, closed: true });
    expect(again.of('b')).toEqual({ revision: 1, closed: false });
    expect(again.of('never seen')).toEqual({ revision: 0, closed: false });
  });
});
