import { createServer } from 'node:http';
import { HeldCode, IssuerCodes, ValidatorClient, grantOf, guardRequests } from '@openclaw/sdk';
import { embedValidator, engineConfig } from '@openclaw/validator';

/** What the documents show: `test/house/snippets.spec.ts` holds them to it. */
export const connected = (address: string, token: string): ValidatorClient => {
  const validator = new ValidatorClient({ addresses: [address], token });
  return validator;
};

export const ask = async (validator: ValidatorClient, code: string): Promise<string> => {
  const answer = await validator.validate({
    code,
    scope: 'openai:gpt-4o:chat',
    sourceIp: '10.1.2.3',
    endpoint: 'POST /v1/chat/completions',
  });
  switch (answer.outcome) {
    case 'allowed':
      return `go on: ${answer.codeId}, ${answer.remaining.uses ?? 'any number of'} uses left`;
    case 'denied':
      return `the code is bad, or not for this: ${answer.reason}`;
    case 'cannot-know':
      return `nobody knows; try again in ${answer.retryAfterMs} ms`;
    case 'mistake':
      return `our own fault: ${answer.message}`;
  }
};

export const protectedServer = (validator: ValidatorClient) => {
  const guard = guardRequests(validator, {
    realm: 'ai',
    requires: ({ url }) => (url === '/health' ? undefined : 'openai:gpt-4o:chat'),
    onTrouble: (answer) => console.warn(answer.why),
  });

  return createServer((request, response) =>
    guard(request, response, () => {
      response.end(`used by ${grantOf(request)?.codeId ?? 'anybody'}`);
    }),
  );
};

export const callWithHeldCode = async (issuer: string, token: string, masterKeyId: string, service: string) => {
  const codes = new IssuerCodes({ issuer, token });
  const held = await HeldCode.open({
    renew: () =>
      codes.issue({ masterKeyId, label: 'nightly build', scopes: ['openai:gpt-4o:chat'], expiresInSeconds: 2 }),
    onTrouble: (error) => console.warn('renewal failed', error),
  });

  const send = () => fetch(service, { method: 'POST', headers: { authorization: `Bearer ${held.current()}` } });
  const call = async () => {
    const answer = await send();
    if (answer.status !== 401) return answer;
    await held.renewNow(); // revoked, or rotated by somebody else
    return send();
  };
  return { call, held };
};

export const embedded = async (env: NodeJS.ProcessEnv) => {
  const validator = await embedValidator(engineConfig(env));
  process.once('SIGTERM', () => void validator.close());
  return validator;
};
