import type { SeededRandom } from '../seeded-random';
import type { Asked, Issued } from './plain-oracle';

const ADDRESSES = [
  '10.1.2.3', '10.255.255.255', '11.0.0.1', '192.0.2.7', '192.0.3.7', '2001:db8::1', '2001:db8:ffff::1', '2001:db9::1',
  '::ffff:10.1.2.3', '::ffff:a01:203', '0:0:0:0:0:ffff:0a01:0203', '::10.1.2.3', '::ffff:0:10.1.2.3', 'fe80::1%eth0',
  '10.1.2.3%eth0', '010.1.2.3', '012.1.2.3', '0x0a.1.2.3', '10.1.515', '167837955', '10.1.2.3.4', '10.1.2', '', ' ',
  '10.1.2.3 ', '10.1.2.3/8', '[2001:db8::1]', '10.1.2.3:80', '1::2::3', '2001:DB8::1', '2001:db8:0:0:0:0:0:0:1', '::',
  '0.0.0.0', '255.255.255.255', 'localhost', '__proto__', 'constructor', '10.1.2.3\u0000', '１０.1.2.3', 'x'.repeat(5000),
] as const; // prettier-ignore

const PARTS = [
  'openai', 'gpt-4o', 'chat', 'OpenAI', 'gpt-4o-mini', 'train', '*', '**', '.*', 'ch?t', 'chat ', ' chat', 'chat\u0000',
  'chat:train', '', '../chat', 'a/../chat', '%2e%2e/chat', 'chat%00', '__proto__', 'constructor', 'toString', 'hasOwnProperty',
  '\ud800', '\u202echat', 'ｃｈａｔ', 'cha\u0301t', 'a'.repeat(128), 'a'.repeat(129), 'x'.repeat(5000), '[object Object]',
] as const; // prettier-ignore

type Twist = (code: string) => string;
const asItIs: Twist = (code) => code;

/** What a real code is turned into. */
const TWISTS: readonly [Twist, ...Twist[]] = [
  asItIs, (code) => `${code} `, (code) => ` ${code}`, (code) => `${code}\u0000`, (code) => code.toUpperCase(),
  (code) => code.slice(0, -1), (code) => `${code}0`, (code) => code.replace('ocpc_', 'OCPC_'), () => '', () => '__proto__',
  (code) => `Bearer ${code}`, () => 'ocpc_', () => `ocpc_${'a'.repeat(1_000_000)}`, (code) => `${code}\n${code}`,
  (code) => code.split('').toReversed().join(''), (code) => code.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
]; // prettier-ignore

/** One request; most of what it is made of is right, so that every check is reached. */
export const hostileUse = (random: SeededRandom, issued: readonly [Issued, ...Issued[]]): Asked => {
  const { code, scopes } = random.pick(issued);
  const right = random.next() < 0.7 ? (scopes[0] ?? '').split(':') : [];
  const part = (index: number): string => {
    const own = right[index];
    if (own === undefined || random.next() < 0.15) return random.pick(PARTS);
    return own === '*' ? 'anything' : own;
  };
  const twist = random.next() < 0.7 ? asItIs : random.pick(TWISTS);
  return { code: twist(code), service: part(0), resource: part(1), action: part(2), sourceIp: random.pick(ADDRESSES) };
};
