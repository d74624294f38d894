import { useMutation, useQueryClient } from '@tanstack/preact-query';
import { call } from '../api/call.js';
import { asFailure } from '../api/failure.js';
import { sessions } from '../api/queries.js';
import { Button } from '../parts/button.js';
import { PasswordField } from '../parts/field.js';
import { fieldsOf } from '../parts/fields-of.js';
import { Problem } from '../parts/problem.js';

const LABELS = { '/currentPassword': 'Current password', '/password': 'New password' };

export function PasswordForm() {
  const queries = useQueryClient();
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: ({ form: _form, ...body }: PasswordChange) =>
      call('put', '/api/v1/me/password', { body }),
    onSuccess: (_answer, { form }) => {
      form.reset();
      void queries.invalidateQueries(sessions);
    },
  });
  const failure = error ? asFailure(error) : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const { currentPassword = '', password = '' } = fieldsOf(event);
    mutate({ currentPassword, password, form: event.currentTarget as HTMLFormElement });
  };

  return (
    <form class="card" onSubmit={submit} noValidate>
      <h2>Password</h2>
      <p class="hint">A new one signs you out everywhere but here.</p>
      <Problem failure={failure} fields={LABELS} />
      <PasswordField
        name="currentPassword"
        label="Current password"
        autocomplete="current-password"
        error={failure?.about('/currentPassword')}
      />
      <PasswordField
        name="password"
        label="New password"
        autocomplete="new-password"
        error={failure?.about('/password')}
      />
      <p class="actions">
        <Button type="submit" busy={isPending && 'Changing…'}>
          Change the password
        </Button>
        <span role="status">{isSuccess ? 'Changed.' : ''}</span>
      </p>
    </form>
  );
}

interface PasswordChange {
  readonly currentPassword: string;
  readonly password: string;
  readonly form: HTMLFormElement;
}
