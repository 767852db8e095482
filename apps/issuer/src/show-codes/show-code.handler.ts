import { Inject, Injectable } from '@nestjs/common';
import type { PairingCode, PairingCodeEvent } from '@openclaw/domain';
import { AggregateRepository } from '@openclaw/platform';
import { CODES } from '../tokens';
import { type CodeView, codeView } from './code.view';

/** Shows one code. */
@Injectable()
export class ShowCodeHandler {
  constructor(@Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>) {}

  async show(codeId: string): Promise<CodeView> {
    return codeView(await this.codes.load(codeId));
  }
}
