import { describe, expect, it } from '@jest/globals';
import { Recorder } from 'nestjs-signals-inspector';
import { adminOf } from 'nestjs-signals/core';
import { requestFinished, requestStarted } from 'nestjs-signals/nestjs';
import { postBulk, postSave } from 'nestjs-signals/typeorm';
import { failureSentence, failureWord, phaseWord } from '../../signals-cli/src/model/index.js';
import { findingsIn } from '../src/http/checks.js';
import { registryView } from '../src/http/registry-view.js';
import { Author, Book } from '../../signals/test/support/entities.js';
import { useDataSource } from '../../signals/test/support/use-data-source.js';

describe('Signals that the library itself sends', () => {
  const one = useDataSource([Author, Book]);

  it('are not blamed on anybody when nobody hears them', async () => {
    using recorder = new Recorder({ application: one.signals });
    one.connect(postBulk, () => {}, { dispatchUid: 'a.bulk', sender: Author });
    one.connect(postSave, () => {}, { dispatchUid: 'a.saved', sender: Author });

    await one.dataSource.manager.update(Author, { name: 'Ada' }, { bio: 'x' });

    const view = registryView(one.signals, recorder, true);
    const preBulk = view.signals.find(({ name }) => name === 'model.preBulk');
    expect(preBulk).toMatchObject({ category: 'lifecycle', sent: 1, unheard: 1 });
    expect(findingsIn(view).map(({ rule }) => rule)).not.toContain('unheard');
    expect(findingsIn(view).map(({ rule }) => rule)).not.toContain('passed-by');
  });

  it('are heard beside the request, and in no transaction, when they tell of requests', () => {
    using recorder = new Recorder({ application: one.signals });
    for (const signal of [requestStarted, requestFinished]) {
      one.connect(signal, () => {}, { dispatchUid: `r.${signal.name}` });
    }
    one.connect(postSave, () => {}, { dispatchUid: 'r.saved' });

    const told = adminOf(one.signals)
      .list()
      .map((info) => [phaseWord(info), failureWord(info), failureSentence(info)].join(', '));
    const view = registryView(one.signals, recorder, true);
    const phases = view.signals.flatMap(({ receivers }) => receivers.map(({ phase }) => phase));

    expect(told.toSorted()).toEqual([
      'beside the request, report, its failure is reported',
      'beside the request, report, its failure is reported',
      'in transaction, abort, its failure undoes the transaction',
    ]);
    expect(phases.toSorted()).toEqual(['besideRequest', 'besideRequest', 'inTransaction']);
  });
});
