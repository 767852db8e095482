// What a strict OAuth client makes of our endpoints. Usage: node oauth-client.mjs ISSUER NAME SERVICE_TOKEN CODE
import * as oauth from 'oauth4webapi';

const [issuer, name, serviceToken, code] = process.argv.slice(2);
const plain = { [oauth.allowInsecureRequests]: true };
const client = { client_id: name };

const discovered = await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...plain });
const server = await oauth.processDiscoveryResponse(new URL(issuer), discovered);

const bearer = (_server, _client, _body, headers) => headers.set('authorization', `Bearer ${serviceToken}`);
const introspect = async (authentication) => {
  const answer = await oauth.introspectionRequest(server, client, authentication, code, plain);
  return oauth.processIntrospectionResponse(server, client, answer);
};
const revoke = async (token) =>
  oauth.processRevocationResponse(await oauth.revocationRequest(server, client, oauth.None(), token, plain));

const before = await introspect(oauth.ClientSecretBasic(serviceToken));
const asBearer = await introspect(bearer);
const unauthenticated = await introspect(oauth.ClientSecretBasic('wrong')).catch((error) => ({
  status: error.status,
  scheme: error.cause[0].scheme,
}));
const repeated = [await revoke(code), await revoke(code), await revoke('ocpc_unknown')];
// Final with the answer, and applied by every validator within milliseconds, at the latest after the freshness bound.
let after = await introspect(bearer);
const giveUpMs = performance.now() + 10_000;
while (after.active && performance.now() < giveUpMs) after = await introspect(bearer);
console.log(JSON.stringify({ server, before, asBearer, unauthenticated, revoked: repeated.length, after }));
