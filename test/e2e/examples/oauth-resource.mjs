// What a strict OAuth client makes of a service that takes codes. Usage: node oauth-resource.mjs RESOURCE CODE
import * as oauth from 'oauth4webapi';

const [resource, code] = process.argv.slice(2);
const plain = { [oauth.allowInsecureRequests]: true };
const url = new URL(resource);

const described = await oauth.processResourceDiscoveryResponse(url, await oauth.resourceDiscoveryRequest(url, plain));
const call = async (token, path) => {
  const answer = await oauth
    .protectedResourceRequest(token, 'POST', new URL(path, url), undefined, null, plain)
    .catch((error) => {
      if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
      return { status: error.status, challenges: error.cause };
    });
  return { status: answer.status, challenges: answer.challenges ?? [] };
};
console.log(
  JSON.stringify({
    described,
    allowed: await call(code, '/v1/chat/completions'),
    invalid: await call(`${code.slice(0, -6)}AAAAAA`, '/v1/chat/completions'),
    insufficient: await call(code, '/v1/embeddings'),
  }),
);
