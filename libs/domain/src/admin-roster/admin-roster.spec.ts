import { type AdminRosterCommand, type AdminRosterEvent, adminRoster } from '../index';
import { NEW_YEAR, metaOf, specificationOf } from '../../testing';

const { given } = specificationOf(adminRoster);
const enrol = (operatorId: string, since: number, id = `enrol ${operatorId}`): AdminRosterCommand => ({
  type: 'EnrolAdmin',
  meta: metaOf(id),
  operatorId,
  since,
});
const withdraw = (operatorId: string, upTo: number | null, id = `withdraw ${operatorId}`): AdminRosterCommand => ({
  type: 'WithdrawAdmin',
  meta: metaOf(id),
  operatorId,
  upTo,
});
const happened = (operatorId: string, id: string) => ({ operatorId, at: NEW_YEAR, command: metaOf(id).command });
const enrolled = (operatorId: string, since: number): AdminRosterEvent => ({
  type: 'AdminEnrolled',
  data: { ...happened(operatorId, `enrol ${operatorId}`), since },
});
const withdrawn = (operatorId: string, upTo: number | null): AdminRosterEvent => ({
  type: 'AdminWithdrawn',
  data: { ...happened(operatorId, `withdraw ${operatorId}`), upTo },
});
const two = [enrolled('ada', 1), enrolled('bob', 1)];

describe('the roster of admins', () => {
  it('enrols an admin, once', () => {
    given().when(enrol('ada', 1)).then(enrolled('ada', 1));
    given(enrolled('ada', 1))
      .when(enrol('ada', 3, 'again'))
      .thenNothing();
  });

  it('withdraws one of two, never the last', () => {
    given(...two)
      .when(withdraw('ada', 1))
      .then(withdrawn('ada', 1));
    given(...two, withdrawn('ada', 1))
      .when(withdraw('bob', null))
      .thenRejects('wrong-state', 'operatorId');
    given(enrolled('ada', 1)).when(withdraw('ada', null)).thenRejects('wrong-state', 'operatorId');
    given().when(withdraw('ada', 1)).thenRejects('wrong-state', 'operatorId');
  });

  it('takes no enrolment that was on its way while the operator was withdrawn', () => {
    const state = given(...two, withdrawn('ada', 4));
    state.when(enrol('ada', 4, 'late')).thenNothing();
    state.when(enrol('ada', 5, 'since')).then({
      type: 'AdminEnrolled',
      data: { ...happened('ada', 'since'), since: 5 },
    });
  });

  it('never enrols anybody again who was withdrawn for good', () =>
    given(...two, withdrawn('ada', null))
      .when(enrol('ada', 99, 'late'))
      .thenNothing());

  it('takes no withdrawal that has not seen the enrolment: it would lower the bar for late ones', () => {
    const since: AdminRosterEvent = { type: 'AdminEnrolled', data: { ...happened('ada', 'since'), since: 7 } };
    const state = given(...two, withdrawn('ada', 6), since);
    state.when(withdraw('ada', 4, 'stale')).thenNothing();
    state.when(withdraw('ada', 7, 'seen')).then({
      type: 'AdminWithdrawn',
      data: { ...happened('ada', 'seen'), upTo: 7 },
    });
  });

  it('remembers the withdrawal of somebody who was not on it, too: an enrolment may be on its way', () =>
    given(enrolled('bob', 1)).when(withdraw('ada', null)).then(withdrawn('ada', null)));

  it.each(['__proto__', 'constructor', 'toString'])('knows nobody called %s', (name) => {
    given(enrolled('ada', 1)).when(enrol(name, 1)).then(enrolled(name, 1));
    given(enrolled(name, 1)).when(withdraw('ada', null)).then(withdrawn('ada', null));
  });
});
