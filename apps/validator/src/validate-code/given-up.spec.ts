import { CALLER, ValidatorFleet, message } from '../../testing/validator-fleet';

describe('a call that its caller gives up while it waits for a position', () => {
  it('takes no use and is not recorded when the position is reached', async () => {
    const fleet = await ValidatorFleet.open();
    try {
      const { api, usage, index } = await fleet.start('a');
      const { code } = await fleet.issuer.issue();
      const before = [...usage.lastSequence()];
      const { logId, position } = index.applied();
      expect(logId).not.toBe('');
      const ahead = fleet.issuer.token((position + 3) as typeof position);
      const given = [
        api.validate(message(code), ahead, CALLER, () => true),
        api.validateBatch([message(code)], ahead, CALLER, () => true),
      ];
      const refused = given.map((call) => expect(call).rejects.toMatchObject({ code: 'openclaw.request.cancelled' }));
      for (let i = 0; i < 4; i += 1) await fleet.issuer.issue();
      await Promise.all(refused);
      expect(usage.lastSequence()).toEqual(before);
    } finally {
      await fleet.close(fleet.issuer);
    }
  });
});
