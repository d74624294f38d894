import { once } from 'node:events';

const PRODUCT = '019b7600-0000-7000-8000-000000000001';

/** A customer of the application, who can also ask its process. */
export class ShopClient {
  #token = '';

  constructor(url, process) {
    this.url = url;
    this.process = process;
  }

  get authorization() {
    return `Bearer ${this.#token}`;
  }

  async ask(what) {
    this.process.send(what);
    const [{ answer }] = await once(this.process, 'message');
    return answer;
  }

  async register() {
    const credentials = { email: 'bench@example.test', password: 'correct horse battery staple' };
    await this.#post('/accounts', credentials);
    this.#token = (await this.#post('/sessions', credentials)).accessToken;
  }

  async place() {
    const { id } = await this.#post('/orders', { lines: [{ productId: PRODUCT, quantity: 1 }] });
    return id;
  }

  pay(order) {
    return this.#post(`/orders/${order}/pay`, undefined, { 'idempotency-key': order });
  }

  async #post(path, body, headers = {}) {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method: 'POST',
      headers: {
        ...headers,
        ...(body && { 'content-type': 'application/json' }),
        ...(this.#token && { authorization: `Bearer ${this.#token}` }),
      },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
