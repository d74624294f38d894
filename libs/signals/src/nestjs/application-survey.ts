import { DiscoveryService, type ModulesContainer } from '@nestjs/core';
import {
  Signals,
  adminOf,
  type AnySignal,
  type ReceiverInfo,
  type ReceiverOptions,
  type Sender,
} from '../core/index.js';
import { hostOf, type AnyReceiverOptions, type SignalsIntegration } from '../integration/index.js';
import { declaredReceivers, type DeclaredReceiver, type Wrapper } from './declared-receivers.js';
import { valueForeseenFor } from './foreseen.js';
import { severalModules } from './several-modules.error.js';
import { SIGNALS_OPTIONS } from './signals.constants.js';
import type { SignalsModuleOptions } from './signals-module-options.js';

/** What an application declares. */
export interface ApplicationSurvey {
  /** The signals that are declared or have a receiver. */
  readonly signals: readonly AnySignal[];
  /** In the order of {@link SignalsAdmin.list}. */
  readonly receivers: readonly SurveyedReceiver[];
  /** What the application would not start with. */
  readonly refusals: readonly SurveyRefusal[];
  /** Undefined where `forRootAsync` makes them when the application starts. */
  readonly integrations: readonly SignalsIntegration[] | undefined;
}

export interface SurveyedReceiver {
  readonly info: ReceiverInfo;
  /** Undefined for a bridge, which hears every domain signal. */
  readonly signal: AnySignal | undefined;
  readonly sender: Sender | undefined;
  /** As they are written, without the defaults. */
  readonly options: AnyReceiverOptions;
  /** Undefined for the bridge of an integration. */
  readonly declaredOn: { readonly type: Function; readonly method: string } | undefined;
}

export interface SurveyRefusal {
  readonly error: Error;
  /** `Class.method`; undefined for a signal. */
  readonly owner: string | undefined;
  readonly location: string | undefined;
}

/** See {@link SignalsModule.survey}. */
export function surveyOf(modules: ModulesContainer): ApplicationSurvey {
  const discovery = new DiscoveryService(modules);
  const providers = discovery.getProviders();
  const survey = new Survey();
  for (const { metatype, token } of providers) {
    const signals = token === SIGNALS_OPTIONS ? undefined : valueForeseenFor(metatype);
    if (signals) survey.declare(signals as readonly AnySignal[]);
  }
  const options = optionsAmong(providers);
  for (const { relay } of options?.integrations ?? []) if (relay) survey.connectToAll(relay);
  for (const declared of declaredReceivers(discovery)) survey.connect(declared);
  const several = severalModules(modules);
  if (several) survey.refuse(several);
  return { ...survey.result(), integrations: options && (options.integrations ?? []) };
}

function optionsAmong(providers: readonly Wrapper[]): SignalsModuleOptions | undefined {
  const wrapper = providers.find(({ token }) => token === SIGNALS_OPTIONS);
  return valueForeseenFor(wrapper?.metatype) as SignalsModuleOptions | undefined;
}

/** Connects to signals of its own that nobody sends. */
class Survey {
  readonly #signals = new Signals();
  readonly #receivers = new Map<ReceiverInfo, SurveyedReceiver>();
  readonly #refusals: SurveyRefusal[] = [];

  refuse(error: Error): void {
    this.#refusals.push({ error, owner: undefined, location: undefined });
  }

  declare(signals: readonly AnySignal[]): void {
    this.#attempt({}, () => adminOf(this.#signals).register(...signals));
  }

  connectToAll(options: ReceiverOptions): void {
    const info = this.#attempt(options, () =>
      hostOf(this.#signals).connectToAll(() => undefined, options),
    );
    const about = { signal: undefined, sender: undefined, options, declaredOn: undefined };
    if (info) this.#receivers.set(info, { info, ...about });
  }

  connect({ declaration, type, method }: DeclaredReceiver): void {
    const { signal, options } = declaration;
    const info = this.#attempt(options, () =>
      this.#signals.connect(signal, () => undefined, options as object),
    );
    const declaredOn = { type, method: String(method) };
    const about = { signal, sender: options.sender, options, declaredOn };
    if (info) this.#receivers.set(info, { info, ...about });
  }

  result(): Pick<ApplicationSurvey, 'signals' | 'receivers' | 'refusals'> {
    return {
      signals: adminOf(this.#signals).signals(),
      receivers: adminOf(this.#signals)
        .list()
        .flatMap((info) => this.#receivers.get(info) ?? []),
      refusals: this.#refusals,
    };
  }

  /** Answers the receiver that came with it; none when it was refused, or stood already. */
  #attempt({ owner, location }: AnyReceiverOptions, change: () => void): ReceiverInfo | undefined {
    const before = new Set(adminOf(this.#signals).list());
    try {
      change();
    } catch (error) {
      this.#refusals.push({ error: error as Error, owner, location });
    }
    return adminOf(this.#signals)
      .list()
      .find((info) => !before.has(info));
  }
}
