import { ByteArena, RecordMemory } from './index';

describe('flat memory', () => {
  it('keeps numbers of 32 and of 64 bits, over many segments', () => {
    const memory = new RecordMemory(4);
    for (let i = 0; i < 10_000; i += 1) {
      const record = memory.append();
      memory.set(record, 0, -1 - i);
      memory.setFloat(record, 2, 1.5e12 + i);
    }
    for (const i of [0, 4095, 4096, 9999]) {
      expect(memory.get(i, 0)).toBe(-1 - i);
      expect(memory.getFloat(i, 2)).toBe(1.5e12 + i);
    }
    expect(() => memory.get(20_000, 0)).toThrow(RangeError);
    expect(() => new RecordMemory(3)).toThrow(RangeError);
  });

  it('an image shows the moment at which it was taken, whatever is written meanwhile', () => {
    const memory = new RecordMemory(2);
    for (let i = 0; i < 9000; i += 1) memory.set(memory.append(), 0, i);
    const image = memory.image();
    expect(() => memory.image()).toThrow(TypeError);
    memory.set(5, 0, 111);
    memory.set(5, 0, 222);
    const pieces = [image.take(0)];
    memory.set(6, 0, 333);
    for (let i = 0; i < 9000; i += 1) memory.append();
    for (let piece = 1; piece < image.pieces; piece += 1) pieces.push(image.take(piece));
    expect(() => image.take(0)).toThrow(RangeError);
    image.end();
    const all = Buffer.concat(pieces);
    expect(all).toHaveLength(9000 * 8);
    for (const i of [5, 6, 8999]) expect(all.readInt32LE(i * 8)).toBe(i);
    expect(memory.get(5, 0)).toBe(222);
    memory.image().end();
  });

  it('is equal to the memory it was copied from, and changes alone', () => {
    const [memory, copy] = [new RecordMemory(2), new RecordMemory(2)];
    for (let i = 0; i < 5000; i += 1) memory.set(memory.append(), 0, i);
    copy.copyFrom(memory);
    memory.set(4999, 0, 1);
    expect([copy.size, copy.get(4999, 0)]).toEqual([5000, 4999]);
    expect(() => copy.copyFrom(memory)).toThrow(TypeError);
  });

  it('keeps texts of any language and length, and gives them back from an image', async () => {
    const arena = new ByteArena();
    const texts = ['', 'a', 'Grüße 🦀', 'x'.repeat(700_000), 'y'.repeat(700_000), 'z'];
    const placed = texts.map((text) => {
      const length = Buffer.byteLength(text);
      return { text, address: arena.add(text, length), length };
    });
    const image = arena.image();
    const [again, size] = [new ByteArena(), arena.size];
    arena.add('later', 5);
    let piece = 0;
    await again.load(size, async (into) => void image.take(piece++).copy(into));
    image.end();
    for (const { text, address, length } of placed) expect(again.text(address, length) === text).toBe(true);
    expect(() => arena.add('', 2 ** 20 + 1)).toThrow(RangeError);
  });
});
