import { z } from 'zod';

/** Where clients reach what RFC 8414 describes; undefined: not told. */
export interface OAuthConfig {
  /** The issuer identifier, exactly as configured: clients compare it byte by byte. */
  readonly issuer: string | undefined;
  readonly introspectionEndpoint: string | undefined;
}

/** RFC 8414 section 2: a URL without query and fragment; plain http only for this machine. */
const publicUrl = z.string().refine(
  (text) => {
    if (!URL.canParse(text) || /[?#\s]/.test(text)) return false;
    const { protocol, hostname, username } = new URL(text);
    const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
    return username === '' && (protocol === 'https:' || (protocol === 'http:' && isLoopback));
  },
  { message: 'give an https address without query, such as https://openclaw.example.com' },
);

export const oauthVariables = {
  OPENCLAW_OAUTH_ISSUER: publicUrl.optional(),
  OPENCLAW_OAUTH_INTROSPECTION_ENDPOINT: publicUrl.optional(),
};

export const oauthConfigOf = (values: z.output<z.ZodObject<typeof oauthVariables>>): OAuthConfig => ({
  issuer: values.OPENCLAW_OAUTH_ISSUER,
  introspectionEndpoint: values.OPENCLAW_OAUTH_INTROSPECTION_ENDPOINT,
});
