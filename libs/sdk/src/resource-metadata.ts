/** Where RFC 9728 section 3 puts the metadata of a service whose resource identifier has no path. */
export const RESOURCE_METADATA_PATH = '/.well-known/oauth-protected-resource';

export interface ProtectedResource {
  /** Address of the service as its clients know it, https, without query. */
  readonly resource: string;
  /** Issuer identifiers of the OpenClaw deployments whose codes it takes (`OPENCLAW_OAUTH_ISSUER`). */
  readonly authorizationServers: readonly string[];
  /** Name of the service, for people. */
  readonly name?: string;
}

/** The document to serve at `RESOURCE_METADATA_PATH`, for clients that want to know how to get in (RFC 9728 section 2). */
export const resourceMetadata = ({ resource, authorizationServers, name }: ProtectedResource): object => ({
  resource,
  authorization_servers: authorizationServers,
  bearer_methods_supported: ['header'],
  authorization_details_types_supported: ['openclaw_ai'],
  ...(name === undefined ? {} : { resource_name: name }),
});
