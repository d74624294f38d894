import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import openapiTypescript, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

import { Failure } from '../../../scripts/launcher/failure.mjs';
import { launch } from '../../../scripts/launcher/launch.mjs';
import { inProject } from '../../../scripts/launcher/project.mjs';
import { withRunningShop } from './running-shop.mjs';

const HELP = `npm run generate:api [-- --check] [-- --from <shop>]

Writes apps/web/src/api/openapi.json, what the API says of itself, and from it schema.d.ts, its types.

  --check  writes nothing, and fails when a file is not what would be written
  --from   takes the document of the shop at that address, instead of building and starting the application
`;
const DOCUMENT = inProject('apps', 'web', 'src', 'api', 'openapi.json');
const SCHEMA = inProject('apps', 'web', 'src', 'api', 'schema.d.ts');

await launch(async ({ asked }) => {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean' },
      from: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const document = values.from ? await load(values.from) : await withRunningShop(asked, load);
  const files = new Map([
    [DOCUMENT, await textOf(document)],
    [SCHEMA, await typesOf(document)],
  ]);
  for (const [file, text] of files) {
    if (!values.check) await writeFile(file, text);
    else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
      throw new Failure(`The API has changed: ${file} is stale. npm run generate:api`);
    }
  }
  return 0;
});

/** @param {object} document */
async function textOf(document) {
  const options = await resolveConfig(DOCUMENT);
  return format(JSON.stringify(document), { ...options, parser: 'json' });
}

/** @param {object} document */
async function typesOf(document) {
  const text = astToString(
    await openapiTypescript(JSON.stringify(document), { alphabetize: true }),
  );
  const options = await resolveConfig(SCHEMA);
  const note = '// Written by npm run generate:api, from the OpenAPI document of the API.\n\n';
  return format(note + text, { ...options, parser: 'typescript' });
}

/** @param {string} shop @returns {Promise<object>} */
async function load(shop) {
  return (await fetch(new URL('/openapi.json', shop))).json();
}
