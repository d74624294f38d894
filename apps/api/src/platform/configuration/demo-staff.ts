export interface StaffSignIn {
  readonly email: string;
  readonly password: string;
}

/** The well-known sign-in of the demo; never created in production. */
export const DEMO_STAFF: StaffSignIn = Object.freeze({
  email: 'staff@example.test',
  password: 'demo staff password',
});
