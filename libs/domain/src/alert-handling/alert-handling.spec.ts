import { NEW_YEAR, metaOf, specificationOf } from '../../testing';
import { type AlertHandlingCommand, type AlertHandlingEvent, alertHandling } from '../index';

const { given } = specificationOf(alertHandling);
const acknowledge = (by = 'ann', id = `ack ${by}`): AlertHandlingCommand => ({
  type: 'AcknowledgeAlert', meta: metaOf(id), alertUid: 'a-1', by,
}); // prettier-ignore
const close = (by = 'ann', id = `close ${by}`): AlertHandlingCommand => ({
  type: 'CloseAlert', meta: metaOf(id), alertUid: 'a-1', by, resolution: 'benign',
}); // prettier-ignore
const told = (by: string, id: string) => ({ at: NEW_YEAR, command: metaOf(id).command, alertUid: 'a-1', by });
const acknowledged: AlertHandlingEvent = { type: 'AlertAcknowledged', data: told('ann', 'ack ann') };
const closed: AlertHandlingEvent = { type: 'AlertClosed', data: { ...told('ann', 'close ann'), resolution: 'benign' } };

describe('handling an alert', () => {
  it('is acknowledged by the first who does, and by nobody else', () => {
    given().when(acknowledge()).then(acknowledged);
    given(acknowledged).when(acknowledge()).thenNothing();
    given(acknowledged).when(acknowledge('ann', 'again')).thenNothing();
    given(acknowledged).when(acknowledge('bob')).thenRejects('wrong-state', 'alertUid');
  });

  it('is closed, acknowledged or not, with what came of it', () => {
    given().when(close()).then(closed);
    given(acknowledged).when(close()).then(closed);
  });

  it('stays closed: a retry is nothing, everything else is refused', () => {
    given(closed).when(close()).thenNothing();
    given(closed).when(close('bob')).thenRejects('already-ended', 'alertUid');
    given(closed).when(acknowledge('bob')).thenRejects('already-ended', 'alertUid');
    expect(given(closed, acknowledged).state.status).toBe('closed');
  });
});
