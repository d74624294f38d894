import { describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  InvalidSignalNameError,
  ReceiverDeclarationError,
  Signals,
} from 'nestjs-signals/core';
import { defineLifecycleSignal, nameOfSender } from 'nestjs-signals/integration';

describe('A signal', () => {
  it('is a frozen value with a name and a description', () => {
    const paid = defineSignal<{ total: number }>('orders.paid', { description: 'Paid.' });

    expect(paid).toEqual({ name: 'orders.paid', description: 'Paid.', category: 'domain' });
    expect(Object.isFrozen(paid)).toBe(true);
  });

  it('of a framework integration is told apart from those of the business', () => {
    expect(defineLifecycleSignal('model.saved').category).toBe('lifecycle');
  });

  it.each(['', ' ', 'orders paid', 'orders.paid\n'])('cannot be named %j', (name) => {
    expect(() => defineSignal(name)).toThrow(InvalidSignalNameError);
    expect(() => defineLifecycleSignal(name)).toThrow(/needs a name without white space/);
  });

  it('is the same as another one only when it is the same object', async () => {
    const [one, other] = [defineSignal<object>('twin'), defineSignal<object>('twin')];
    const signals = new Signals();
    signals.connect(one, () => 'heard');

    expect(await signals.send(other, {})).toEqual([]);
    expect(await signals.send(one, {})).toHaveLength(1);
  });

  it('does not share its name with another one in one application', () => {
    const signals = new Signals();
    signals.connect(defineSignal('twin'), () => {});

    const second = () => signals.connect(defineSignal('twin'), () => {});

    expect(second).toThrow(ReceiverDeclarationError);
    expect(second).toThrow("Two different signals are named 'twin'");
    expect(() => new Signals().connect(defineSignal('twin'), () => {})).not.toThrow();
  });
});

describe('A sender', () => {
  it('is called by the name of its class, or by its text', () => {
    class Order {}

    expect(nameOfSender(Order)).toBe('Order');
    expect(nameOfSender('nightly import')).toBe('nightly import');
    expect(nameOfSender(null)).toBe('any sender');
  });

  it('is called something also when its class has lost its name', () => {
    const renamed = Object.defineProperty(class {}, 'name', { value: Symbol('no text') });

    expect(nameOfSender(class {})).toBe('a nameless class');
    expect(nameOfSender(renamed)).toBe('a nameless class');
  });
});
