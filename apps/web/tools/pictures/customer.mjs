const LINES = [
  { productId: '019b7600-0000-7000-8000-000000000001', quantity: 2 },
  { productId: '019b7600-0000-7000-8000-000000000002', quantity: 1 },
];
const PERSON = { email: 'ada@example.test', password: 'correct horse battery staple' };

/**
 * Somebody registers, orders, pays in vain, and pays, each when the shop is calm again after what was done before;
 * tells the id of the trace of the payment.
 *
 * @param {string} shop
 * @param {() => Promise<void>} calm
 */
export async function payForSomething(shop, calm) {
  await call('/accounts', { ...PERSON, displayName: 'Ada' });
  const { accessToken } = await (await call('/sessions', PERSON)).json();
  const bearer = { authorization: `Bearer ${accessToken}` };
  const { id } = await (await call('/orders', { lines: LINES }, bearer)).json();
  await pay('tok_declined');
  const paid = await pay('tok_ok');
  return paid.headers.get('x-signals-trace') ?? '';

  /** @param {string} paymentToken */
  function pay(paymentToken) {
    const headers = { ...bearer, 'idempotency-key': crypto.randomUUID() };
    return call(`/orders/${id}/pay`, { paymentToken }, headers);
  }

  /** @param {string} path @param {object} body @param {Record<string, string>} [headers] */
  async function call(path, body, headers = {}) {
    const answer = await fetch(new URL(`/api/v1${path}`, shop), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    await calm();
    return answer;
  }
}
