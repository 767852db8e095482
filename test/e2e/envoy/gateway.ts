/** How one listener of the gateway asks the validator. */
export interface GatewayListener {
  readonly name: string;
  /** `host:port` of the validator's gRPC port. */
  readonly validator: string;
  readonly serviceToken: string;
  /** Of the ext_authz filter. */
  readonly filter?: object;
  /** By path prefix: the `context_extensions` of the route. */
  readonly routes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const ANY_PORT = { socket_address: { address: '127.0.0.1', port_value: 0 } };
const HTTP_PROTOCOL = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const type = (name: string): string => `type.googleapis.com/${name}`;

/** `static_resources` of an Envoy in front of a service, as docs/how-to/envoy.md explains them. */
export const gateway = (service: string, listeners: readonly GatewayListener[]): object => ({
  listeners: listeners.map(listenerOf),
  clusters: [
    clusterOf('service', service),
    ...listeners.map(({ name, validator }) => ({
      ...clusterOf(`validator-of-${name}`, validator),
      typed_extension_protocol_options: {
        [HTTP_PROTOCOL]: { '@type': type(HTTP_PROTOCOL), explicit_http_config: { http2_protocol_options: {} } },
      },
    })),
  ],
});

const listenerOf = ({ name, serviceToken, filter, routes }: GatewayListener): object => ({
  name,
  address: ANY_PORT,
  filter_chains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: {
            '@type': type('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
            stat_prefix: name,
            route_config: {
              virtual_hosts: [{ name: 'all', domains: ['*'], routes: Object.entries(routes).map(routeOf) }],
            },
            http_filters: [
              {
                name: 'envoy.filters.http.ext_authz',
                typed_config: {
                  '@type': type('envoy.extensions.filters.http.ext_authz.v3.ExtAuthz'),
                  transport_api_version: 'V3',
                  grpc_service: {
                    envoy_grpc: { cluster_name: `validator-of-${name}` },
                    timeout: '2s',
                    initial_metadata: [{ key: 'authorization', value: `Bearer ${serviceToken}` }],
                  },
                  ...filter,
                },
              },
              {
                name: 'envoy.filters.http.router',
                typed_config: { '@type': type('envoy.extensions.filters.http.router.v3.Router') },
              },
            ],
          },
        },
      ],
    },
  ],
});

const routeOf = ([prefix, contextExtensions]: readonly [string, Readonly<Record<string, string>>]): object => ({
  match: { prefix },
  route: { cluster: 'service' },
  typed_per_filter_config: {
    'envoy.filters.http.ext_authz': {
      '@type': type('envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute'),
      check_settings: { context_extensions: contextExtensions },
    },
  },
});

const clusterOf = (name: string, address: string): object => {
  const { hostname, port } = new URL(`http://${address}`);
  const endpoint = { address: { socket_address: { address: hostname, port_value: Number(port) } } };
  return {
    name,
    connect_timeout: '1s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  };
};
