import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expectGolden } from '@openclaw/contracts/testing';
import { renderMessages } from './grpc-messages';
import type { ProtoFile, ProtoImage } from './proto-image';

const room = resolve(__dirname, '..');
const image = JSON.parse(readFileSync(resolve(room, 'golden/proto-image.json'), 'utf8')) as ProtoImage;

/** All files of a package as one, because they are one namespace. */
const packageFile = (name: string): ProtoFile => {
  const files = image.file.filter((each) => each.package === `openclaw.${name}.v1`);
  const [only] = files;
  return {
    package: `openclaw.${name}.v1`,
    name: files.length === 1 && only !== undefined ? only.name : `openclaw/${name}/v1/*.proto`,
    messageType: files.flatMap(({ messageType }) => messageType ?? []),
    enumType: files.flatMap(({ enumType }) => enumType ?? []),
  };
};

describe('generated message types', () => {
  it.each(['validator', 'issuer'])('of the %s package say what the proto files say', (name) => {
    const file = packageFile(name);
    expect(file.messageType).not.toEqual([]);
    expectGolden(resolve(room, `src/grpc/${name}-v1.generated.ts`), renderMessages(file));
  });
});
