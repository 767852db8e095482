import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expectGolden } from '@openclaw/contracts/testing';
import { renderCodecs } from './grpc-codecs';
import type { ProtoImage } from './proto-image';

const room = resolve(__dirname, '..');
const image = JSON.parse(readFileSync(resolve(room, 'golden/proto-image.json'), 'utf8')) as ProtoImage;

describe('generated readers and writers', () => {
  it('of the hot methods of the validator follow the proto files', () => {
    const file = image.file.find((each) => each.package === 'openclaw.validator.v1');
    expect(file).toBeDefined();
    if (file === undefined) return;
    const methods = ['Validate', 'ValidateBatch', 'ValidateStream'];
    const text = renderCodecs(image.file, file, {
      read: methods.map((name) => `${name}Request`),
      written: methods.map((name) => `${name}Response`),
    });
    expectGolden(resolve(room, 'src/grpc/validator-v1-codec.generated.ts'), text);
  });
});
