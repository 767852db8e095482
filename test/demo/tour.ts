import { generateCode } from '@openclaw/contracts';
import { type Answer, ValidatorClient, rest } from './clients';
import type { System } from './system';

/** One step of the tour: what was done, what should be seen, what was seen. */
export interface Step {
  readonly what: string;
  readonly seen: string;
  readonly ok: boolean;
}

const REFUSED = 'DENIAL_REASON_';
const WITHIN_MS = 10_000;

/** The five-minute tour with real calls. Each step is reported as it happens; a failing step does not stop the rest. */
export class Tour {
  readonly steps: Step[] = [];
  readonly #issuer;
  readonly #audit;
  readonly #anomaly;
  readonly #client: ValidatorClient;
  readonly #stranger: ValidatorClient;
  #masterKeyId = '';

  constructor(
    system: System,
    private readonly report: (step: Step) => void,
  ) {
    this.#issuer = rest(system.issuer, system.operatorToken);
    this.#audit = rest(system.audit, system.operatorToken);
    this.#anomaly = rest(system.anomaly, system.operatorToken);
    this.#client = new ValidatorClient(system, system.auditorToken);
    this.#stranger = new ValidatorClient(system, system.serviceToken);
  }

  async run(): Promise<readonly Step[]> {
    try {
      await this.#masterKey();
      const main = await this.#issue('the main code', { ipAllowList: ['10.0.0.0/8'], owner: 'team-a', reason: 'tour' });
      await this.#uses(main);
      await this.#endings();
      await this.#changes(main);
      await this.#revocation(main);
      await this.#evidence(main);
      await this.#alert();
    } catch (error) {
      this.#note('the tour goes on', error instanceof Error ? error.message : String(error), false);
    } finally {
      this.#client.close();
      this.#stranger.close();
    }
    return this.steps;
  }

