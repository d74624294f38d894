import { startApplication, type RunningApplication } from './support/application.js';
import { EventStream } from './support/event-stream.js';

const ada = { email: 'Ada@example.test', password: 'correct horse battery staple' };

describe('The whole story', () => {
  let shop: RunningApplication;
  beforeAll(async () => {
    shop = await startApplication();
  });
  afterAll(() => shop.close());

  it('leads from the registration to the receipt', async () => {
    const { http } = shop;

    const registered = await http
      .post('/api/v1/accounts')
      .send({ ...ada, displayName: 'Ada' })
      .expect(201);
    expect(registered.body).toEqual({
      id: expect.any(String),
      email: ada.email,
      createdAt: expect.any(String),
      profile: { displayName: 'Ada', bio: '' },
    });

    const session = await http.post('/api/v1/sessions').send(ada).expect(201);
    const signedIn = { authorization: `Bearer ${session.body.accessToken}` };

    const catalogue = await http.get('/api/v1/products').expect(200);
    const [notebook, pen] = catalogue.body.items;
    const placed = await http
      .post('/api/v1/orders')
      .set(signedIn)
      .send({
        lines: [
          { productId: notebook.id, quantity: 2 },
          { productId: pen.id, quantity: 1 },
        ],
      })
      .expect(201);
    expect(placed.body).toMatchObject({
      status: 'pending',
      total: { amount: 7400, currency: 'EUR' },
    });

    const order = `/api/v1/orders/${placed.body.id}`;
    await http.get(`${order}/receipt`).set(signedIn).expect(404);
    await using events = await EventStream.open(
      `${await shop.app.getUrl()}${order}/events`,
      session.body.accessToken,
    );
    expect(await events.next()).toMatchObject({ type: 'state', data: { status: 'pending' } });

    const pay = () =>
      http.post(`${order}/pay`).set(signedIn).set('Idempotency-Key', 'my-key').expect(200);
    const paid = await pay();
    expect(paid.body).toEqual({ ...placed.body, status: 'paid', paidAt: expect.any(String) });
    expect((await pay()).body).toEqual(paid.body);

    expect(await events.next()).toMatchObject({ type: 'paid', data: { at: paid.body.paidAt } });
    expect(await events.next()).toMatchObject({ type: 'receipted' });
    const receipt = await http.get(`${order}/receipt`).set(signedIn).expect(200);
    expect(receipt.body).toMatchObject({
      number: expect.stringMatching(/^R-\d{4}-000001$/),
      orderId: placed.body.id,
      lines: placed.body.lines,
      total: placed.body.total,
      issuedAt: paid.body.paidAt,
    });

    expect(await events.next()).toMatchObject({ type: 'mailed' });

    const mails = await shop.mails();
    expect(mails.map(({ to, subject }) => ({ to, subject }))).toEqual([
      {
        to: [ada.email],
        subject: `Receipt ${receipt.body.number} for order ${placed.body.number}`,
      },
      { to: [ada.email], subject: 'Welcome' },
    ]);
  });
});
