import { useMutation } from '@tanstack/preact-query';
import { useLocation } from 'preact-iso';
import { asFailure } from '../api/failure.js';
import { demoStaff } from '../demo.js';
import { Button } from '../parts/button.js';
import { Field, PasswordField } from '../parts/field.js';
import { fieldsOf } from '../parts/fields-of.js';
import { Page } from '../parts/page.js';
import { Problem } from '../parts/problem.js';
import { nextAddress } from '../session/next-address.js';
import { signIn } from '../session/sign-in.js';

const LABELS = { '/email': 'E-mail', '/password': 'Password' };

export function SignIn() {
  const { query, route } = useLocation();
  const { mutate, isPending, error } = useMutation({
    mutationFn: signIn,
    onSuccess: (_, { email }) =>
      route(nextAddress(query, email === demoStaff?.email ? '/staff' : '/orders')),
  });
  const failure = error ? asFailure(error) : undefined;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const { email = '', password = '' } = fieldsOf(event);
    mutate({ email, password });
  };

  return (
    <Page
      title="Sign in"
      lead={query['next'] ? 'Sign in to go on; what you filled in is still there.' : undefined}
    >
      <Problem failure={failure} fields={LABELS} />
      <form onSubmit={submit} noValidate class="card">
        <Field
          name="email"
          label="E-mail"
          type="email"
          autocomplete="username"
          required
          error={failure?.about('/email')}
        />
        <PasswordField autocomplete="current-password" error={failure?.about('/password')} />
        <Button type="submit" busy={isPending && 'Signing in…'}>
          Sign in
        </Button>
      </form>
      <p>
        You are new here? <a href="/register">Create an account</a>
      </p>
      {demoStaff && (
        <div class="notice">
          <h2>This shop is a demo</h2>
          <p>Its staff sees every order and marks it as paid when the money arrives by bank.</p>
          <Button kind="quiet" onClick={() => demoStaff && mutate(demoStaff)}>
            Sign in as staff
          </Button>
        </div>
      )}
    </Page>
  );
}
