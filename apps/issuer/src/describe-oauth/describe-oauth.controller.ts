import { Controller, Get, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiError, Public } from '@openclaw/platform';
import { OAUTH } from '../tokens';
import type { OAuthConfig } from './oauth.config';

const WELL_KNOWN = '/.well-known/oauth-authorization-server';

/**
 * RFC 8414 metadata, at the well-known address of the configured issuer identifier (section 3: a path of the issuer
 * follows the well-known part). Without an issuer identifier there is none: a guessed one would not be the one that
 * clients compare with.
 */
@Public()
@Controller()
export class DescribeOAuthController {
  constructor(@Inject(OAUTH) private readonly oauth: OAuthConfig) {}

  @Get([WELL_KNOWN, `${WELL_KNOWN}/*path`])
  @Header('Cache-Control', 'max-age=300')
  metadata(@Req() { path }: { readonly path: string }): object {
    const { issuer, introspectionEndpoint } = this.oauth;
    if (issuer === undefined || path !== wellKnownOf(issuer)) throw new ApiError('openclaw.request.route-unknown');
    const base = issuer.replace(/\/$/, '');
    return {
      issuer,
      // No grant is supported: each of these is required, or would default to one.
      token_endpoint: `${base}/oauth/token`,
      response_types_supported: [],
      grant_types_supported: [],
      token_endpoint_auth_methods_supported: [],
      authorization_details_types_supported: ['openclaw_ai'],
      revocation_endpoint: `${base}/oauth/revoke`,
      revocation_endpoint_auth_methods_supported: ['none'],
      ...(introspectionEndpoint === undefined
        ? {}
        : {
            introspection_endpoint: introspectionEndpoint,
            introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'Bearer'],
          }),
    };
  }

  /** Codes are issued by `POST /v1/codes`. Here, as RFC 8414 wants a token endpoint, every grant is answered as unknown. */
  @Post('oauth/token')
  @HttpCode(400)
  @Header('Cache-Control', 'no-store')
  token(): object {
    return { error: 'unsupported_grant_type', error_description: 'no OAuth grant issues codes' };
  }
}

const wellKnownOf = (issuer: string): string => WELL_KNOWN + new URL(issuer).pathname.replace(/\/$/, '');
