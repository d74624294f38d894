import { useMutation, useQuery } from '@tanstack/preact-query';
import { useRoute } from 'preact-iso';
import { call } from '../api/call.js';
import { asFailure } from '../api/failure.js';
import { receipt as receiptQuery, order as orderQuery, account } from '../api/queries.js';
import { saveFile } from '../api/save-file.js';
import { Button } from '../parts/button.js';
import { Lamp } from '../parts/lamp.js';
import { LinesTable } from '../parts/lines-table.js';
import { Loaded } from '../parts/loaded.js';
import { Page } from '../parts/page.js';
import { Problem } from '../parts/problem.js';
import { Time } from '../parts/time.js';

const POLL_MS = 3_000;

export function ReceiptPage() {
  const { id = '' } = useRoute().params;
  const query = useQuery({
    ...receiptQuery(id),
    refetchInterval: ({ state: { data } }) =>
      data?.mailedAt === null && data.mailFailedAt === null && POLL_MS,
  });
  const order = useQuery(orderQuery(id)).data;
  const customer = useQuery(account).data;
  const saving = useMutation({
    mutationFn: (number: string) => saveFile(`/api/v1/orders/${id}/receipt.pdf`, `${number}.pdf`),
  });
  const mailing = useMutation({
    mutationFn: () => call('post', '/api/v1/orders/{id}/receipt/mails', { path: { id } }),
  });
  return (
    <Page title="Receipt" subject={query.data?.number}>
      <Loaded query={query} skeleton={6}>
        {({ number, lines, total, issuedAt, mailedAt, mailFailedAt }) => (
          <>
            <article class="card paper">
              <header>
                <strong>The shop</strong>
                <Lamp state="ok">Paid</Lamp>
              </header>
              <dl class="facts">
                <dt>Issued</dt>
                <dd>
                  <Time at={issuedAt} />
                </dd>
                <dt>Order</dt>
                <dd>
                  <a href={`/orders/${id}`}>{order?.number ?? 'the order'}</a>
                </dd>
                <dt>For</dt>
                <dd>
                  {customer && (
                    <>
                      {customer.profile.displayName}, {customer.email}
                    </>
                  )}
                </dd>
              </dl>
              <LinesTable lines={lines} total={total} />
              <p class="hint">Prices include tax.</p>
            </article>
            <p role="status">
              {mailFailedAt !== null && !mailing.isSuccess ? (
                <Lamp state="failed-aborted">It could not be e-mailed to you</Lamp>
              ) : mailedAt === null ? (
                <Lamp state="pending">The receipt is on its way to you by e-mail</Lamp>
              ) : (
                <Lamp state="ok">
                  E-mailed <Time at={mailedAt} />
                  {mailing.isSuccess && ', and once more just now'}
                </Lamp>
              )}
            </p>
            <Problem failure={saving.error ? asFailure(saving.error) : undefined} />
            <Problem failure={mailing.error ? asFailure(mailing.error) : undefined} />
            <p class="actions">
              <Button onClick={() => print()}>Print</Button>
              <Button
                kind="quiet"
                busy={saving.isPending && 'Fetching…'}
                onClick={() => saving.mutate(number)}
              >
                Save as PDF
              </Button>
              {(mailedAt !== null || mailFailedAt !== null) && (
                <Button
                  kind="quiet"
                  busy={mailing.isPending && 'Asking…'}
                  onClick={() => mailing.mutate()}
                >
                  Mail it again
                </Button>
              )}
              <a class="button quiet" href={`/orders/${id}`}>
                Back to the order
              </a>
            </p>
          </>
        )}
      </Loaded>
    </Page>
  );
}
