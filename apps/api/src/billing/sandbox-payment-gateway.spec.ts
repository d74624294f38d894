import { PaymentGatewayTimeoutError } from './payment-gateway.js';
import { SandboxPaymentGateway } from './sandbox-payment-gateway.js';

const amount = { amount: 1250, currency: 'EUR' };

describe('The sandbox', () => {
  it.each([
    ['charges without a token', undefined, 'charged'],
    ['charges tok_ok', 'tok_ok', 'charged'],
    ['declines tok_declined', 'tok_declined', 'declined'],
    ['declines a token that it does not know', 'tok_stolen', 'declined'],
  ])('%s', async (_, token, outcome) => {
    const result = await charge(new SandboxPaymentGateway(), token);

    expect(result.outcome).toBe(outcome);
  });

  it('answers the same about one reference, whatever it is asked with', async () => {
    const gateway = new SandboxPaymentGateway();
    const first = await charge(gateway, 'tok_ok');

    expect(await charge(gateway, 'tok_declined')).toEqual(first);
  });

  it('never answers about tok_timeout, and has not charged it', async () => {
    const gateway = new SandboxPaymentGateway();

    await expect(charge(gateway, 'tok_timeout')).rejects.toThrow(PaymentGatewayTimeoutError);
    await expect(charge(gateway, 'tok_timeout')).rejects.toThrow(PaymentGatewayTimeoutError);
    expect(await gateway.cancel('p1')).toEqual({ outcome: 'cancelled' });
  });

  it('answers about tok_timeout_once when it is asked again', async () => {
    const gateway = new SandboxPaymentGateway();

    await expect(charge(gateway, 'tok_timeout_once')).rejects.toThrow(PaymentGatewayTimeoutError);
    expect((await charge(gateway, 'tok_timeout_once')).outcome).toBe('charged');
  });

  it('does not cancel what it charged', async () => {
    const gateway = new SandboxPaymentGateway();
    const charged = await charge(gateway);

    expect(await gateway.cancel('p1')).toEqual(charged);
  });

  it('never charges what it cancelled', async () => {
    const gateway = new SandboxPaymentGateway();
    await gateway.cancel('p1');

    expect((await charge(gateway)).outcome).toBe('declined');
  });
});

function charge(gateway: SandboxPaymentGateway, token?: string) {
  return gateway.charge({ reference: 'p1', amount, ...(token !== undefined && { token }) });
}
