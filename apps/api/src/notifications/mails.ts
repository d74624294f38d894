import type { PasswordChanged } from '../accounts/index.js';
import type { ReceiptIssued } from '../billing/index.js';
import { formatMoney } from '../platform/index.js';
import { html, type Html } from './html.js';
import type { Mail } from './mailer.js';

export function welcomeMail(user: { readonly email: string }): Mail {
  return {
    to: user.email,
    subject: 'Welcome',
    text: `Welcome!

Your account ${user.email} is ready: sign in with this address and order what you like.

If you did not register, somebody mistyped an address; you need not do anything.
`,
    html: page(
      'Welcome!',
      html`<p>
          Your account <strong>${user.email}</strong> is ready: sign in with this address and order
          what you like.
        </p>
        <p>If you did not register, somebody mistyped an address; you need not do anything.</p>`,
    ),
  };
}

export function passwordChangedMail({ email, changedAt }: PasswordChanged): Mail {
  const when = `${changedAt.slice(0, 10)} at ${changedAt.slice(11, 16)} UTC`;
  return {
    to: email,
    subject: 'Your password was changed',
    text: `The password of your account ${email} was changed on ${when}.

Whoever was signed in elsewhere is signed out.

If it was not you, somebody else has your account: write to us at once.
`,
    html: page(
      'Your password was changed',
      html`<p>
          The password of your account <strong>${email}</strong> was changed on ${when}. Whoever was
          signed in elsewhere is signed out.
        </p>
        <p>If it was not you, somebody else has your account: write to us at once.</p>`,
    ),
  };
}

export function receiptMail(receipt: ReceiptIssued, pdf: Buffer, to: string): Mail {
  const date = receipt.issuedAt.slice(0, 10);
  const total = formatMoney(receipt.total);
  const lines = receipt.lines.map(
    ({ quantity, name, total: sum }) => `${quantity} × ${name}: ${formatMoney(sum)}`,
  );
  const rows = receipt.lines.map(
    ({ quantity, name, unitPrice, total: sum }) =>
      html`<tr>
        <td>${quantity} × ${name} at ${formatMoney(unitPrice)}</td>
        <td align="right">${formatMoney(sum)}</td>
      </tr>`,
  );
  return {
    to,
    subject: `Receipt ${receipt.number} for order ${receipt.orderNumber}`,
    text: `Thank you! Order ${receipt.orderNumber} was paid on ${date}.

Receipt ${receipt.number}

${lines.join('\n')}

Total: ${total}

The receipt is attached.
`,
    html: page(
      `Receipt ${receipt.number}`,
      html`<p>Thank you! Order ${receipt.orderNumber} was paid on ${date}.</p>
        <table cellpadding="4">
          ${rows}
          <tr>
            <td><strong>Total</strong></td>
            <td align="right"><strong>${total}</strong></td>
          </tr>
        </table>`,
    ),
    attachments: [
      { filename: `${receipt.number}.pdf`, content: pdf, contentType: 'application/pdf' },
    ],
  };
}

function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
      </head>
      <body style="font-family: sans-serif; max-width: 40em">
        <h1 style="font-size: 1.4em">${title}</h1>
        ${body}
      </body>
    </html>`.markup;
}
