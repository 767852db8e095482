/**
 * RFC 7541 appendix B. The code is canonical (codes of one length ascend with their symbols, shorter codes come first),
 * so that the lengths say everything: symbol 0, 1, 2... and the end of string, 'A' = 5 bits, 'B' = 6 bits and so on.
 */
const LENGTHS =
  'ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHFIBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJ' +
  'IXPRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRSVVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWVZ';

const END_OF_STRING = 256;
const PADDING_BITS_MAX = 7;

interface Code {
  readonly symbol: number;
  readonly length: number;
  readonly bits: number;
}

const codes = (): readonly Code[] => {
  const lengths = Array.from(LENGTHS, (letter, symbol) => ({ symbol, length: letter.charCodeAt(0) - 60 }));
  let bits = 0;
  let before = 0;
  return lengths
    .toSorted((a, b) => a.length - b.length || a.symbol - b.symbol)
    .map(({ symbol, length }) => {
      bits *= 2 ** (length - before);
      before = length;
      return { symbol, length, bits: bits++ };
    });
};

const DEAD = -1;

/** Inner node * 16 + half byte -> the next inner node, and the symbol (if any) that the half byte completes. */
const NEXT: number[] = [];
const SYMBOL: number[] = [];
/** Whether a string may end there: at most seven bits of padding, all ones. */
const MAY_END: boolean[] = [];

interface Node {
  readonly id: number;
  readonly children: (Node | number | undefined)[];
}

const tree = (): readonly Node[] => {
  const nodes: Node[] = [];
  const grow = (): Node => {
    const node: Node = { id: nodes.length, children: [] };
    nodes.push(node);
    return node;
  };
  const root = grow();
  for (const { symbol, length, bits } of codes()) {
    let node = root;
    for (let left = length - 1; left > 0; left -= 1) {
      const bit = Math.floor(bits / 2 ** left) % 2;
      const child = node.children[bit];
      const next = typeof child === 'object' ? child : grow();
      node.children[bit] = next;
      node = next;
    }
    node.children[bits % 2] = symbol;
  }
  return nodes;
};

/** Where half a byte leads from a node, and the symbol that it completes on the way: at most one, codes have 5 bits. */
const walk = (from: Node, root: Node, half: number): { readonly to: number; readonly symbol: number } => {
  let at = from;
  let symbol = DEAD;
  for (let left = 3; left >= 0; left -= 1) {
    const child = at.children[(half >> left) & 1];
    if (child === undefined || child === END_OF_STRING) return { to: DEAD, symbol };
    if (typeof child === 'number') symbol = child;
    at = typeof child === 'number' ? root : child;
  }
  return { to: at.id, symbol };
};

const fill = (nodes: readonly Node[]): void => {
  const [root] = nodes;
  if (root === undefined) return;
  for (const node of nodes) {
    for (let half = 0; half < 16; half += 1) {
      const { to, symbol } = walk(node, root, half);
      NEXT.push(to);
      SYMBOL.push(symbol);
    }
    MAY_END.push(false);
  }
  let at = root;
  for (let ones = 0; ones <= PADDING_BITS_MAX; ones += 1) {
    MAY_END[at.id] = true;
    const child = at.children[1];
    if (typeof child !== 'object') break;
    at = child;
  }
};
fill(tree());

/** Decoded bytes, as many as they may ever be: the longest header block of a connection, at 5 bits a symbol. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Decodes `from[start..end)` to text, a character a byte. Undefined when it is not valid: a symbol beyond the end of
 * string, padding of more than seven bits or not of ones (RFC 7541 section 5.2), or longer than 64 KiB.
 */
export const decodeHuffman = (from: Buffer, start: number, end: number): string | undefined => {
  if ((end - start) * 8 > scratch.length * 5) return undefined;
  let node = 0;
  let length = 0;
  for (let at = start * 2; at < end * 2 && node !== DEAD; at += 1) {
    const byte = from[at >> 1] ?? 0;
    const step = node * 16 + (at % 2 === 0 ? byte >> 4 : byte & 15);
    const symbol = SYMBOL[step] ?? DEAD;
    node = NEXT[step] ?? DEAD;
    if (symbol !== DEAD) scratch[length++] = symbol;
  }
  return MAY_END[node] === true ? scratch.toString('latin1', 0, length) : undefined;
};
