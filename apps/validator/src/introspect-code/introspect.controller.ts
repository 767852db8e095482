import { TLSSocket } from 'node:tls';
import { Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiError, type OAuthRequest, tokenForm } from '@openclaw/platform';
import { authenticateClient } from '../callers/client-credentials';
import type { KnownCallers } from '../callers/known-callers';
import { CALLERS, VALIDATE_CODE } from '../tokens';
import type { ValidateCode } from '../validate-code/validate-code';
import { introspectionView } from './introspection.view';

/**
 * `POST /oauth/introspect` (RFC 7662): is this code in force, and for what? A look that is no use: it takes no use of a
 * code, counts against no limit, keeps no session alive, and is not recorded.
 */
@Controller('oauth/introspect')
export class IntrospectController {
  constructor(
    @Inject(VALIDATE_CODE) private readonly validateCode: Pick<ValidateCode, 'inspect'>,
    @Inject(CALLERS) private readonly callers: KnownCallers,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async introspect(@Req() request: OAuthRequest & { readonly socket: unknown }): Promise<object> {
    const { headers, socket } = request;
    const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
    const caller = authenticateClient(this.callers, headers['authorization'], certificate?.subjectaltname);
    if (caller === undefined) throw new ApiError('openclaw.caller.unauthenticated');
    return introspectionView(await this.validateCode.inspect(tokenForm(request)));
  }
}
