import { useMutation, useQueryClient } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import { call } from '../api/call.js';
import { asFailure, type Failure } from '../api/failure.js';
import { order as orderQuery, type Order } from '../api/queries.js';
import {
  decideToPay,
  forgetIntent,
  hasEnded,
  intentFor,
  type PaymentIntent,
} from './payment-intent.js';

const AGAIN_MS = 3_000;

export interface Payment {
  /** `checking`: it was sent, and its answer is not known yet. */
  readonly state: 'ready' | 'paying' | 'checking';
  readonly failure: Failure | undefined;
  readonly pay: (paymentToken: string) => void;
  /** Stops asking about a payment that gets no answer. */
  readonly giveUp: () => void;
}

/** Pays an order once, whatever is clicked, reloaded or lost in between. */
export function usePayment({ id, status }: Order): Payment {
  const queries = useQueryClient();
  const [intent, setIntent] = useState(() => intentFor(id));
  const [resumed, setResumed] = useState(intent !== undefined);
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: ({ key, paymentToken }: PaymentIntent) =>
      call('post', '/api/v1/orders/{id}/pay', {
        path: { id },
        header: { 'Idempotency-Key': key },
        body: { paymentToken },
      }),
    onSuccess: (paid) => {
      queries.setQueryData(orderQuery(id).queryKey, paid);
      void queries.invalidateQueries({ queryKey: ['orders'] });
      end();
    },
    onError: (reason) => {
      if (!hasEnded(asFailure(reason))) return;
      void queries.invalidateQueries({ queryKey: orderQuery(id).queryKey });
      end();
    },
  });
  const end = () => {
    forgetIntent(id);
    setIntent(undefined);
    setResumed(false);
  };

  useEffect(() => {
    if (!intent || isPending) return;
    if (status === 'paid') return end();
    const timer = setTimeout(() => mutate(intent), error ? AGAIN_MS : 0);
    return () => clearTimeout(timer);
  }, [intent, isPending, error, status]);

  const failure = error ? asFailure(error) : undefined;
  return {
    state: !intent ? 'ready' : error || resumed ? 'checking' : 'paying',
    failure,
    pay: (paymentToken) => {
      if (!intentFor(id)) setIntent(decideToPay(id, paymentToken));
    },
    giveUp: () => {
      end();
      reset();
    },
  };
}
