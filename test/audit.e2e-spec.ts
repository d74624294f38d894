import { Signals } from 'nestjs-signals';
import { postSave } from 'nestjs-signals/typeorm';
import { User } from '../apps/api/src/accounts/index.js';
import { AuditEntry } from '../apps/api/src/audit/index.js';
import { startApplication, type RunningApplication } from './support/application.js';

const ADA = { email: 'ada@example.test', password: 'correct horse battery staple' };

let shop: RunningApplication;
let id: string;
let authorization: string;
beforeAll(async () => {
  shop = await startApplication();
  const registered = await shop.http.post('/api/v1/accounts').send(ADA).expect(201);
  const signedIn = await shop.http.post('/api/v1/sessions').send(ADA).expect(201);
  id = registered.body.id;
  authorization = `Bearer ${signedIn.body.accessToken}`;
});
afterAll(() => shop.close());

const entriesOf = (entity: string, entityId: string) =>
  shop.dataSource.manager.find(AuditEntry, { where: { entity, entityId }, order: { id: 'ASC' } });

describe('The audit log', () => {
  it('tells what was created, and that nobody was signed in', async () => {
    expect(await entriesOf('User', id)).toMatchObject([
      {
        action: 'created',
        actorId: null,
        changes: {
          email: { old: null, new: ADA.email },
          role: { old: null, new: 'customer' },
        },
      },
    ]);
  });

  it('tells what was changed, from what to what, and by whom', async () => {
    await shop.http
      .patch('/api/v1/me/profile')
      .set({ authorization })
      .send({ bio: 'Countess' })
      .expect(200);

    expect((await entriesOf('Profile', id)).at(-1)).toMatchObject({
      action: 'updated',
      actorId: id,
      changes: { bio: { old: '', new: 'Countess' } },
    });
  });

  it('tells nothing of a save that changed nothing', async () => {
    const before = await entriesOf('Profile', id);

    await shop.http.patch('/api/v1/me/profile').set({ authorization }).send({}).expect(200);

    expect(await entriesOf('Profile', id)).toHaveLength(before.length);
  });

  it('tells what was deleted', async () => {
    const { body } = await shop.http
      .post('/api/v1/accounts')
      .send({ ...ADA, email: 'leaving@example.test' })
      .expect(201);
    const user = await shop.dataSource.manager.findOneByOrFail(User, { id: body.id });

    await shop.dataSource.manager.remove(user);

    expect((await entriesOf('User', body.id)).at(-1)).toMatchObject({
      action: 'deleted',
      changes: {
        email: { old: 'leaving@example.test', new: null },
        role: { old: 'customer', new: null },
      },
    });
  });

  it('never records a secret', async () => {
    const recorded = JSON.stringify(await shop.dataSource.manager.find(AuditEntry));

    expect(recorded).not.toContain('argon2');
    expect(recorded).not.toContain('passwordHash');
    expect(recorded).not.toContain('refresh');
  });

  it('tells nothing of what was rolled back', async () => {
    const fail = () => {
      throw new Error('no');
    };
    using _ = shop.app
      .get(Signals)
      .connect(postSave, fail, { sender: User, order: 1_000, dispatchUid: 'test.fail' });

    await shop.http
      .post('/api/v1/accounts')
      .send({ ...ADA, email: 'undone@example.test' })
      .expect(500);

    const recorded = JSON.stringify(await shop.dataSource.manager.find(AuditEntry));
    expect(recorded).not.toContain('undone@example.test');
  });

  it('undoes what it cannot record', async () => {
    await shop.dataSource.query('ALTER TABLE audit_entries RENAME TO audit_entries_lost');

    await shop.http
      .post('/api/v1/accounts')
      .send({ ...ADA, email: 'unrecorded@example.test' })
      .expect(500);

    await shop.dataSource.query('ALTER TABLE audit_entries_lost RENAME TO audit_entries');
    const user = await shop.dataSource.manager.findOneBy(User, {
      email: 'unrecorded@example.test',
    });
    expect(user).toBeNull();
  });
});