  async #masterKey(): Promise<void> {
    const answer = await this.#issuer('POST', '/v1/master-keys', {
      label: 'OpenAI production',
      provider: 'openai',
      secret: `sk-tour-${'x'.repeat(32)}`,
    });
    this.#masterKeyId = String(answer.body['masterKeyId']);
    const shown = JSON.stringify(answer.body).includes('sk-tour');
    this.#note(
      'register a master key; its value is not shown again',
      `${answer.status}, id ${this.#masterKeyId}`,
      answer.status === 201 && !shown,
    );
  }

  async #issue(what: string, settings: object): Promise<Issued> {
    const answer = await this.#issuer('POST', '/v1/codes', {
      masterKeyId: this.#masterKeyId,
      label: what,
      scopes: ['openai:gpt-4o:chat'],
      ...settings,
    });
    const code = String(answer.body['code']);
    this.#note(
      `issue ${what}`,
      `${answer.status}, ${code.slice(0, 9)}…`,
      answer.status === 201 && code.startsWith('ocpc_'),
    );
    return { code, codeId: String(answer.body['codeId']), position: String(answer.body['position']) };
  }

  async #uses({ code, position }: Issued): Promise<void> {
    await this.#expect('use it, right after it was issued (min_position)', { code, minPosition: position }, 'allow');
    await this.#expect('use it for another model', { code, scope: 'openai:gpt-5:chat' }, `${REFUSED}SCOPE_DENIED`);
    await this.#expect('use it from another network', { code, sourceIp: '203.0.113.9' }, `${REFUSED}IP_DENIED`);
    await this.#expect('mistype it', { code: `${code.slice(0, -1)}!` }, `${REFUSED}MALFORMED`);
    await this.#expect('guess one', { code: generateCode(), sourceIp: '198.51.100.1' }, `${REFUSED}UNKNOWN_CODE`);
    const said = await this.#stranger.validate({ code: generateCode(), sourceIp: '198.51.100.1' });
    this.#note('a stranger is told less', said.verdict, said.verdict === `${REFUSED}INVALID_CODE`);
  }

  async #endings(): Promise<void> {
    const short = await this.#issue('a code that lives one second', { expiresInSeconds: 1 });
    const verdict = await this.#until(
      async () => (await this.#client.validate({ code: short.code })).verdict,
      `${REFUSED}EXPIRED`,
    );
    this.#note('use it after its end', verdict, verdict === `${REFUSED}EXPIRED`);
    const once = await this.#issue('a single-use code', { usesMax: 1 });
    const race = await Promise.all(
      Array.from({ length: 8 }, () => this.#client.validate({ code: once.code, minPosition: once.position })),
    );
    const allowed = race.filter(({ verdict: one }) => one === 'allow').length;
    this.#note('race it eight times: one wins', `${allowed} allowed`, allowed === 1);
    await this.#expect('use it once more', { code: once.code }, `${REFUSED}ALREADY_USED`);
  }

  async #changes({ code, codeId }: Issued): Promise<void> {
    const { etag } = await this.#issuer('GET', `/v1/codes/${codeId}`);
    const narrowed = await this.#issuer(
      'PATCH',
      `/v1/codes/${codeId}`,
      { ipAllowList: ['10.1.0.0/16'], reason: 'only the office' },
      { 'if-match': etag ?? '' },
    );
    this.#note(
      'narrow its network',
      `${narrowed.status}, revision ${String(narrowed.body['revision'])}`,
      narrowed.status === 200,
    );
    const minPosition = String(narrowed.body['position']);
    await this.#expect(
      'use it from outside the new network',
      { code, sourceIp: '10.2.0.1', minPosition },
      `${REFUSED}IP_DENIED`,
    );
    const rotated = await this.#issuer('POST', `/v1/codes/${codeId}/rotate`, { graceSeconds: 60, reason: 'monthly' });
    const fresh = String(rotated.body['code']);
    const rotatedAt = String(rotated.body['position']);
    await this.#expect('rotate it: the new one works', { code: fresh, minPosition: rotatedAt }, 'allow');
    await this.#expect('and the old one, in its grace', { code }, 'allow');
    const suspended = await this.#issuer('POST', `/v1/codes/${codeId}/suspend`, { reason: 'looking into it' });
    await this.#expect(
      'suspend it',
      { code: fresh, minPosition: String(suspended.body['position']) },
      `${REFUSED}SUSPENDED`,
    );
    const resumed = await this.#issuer('POST', `/v1/codes/${codeId}/resume`, { reason: 'all well' });
    await this.#expect('resume it', { code: fresh, minPosition: String(resumed.body['position']) }, 'allow');
  }

  async #revocation({ code, codeId }: Issued): Promise<void> {
    const revoked = await this.#issuer('POST', `/v1/codes/${codeId}/revoke?wait=all`, { reason: 'leaked in a ticket' });
    const receipt = JSON.stringify(revoked.body['receipt']);
    this.#note(
      'revoke it, and wait for every validator',
      receipt,
      revoked.status === 200 && receipt.includes('"complete":true'),
    );
    const begun = performance.now();
    const verdict = await this.#until(async () => (await this.#client.validate({ code })).verdict, `${REFUSED}REVOKED`);
    this.#note(
      'use it',
      `${verdict} ${(performance.now() - begun).toFixed(1)} ms after the answer`,
      verdict === `${REFUSED}REVOKED`,
    );
    const other = await this.#issue('a second code', {});
    const disabled = await this.#issuer('POST', `/v1/master-keys/${this.#masterKeyId}/disable`, {
      reason: 'provider incident',
    });
    await this.#expect(
      'disable the master key under it',
      { code: other.code, minPosition: String(disabled.body['position']) },
      `${REFUSED}MASTER_KEY_UNAVAILABLE`,
    );
    await this.#issuer('POST', `/v1/master-keys/${this.#masterKeyId}/enable`, { reason: 'over' });
  }

  async #evidence({ codeId }: Issued): Promise<void> {
    const trail = await this.#eventually(
      () => this.#audit('GET', `/v1/trail?entity=${codeId}`),
      (text) => text.includes('revoked'),
    );
    const complete = ['bootstrap-admin', '127.0.0.1', 'leaked in a ticket', '10.0.0.0/8', '10.1.0.0/16'].every((fact) =>
      trail.includes(fact),
    );
    this.#note('read the trail: who, when, why, from where, old and new', `${trail.length} bytes`, complete);
    const usage = await this.#eventually(
      () => this.#audit('GET', `/v1/usage?code=${codeId}`),
      (text) => text.includes('ip_denied') && text.includes('suspended'),
    );
    this.#note(
      'read its usage: allowed and refused, with reasons',
      `${usage.length} bytes`,
      usage.includes('allowed') && usage.includes('scope_denied'),
    );
  }

  async #alert(): Promise<void> {
    const sourceIp = '198.51.100.77';
    for (let i = 0; i < 12; i += 1) await this.#client.validate({ code: generateCode(), sourceIp });
    const alerts = await this.#eventually(
      () => this.#anomaly('GET', '/v1/alerts'),
      (text) => text.includes(sourceIp),
    );
    const mine =
      (JSON.parse(alerts) as { alerts?: unknown[] }).alerts?.filter((one) =>
        JSON.stringify(one).includes(`source/${sourceIp}`),
      ) ?? [];
    this.#note('guess twelve codes from one address: one alert', `${mine.length} alert`, mine.length === 1);
  }

  async #expect(what: string, use: Parameters<ValidatorClient['validate']>[0], verdict: string): Promise<void> {
    const said = await this.#client.validate(use);
    this.#note(what, said.verdict, said.verdict === verdict);
  }

  async #eventually(ask: () => Promise<Answer>, enough: (text: string) => boolean): Promise<string> {
    let text = '';
    const end = performance.now() + WITHIN_MS;
    while (performance.now() < end) {
      text = JSON.stringify((await ask()).body);
      if (enough(text)) return text;
    }
    return text;
  }

  async #until(look: () => Promise<string>, wanted: string): Promise<string> {
    const end = performance.now() + WITHIN_MS;
    let seen = await look();
    while (seen !== wanted && performance.now() < end) seen = await look();
    return seen;
  }

  #note(what: string, seen: string, ok: boolean): void {
    const step = { what, seen, ok };
    this.steps.push(step);
    this.report(step);
  }
}

interface Issued {
  readonly code: string;
  readonly codeId: string;
  readonly position: string;
}
