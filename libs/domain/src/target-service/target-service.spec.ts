import {
  type ServiceOffer, type TargetServiceCommand, type TargetServiceEvent, offerFault, targetService,
} from '../index'; // prettier-ignore
import { NEW_YEAR, metaOf, specificationOf } from '../../testing';

const { given } = specificationOf(targetService);
const offer: ServiceOffer = { title: 'OpenAI', resources: ['gpt-5', 'gpt-5-mini'], actions: ['chat', 'list'] };
const register = (changes: object = {}, service = 'openai', id = 'register'): TargetServiceCommand => ({
  type: 'RegisterTargetService',
  meta: metaOf(id),
  service,
  offer: { ...offer, ...changes },
});
const change = (changes: Partial<ServiceOffer>, id = 'change'): TargetServiceCommand => ({
  type: 'ChangeTargetService',
  meta: metaOf(id),
  changes,
});
const retire = (id = 'retire'): TargetServiceCommand => ({ type: 'RetireTargetService', meta: metaOf(id) });

const happened = (id: string) => ({ service: 'openai', at: NEW_YEAR, command: metaOf(id).command });
const registered = (id = 'register'): TargetServiceEvent => ({
  type: 'TargetServiceRegistered',
  data: { ...happened(id), offer },
});
const retired: TargetServiceEvent = { type: 'TargetServiceRetired', data: happened('retire') };

describe('a service of the catalogue', () => {
  it('is registered, each name once', () =>
    given()
      .when(register({ actions: ['chat', 'list', 'chat'] }))
      .then(registered()));
  it('is registered once: a retry is nothing, another command is refused', () => {
    given(registered()).when(register()).thenNothing();
    given(registered())
      .when(register({}, 'openai', 'again'))
      .thenRejects('already-exists', 'service');
  });

  it.each([
    ['service', {}, 'open:ai'],
    ['service', {}, '*'],
    ['service', {}, ''],
    ['title', { title: '' }, 'openai'],
    ['title', { title: 'two\nlines' }, 'openai'],
    ['resources', { resources: [] }, 'openai'],
    ['resources', { resources: ['gpt-5', '*'] }, 'openai'],
    ['resources', { resources: Array.from({ length: 101 }, (_, i) => `m${i}`) }, 'openai'],
    ['actions', { actions: ['a:b'] }, 'openai'],
    ['actions', { actions: Array.from({ length: 21 }, (_, i) => `a${i}`) }, 'openai'],
  ])('refuses bad %s', (field, changes, service) => {
    given().when(register(changes, service)).thenRejects('invalid-value', field);
  });

  it('changes what is named, and says what was before', () => {
    const after = { ...offer, resources: ['gpt-6'] };
    given(registered())
      .when(change({ resources: ['gpt-6'] }))
      .then({ type: 'TargetServiceChanged', data: { ...happened('change'), before: offer, after } });
    given(registered())
      .when(change({ title: 'OpenAI' }))
      .thenNothing();
    given(registered())
      .when(change({ resources: [] }))
      .thenRejects('invalid-value', 'resources');
  });

  it('is retired, idempotently, and takes no change then', () => {
    given(registered()).when(retire()).then(retired);
    given(registered(), retired).when(retire('again')).thenNothing();
    given(registered(), retired)
      .when(change({ title: 'x' }))
      .thenRejects('wrong-state', 'service');
  });

  it('may come back: its name belongs to whoever runs the service', () =>
    given(registered(), retired)
      .when(register({}, 'openai', 'back'))
      .then(registered('back')));

  it.each([change({}), retire()].map((command) => [command.type, command] as const))(
    'must be there for %s',
    (_, one) => {
      given().when(one).thenRejects('not-found', 'service');
    },
  );
});

describe('a scope of a service', () => {
  const scope = (resource: string, action: string) => ({ service: 'openai', resource, action });
  const state = given(registered()).state;

  it.each([scope('gpt-5', 'chat'), scope('*', 'list'), scope('gpt-5', '*'), scope('*', '*')])('fits: %j', (its) =>
    expect(offerFault(state, its)).toBeUndefined(),
  );
  it('names nothing that is not offered', () => {
    expect(offerFault(state, scope('gpt-4', 'chat'))).toContain('resource');
    expect(offerFault(state, scope('gpt-5', 'delete'))).toContain('action');
    expect(offerFault(given().state, scope('*', '*'))).toContain('not in the catalogue');
    expect(offerFault(given(registered(), retired).state, scope('*', '*'))).toContain('retired');
  });
});
