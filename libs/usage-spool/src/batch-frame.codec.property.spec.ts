import fc from 'fast-check';
import { FILE_HEADER, type SpoolRecord, decodeFile, encodeFrame } from './batch-frame.codec';

const record: fc.Arbitrary<SpoolRecord> = fc.record({
  partition: fc.nat(65_535),
  sequence: fc.integer({ min: 1, max: 2 ** 48 - 1 }),
  key: fc.string({ unit: 'binary', maxLength: 20 }),
  // The mark of a frame may stand in a record.
  value: fc.oneof(fc.uint8Array({ maxLength: 40 }).map(Buffer.from), fc.constant(Buffer.from('OCB1'))),
});
const frames = fc.array(fc.array(record, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
const fileOf = (groups: readonly SpoolRecord[][]): Buffer => Buffer.concat([FILE_HEADER, ...groups.map(encodeFrame)]);

describe('a file of the usage spool', () => {
  it('gives back every record that was written, in order', () => {
    fc.assert(
      fc.property(frames, (groups) => {
        expect(decodeFile(fileOf(groups))).toEqual({ records: groups.flat(), state: 'whole' });
      }),
    );
  });

  it('cut anywhere, gives exactly the groups that were whole, and says that its end is torn', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (groups, at) => {
        const file = fileOf(groups);
        const cut = file.subarray(0, at % file.length);
        let end = FILE_HEADER.length;
        const whole = groups.filter((group) => (end += encodeFrame(group).length) <= cut.length);
        const { records, state } = decodeFile(cut);
        expect(records).toEqual(whole.flat());
        const isBetweenFrames = cut.length === FILE_HEADER.length + Buffer.concat(whole.map(encodeFrame)).length;
        expect(state).toBe(isBetweenFrames ? 'whole' : 'torn');
      }),
    );
  });

  it('with room for more behind its last frame says the same; behind a torn one it is still torn, or was completed by zeros', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 300 }), (groups, at, room) => {
        const file = fileOf(groups);
        const zeros = Buffer.alloc(room);
        expect(decodeFile(Buffer.concat([file, zeros]))).toEqual({ records: groups.flat(), state: 'whole' });
        const cut = file.subarray(0, at % file.length);
        const bare = decodeFile(cut);
        const { records, state } = decodeFile(Buffer.concat([cut, zeros]));
        expect(records).toEqual(groups.flat().slice(0, records.length));
        expect(records.length).toBeGreaterThanOrEqual(bare.records.length);
        if (records.length === bare.records.length && cut.length > 0) expect(state).toBe(bare.state);
        expect(state).not.toBe('damaged');
      }),
    );
  });

  it('with a bit that flipped before its last frame, is damaged: what is missing is never taken for a torn end', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.nat(7), (groups, at, bit) => {
        const last = [{ partition: 0, sequence: 1, key: 'k', value: Buffer.from('last') }];
        const [body, end] = [fileOf(groups), encodeFrame(last)];
        const flipped = Buffer.concat([body, end]);
        const index = at % body.length;
        flipped.writeUInt8(flipped.readUInt8(index) ^ (1 << bit), index);
        const { records, state } = decodeFile(flipped);
        expect(state).toBe('damaged');
        expect(groups.flat().slice(0, records.length)).toEqual(records);
      }),
    );
  });
});
