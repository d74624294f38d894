// How `npx signals` finds this application; see libs/signals-cli/docs/listing.md.
export default {
  async app() {
    const { AppModule } = await import('./dist/apps/api/src/app.module.js');
    const { readConfiguration } = await import('./dist/apps/api/src/platform/index.js');
    // Nothing connects while it is read, so that it needs no database and no secrets.
    const NODE_ENV = process.env.NODE_ENV || 'development';
    const DATABASE_URL = 'postgres://nobody@localhost/nothing';
    return AppModule.forRoot(readConfiguration({ ...process.env, NODE_ENV, DATABASE_URL }));
  },
  tsconfig: 'apps/api/tsconfig.app.json',
  map: 'docs/signals-map.md',
};
