import { addressOf, type Mail, type Summary } from '../api.js';
import { Note, useFetched } from '../parts/fetched.js';
import { clock } from '../parts/format.js';
import { Link } from '../parts/link.js';
import type { Place } from '../routes.js';

/** Mails that were caught instead of delivered, as people would see them. */
export function MailPage({ place, traces }: { place: Place; traces: readonly Summary[] }) {
  const { value } = useFetched<{ mails: readonly Mail[] }>('mails', traces[0]?.sequence);
  const mails = value?.mails ?? [];
  const chosen = Number(place.parts[1] ?? mails.length - 1);
  const mail = mails.at(-1 - chosen);
  if (value && mails.length === 0) {
    return (
      <main class="page" id="main">
        <Note title="No mail yet">
          <p>What the application sends appears here, instead of being delivered.</p>
        </Note>
      </main>
    );
  }
  return (
    <main class="timeline has-one mail" id="main">
      <div class="side">
        <h1>Mail</h1>
        <ol class="mails">
          {mails.map(({ subject, to, receivedAt }, index) => {
            const number = mails.length - 1 - index;
            return (
              <li key={number}>
                <Link
                  to={`mail/${number}`}
                  class="mail-row"
                  aria-current={number === chosen ? 'true' : undefined}
                >
                  <b>{subject}</b>
                  <span>{to.join(', ')}</span>
                  <time>{clock(receivedAt)}</time>
                </Link>
              </li>
            );
          })}
        </ol>
      </div>
      {mail && (
        <article class="detail">
          <h2>{mail.subject}</h2>
          <p class="soft">
            From {mail.from} to {mail.to.join(', ')}, {clock(mail.receivedAt)}
          </p>
          <iframe
            title={`The mail: ${mail.subject}`}
            sandbox=""
            src={addressOf(`api/mails/${chosen}/html`)}
          />
          <details>
            <summary>As plain text</summary>
            <pre tabIndex={0}>{mail.text}</pre>
          </details>
        </article>
      )}
    </main>
  );
}
