export {
  openTelemetrySignals,
  type OpenTelemetrySignalsOptions,
} from './open-telemetry-signals.js';
