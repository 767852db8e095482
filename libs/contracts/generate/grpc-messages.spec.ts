import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expectGolden } from '@openclaw/contracts/testing';
import { renderMessages } from './grpc-messages';
import type { ProtoImage } from './proto-image';

const room = resolve(__dirname, '..');
const image = JSON.parse(readFileSync(resolve(room, 'golden/proto-image.json'), 'utf8')) as ProtoImage;

describe('generated message types', () => {
  it.each(['validator', 'issuer'])('of the %s package say what the proto files say', (name) => {
    const file = image.file.find((each) => each.package === `openclaw.${name}.v1`);
    expect(file).toBeDefined();
    if (file !== undefined) expectGolden(resolve(room, `src/grpc/${name}-v1.generated.ts`), renderMessages(file));
  });
});
